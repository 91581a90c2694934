// RFC 7009: POST /oauth2/revoke.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Database, Service } from './service.mjs'
import { introspect, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple', scope = 'openid offline_access'
let database, service, client, spa

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

const revoke = (parameters, who = client) => post(service, '/oauth2/revoke', who.client_secret ? parameters : { client_id: who.client_id, ...parameters }, { client: who })
const isActive = async (text) => (await introspect(service, client, text)).active

test('RFC 7009 2: refresh and access tokens can be revoked, and are worth nothing at once', async () => {
  const { tokens } = await signIn(service, client, { scope })
  assert.equal((await revoke({ token: tokens.access_token })).status, 200)
  assert.equal(await isActive(tokens.access_token), false)
  assert.equal((await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401)
  assert.equal(await isActive(tokens.refresh_token), true)
  assert.equal((await revoke({ token: tokens.refresh_token })).status, 200)
  assert.equal(await isActive(tokens.refresh_token), false)
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
})

test('RFC 7009 2: the endpoint is POST only, without a fragment, and its query is kept out of it', async () => {
  const answer = await fetch(service.url('/oauth2/revoke?token=x'))
  assert.equal(answer.status, 405)
  assert.match(answer.headers.get('allow'), /\bPOST\b/)
  assert.equal((await revoke({ token: 'x', utm_source: 'ignored', token_type_hint: '' })).status, 200)
  const inQuery = await post(service, '/oauth2/revoke?token=x', {}, { client })
  assert.equal(inQuery.body.error, 'invalid_request')
})

test('RFC 7009 2.1: token is required', async () => {
  for (const parameters of [{}, { token: '' }, { token_type_hint: 'access_token' }]) {
    const answer = await revoke(parameters)
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error, 'invalid_request')
  }
})

test('RFC 7009 2.1: a wrong or unknown hint hides no token', async () => {
  for (const hint of ['refresh_token', 'access_token', 'id_token', 'nonsense "', '']) {
    const { tokens } = await signIn(service, client, { scope })
    assert.equal((await revoke({ token: tokens.access_token, token_type_hint: hint })).status, 200)
    assert.equal(await isActive(tokens.access_token), false, hint)
    assert.equal((await revoke({ token: tokens.refresh_token, token_type_hint: hint })).status, 200)
    assert.equal(await isActive(tokens.refresh_token), false, hint)
  }
})

test('RFC 7009 2.1: a confidential client authenticates, a public one revokes what it got', async () => {
  const { tokens } = await signIn(service, client, { scope })
  const nameless = await post(service, '/oauth2/revoke', { token: tokens.refresh_token })
  assert.equal(nameless.status, 401)
  assert.equal(nameless.body.error, 'invalid_client')
  const named = await post(service, '/oauth2/revoke', { token: tokens.refresh_token, client_id: client.client_id })
  assert.equal(named.body.error, 'invalid_client')
  assert.equal((await revoke({ token: tokens.refresh_token }, { ...client, client_secret: 'wrong' })).body.error, 'invalid_client')
  assert.equal(await isActive(tokens.refresh_token), true)
  const open = await signIn(service, spa, { scope })
  assert.equal((await revoke({ token: open.tokens.refresh_token }, spa)).status, 200)
  assert.equal((await token(service, spa, { grant_type: 'refresh_token', refresh_token: open.tokens.refresh_token })).body.error, 'invalid_grant')
})

test('RFC 7009 2.1: revoking a refresh token ends every access token of the same grant', async () => {
  const { tokens } = await signIn(service, client, { scope })
  const next = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const other = await signIn(service, client, { scope })
  assert.equal((await revoke({ token: next.body.refresh_token })).status, 200)
  for (const text of [tokens.access_token, next.body.access_token]) assert.equal(await isActive(text), false)
  assert.equal(await isActive(other.tokens.access_token), true)
})

test('RFC 7009 2.1: a spent refresh token still stands for its grant', async () => {
  const { tokens } = await signIn(service, client, { scope })
  const next = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal((await revoke({ token: tokens.refresh_token })).status, 200)
  assert.equal(await isActive(next.body.refresh_token), false)
})

test('RFC 7009 2.2: a token that is unknown, malformed or revoked before is answered 200, as JSON', async () => {
  const { tokens } = await signIn(service, client, { scope })
  await revoke({ token: tokens.refresh_token })
  for (const text of ['x', 'a.b.c', 'lk_rt_AAAA', 'lk_ac_x', ' ', '"', tokens.id_token, tokens.refresh_token, tokens.access_token, 'x'.repeat(30000)]) {
    const answer = await revoke({ token: text })
    assert.equal(answer.status, 200, text.slice(0, 40))
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.deepEqual(answer.body, {})
    assert.match(answer.headers.get('cache-control'), /no-store/)
  }
})

test('RFC 7009 2.3: a page of another origin may revoke', async () => {
  const preflight = await fetch(service.url('/oauth2/revoke'), { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-methods'), /\bPOST\b/)
  assert.equal((await post(service, '/oauth2/revoke', { token: 'x', client_id: spa.client_id }, { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin'), '*')
})
