// openid-client 6: the program of docs/add_sign_in/openid_client_6.md, as it stands there, driven through Chromium; and what an app does without a person.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oidc from 'openid-client'
import { Stage, Visit } from './visit.mjs'

let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

async function wholeVisit(app, name, { hasAgreed, ...options } = {}) {
  const visit = await Visit.begin(stage, app, name, options)
  await visit.signIn({ isMistyped: true, hasAgreed })
  await visit.refresh()
  await visit.signOut()
  await visit.end()
}

test('openid-client 6 signs in, refreshes and signs out through Chromium, with JavaScript and without', async (t) => {
  const app = await stage.app('openid_client_6')
  await t.test('with JavaScript', () => wholeVisit(app, 'openid-client'))
  await t.test('with JavaScript off', () => wholeVisit(app, 'openid-client-without-javascript', { javaScriptEnabled: false, hasAgreed: true }))
})

test('openid-client 6 gets a token for itself, introspects it and revokes it, by each way to send a secret', async () => {
  for (const [method, authentication] of [['client_secret_basic', oidc.ClientSecretBasic], ['client_secret_post', oidc.ClientSecretPost]]) {
    const backend = await stage.backend({ token_endpoint_auth_method: method })
    const config = await oidc.discovery(new URL(stage.service.issuer), backend.client_id, backend.client_secret, authentication(backend.client_secret), {
      execute: [oidc.allowInsecureRequests],
    })
    const { access_token: token, expires_in: seconds } = await oidc.clientCredentialsGrant(config)
    assert.ok(seconds > 0)
    const found = await oidc.tokenIntrospection(config, token)
    assert.equal(found.active, true)
    assert.equal(found.client_id, backend.client_id)
    assert.equal(found.iss, stage.service.issuer)
    await oidc.tokenRevocation(config, token)
    assert.deepEqual(await oidc.tokenIntrospection(config, token), { active: false })
  }
})
