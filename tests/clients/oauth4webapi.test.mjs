// oauth4webapi: the program of docs/add_sign_in/oauth4webapi.md, as it stands there, driven through Chromium; and what an app does without a person.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { Stage, Visit } from './visit.mjs'

const options = { [oauth.allowInsecureRequests]: true }
let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

for (const algorithm of ['RS256', 'ES256']) {
  test(`oauth4webapi signs in with ID tokens by ${algorithm}, refreshes and signs out through Chromium`, async () => {
    const app = await stage.app('oauth4webapi', { metadata: { id_token_signed_response_alg: algorithm } })
    const visit = await Visit.begin(stage, app, `oauth4webapi-${algorithm}`)
    await visit.signIn()
    await visit.refresh()
    await visit.signOut()
    await visit.end()
  })
}

test('oauth4webapi gets a token for itself, verifies it as an API would, introspects it and revokes it', async () => {
  const issuer = new URL(stage.service.issuer), backend = await stage.backend(), client = { client_id: backend.client_id }
  const authentication = oauth.ClientSecretBasic(backend.client_secret)
  for (const algorithm of ['oidc', 'oauth2']) {
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options, algorithm }))
    const granted = await oauth.processClientCredentialsResponse(server, client,
      await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, options))
    const call = new Request('https://api.example/', { headers: { authorization: `Bearer ${granted.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(server, call, stage.service.issuer, options)
    assert.equal(claims.client_id, backend.client_id)

    const introspect = async () => oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, authentication, granted.access_token, options))
    assert.equal((await introspect()).jti, claims.jti)
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, granted.access_token, options))
    assert.deepEqual(await introspect(), { active: false })
  }
})
