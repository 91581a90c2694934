// RFC 7662: POST /oauth2/introspect.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Database, Service } from './service.mjs'
import { claims, introspect, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple', scope = 'openid offline_access'
let database, service, client, spa, machine, tokens

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], scope: 'orders:read' })
  service = await Service.start(database)
  ;({ tokens } = await signIn(service, client, { scope }))
})
after(async () => { await service?.stop(); await database?.drop() })

test('RFC 7662 2.1: POST with a form, never GET; token is required', async () => {
  const got = await fetch(service.url(`/oauth2/introspect?token=${tokens.access_token}`))
  assert.equal(got.status, 405)
  assert.match(got.headers.get('allow'), /\bPOST\b/)
  for (const parameters of [{}, { token: '' }]) {
    const answer = await post(service, '/oauth2/introspect', parameters, { client })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error, 'invalid_request')
  }
  assert.equal((await post(service, `/oauth2/introspect?token=${tokens.access_token}`, {}, { client })).body.error, 'invalid_request')
})

test('RFC 7662 2.1: a wrong or unknown hint hides no token, and what is sent besides is ignored', async () => {
  for (const text of [tokens.access_token, tokens.refresh_token]) {
    for (const token_type_hint of ['access_token', 'refresh_token', 'id_token', 'nonsense "', ''])
      assert.equal((await post(service, '/oauth2/introspect', { token: text, token_type_hint, resource_ip: '::1' }, { client })).body.active, true, token_type_hint)
  }
})

test('RFC 7662 2.1: who does not authenticate learns nothing', async () => {
  for (const [parameters, options] of [[{}, {}], [{ client_id: client.client_id }, {}], [{ client_id: spa.client_id }, {}], [{}, { client: { ...client, client_secret: 'wrong' } }],
    [{}, { headers: { authorization: `Bearer ${tokens.access_token}` } }]]) {
    const answer = await post(service, '/oauth2/introspect', { token: tokens.access_token, ...parameters }, options)
    assert.equal(answer.status, 401)
    assert.equal(answer.body.error, 'invalid_client')
    assert.equal(answer.body.active, undefined)
  }
})

test('RFC 7662 2.2: what an access token stands for, as one JSON object that nobody keeps', async () => {
  const answer = await post(service, '/oauth2/introspect', { token: tokens.access_token }, { client })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type'), /^application\/json/)
  assert.match(answer.headers.get('cache-control'), /no-store/)
  const said = claims(tokens.access_token)
  const { active, token_type: type, ...rest } = answer.body
  assert.equal(active, true)
  assert.equal(type.toLowerCase(), 'bearer')
  for (const name of ['scope', 'client_id', 'exp', 'iat', 'sub', 'aud', 'iss', 'jti']) assert.deepEqual(rest[name], said[name], name)
  for (const name of ['exp', 'iat']) assert.ok(Number.isInteger(rest[name]))
  const alone = await introspect(service, machine, (await token(service, machine, { grant_type: 'client_credentials' })).body.access_token)
  assert.equal(alone.active, true)
  assert.equal(alone.client_id, machine.client_id)
  assert.equal(alone.username, undefined)
})

test('RFC 7662 2.2: what is not active is 200 and active false', async () => {
  for (const text of ['x', tokens.id_token, `${tokens.access_token}x`, 'x'.repeat(30000)]) {
    const answer = await post(service, '/oauth2/introspect', { token: text }, { client })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { active: false })
  }
})

test('RFC 7662 2.3: wrong credentials are 401 as in RFC 6749, 5.2', async () => {
  const answer = await post(service, '/oauth2/introspect', { token: tokens.access_token }, { client: { ...client, client_secret: 'wrong' } })
  assert.equal(answer.status, 401)
  assert.equal(answer.body.error, 'invalid_client')
  assert.match(answer.headers.get('www-authenticate'), /^Basic realm="/)
})

test('RFC 7662 4: a token whose time is over is not active', async () => {
  const later = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '301', LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '301' } })
  const there = Object.assign(Object.create(Object.getPrototypeOf(later)), later, { issuer: `http://localhost:${later.port}` })
  try {
    assert.deepEqual(await introspect(there, client, tokens.access_token), { active: false })
    assert.equal((await introspect(there, client, tokens.refresh_token)).active, true)
  } finally { await later.stop() }
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
})

test('RFC 7662 4: a token that was revoked, by whichever way, is not active', async () => {
  const ways = [
    async ({ tokens: given }) => post(service, '/oauth2/revoke', { token: given.access_token }, { client }),
    async ({ tokens: given }) => post(service, '/oauth2/revoke', { token: given.refresh_token }, { client }),
    async ({ redeem }) => token(service, client, redeem),
    async () => { await database.latchkey(['user', 'disable', 'mona']) },
  ]
  await database.user('mona', password)
  for (const revoke of ways) {
    const given = await signIn(service, client, { scope, login: 'mona' })
    assert.equal((await introspect(service, client, given.tokens.access_token)).active, true)
    await revoke(given)
    assert.deepEqual(await introspect(service, client, given.tokens.access_token), { active: false }, String(revoke))
  }
})
