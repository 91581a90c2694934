// openid-client 5: the program of docs/add_sign_in/openid_client_5.md, as it stands there, driven through Chromium; and what an app does without a person.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Issuer } from 'openid-client-5'
import { Stage, Visit } from './visit.mjs'

const aliases = { 'openid-client': 'openid-client-5' }
let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

for (const mode of ['query', 'form_post']) {
  test(`openid-client 5 signs in with response mode ${mode}, refreshes and signs out through Chromium`, async () => {
    const app = await stage.app('openid_client_5', { aliases, environment: { RESPONSE_MODE: mode } })
    const visit = await Visit.begin(stage, app, `openid-client-5-${mode}`)
    await visit.signIn()
    await visit.refresh()
    await visit.signOut()
    await visit.end()
  })
}

test('openid-client 5 gets a token for itself, introspects it and revokes it', async () => {
  const backend = await stage.backend(), issuer = await Issuer.discover(stage.service.issuer)
  const client = new issuer.Client({ client_id: backend.client_id, client_secret: backend.client_secret })
  const { access_token: token } = await client.grant({ grant_type: 'client_credentials' })
  assert.equal((await client.introspect(token)).client_id, backend.client_id)
  await client.revoke(token, 'access_token')
  assert.deepEqual(await client.introspect(token), { active: false })
})
