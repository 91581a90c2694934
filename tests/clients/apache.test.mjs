// Debian's libapache2-mod-auth-openidc: the configuration of docs/add_sign_in/apache.md, as it stands there, driven through Chromium.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage, Visit } from './visit.mjs'

let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

test('mod_auth_openidc signs in and signs out through Chromium', async () => {
  const visit = await Visit.begin(stage, await stage.app('apache'), 'apache')
  await visit.signIn({ at: '/private/' })
  await visit.signOut()
  await visit.end()
})

// Each request for a protected page takes a new one then, with the refresh token that the last one gave.
test('mod_auth_openidc refreshes an access token that ends soon; ID tokens are signed by ES256', async () => {
  const change = (text) => text.replace('OIDCRefreshAccessTokenBeforeExpiry 60', 'OIDCRefreshAccessTokenBeforeExpiry 86400')
  const answered = async () => (await stage.service.metrics())['latchkey_request_duration_seconds_count{route="/oauth2/token",method="POST"}']
  const visit = await Visit.begin(stage, await stage.app('apache', { change, metadata: { id_token_signed_response_alg: 'ES256' } }), 'apache-refresh')
  await visit.signIn({ at: '/private/' })
  const before = await answered()
  for (const times of [1, 2]) {
    await visit.page.reload()
    await visit.shows('h1', 'Hello, alice Example')
    assert.equal(await answered(), before + times)
  }
  await visit.signOut()
  await visit.end()
})
