// RFC 9068: access tokens are JWTs that any resource server can check.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Database, Service } from './service.mjs'
import { claims, header, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, machine, signedIn, person, alone, keys

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], scope: 'orders:read' })
  service = await Service.start(database)
  signedIn = await signIn(service, client, { scope: 'openid profile offline_access' })
  person = signedIn.tokens.access_token
  alone = (await token(service, machine, { grant_type: 'client_credentials' })).body.access_token
  keys = jose.createRemoteJWKSet(new URL(service.url('/oauth2/jwks')))
})
after(async () => { await service?.stop(); await database?.drop() })

// As section 4 has a resource server do it.
const verify = (text, options = {}) => jose.jwtVerify(text, keys, { typ: 'at+jwt', issuer: service.issuer, audience: service.issuer, ...options })

test('RFC 9068 2.1: an access token is signed, never with none, and its typ is at+jwt', async () => {
  for (const text of [person, alone]) {
    await verify(text)
    const { alg, typ, kid } = header(text)
    assert.match(alg, /^(RS|PS|ES)\d{3}$|^EdDSA$|^Ed25519$/)
    assert.equal(typ, 'at+jwt')
    assert.ok(kid)
  }
})

test('RFC 9068 2.1: RS256 is among the algorithms', async () => {
  const old = await database.client({ client_name: 'RS256', grant_types: ['client_credentials'], scope: 'orders:read', access_token_signed_response_alg: 'RS256' })
  const { body } = await token(service, old, { grant_type: 'client_credentials' })
  assert.equal(header(body.access_token).alg, 'RS256')
  await verify(body.access_token, { algorithms: ['RS256'] })
})

test('RFC 9068 2.2: iss, exp, aud, sub, client_id, iat and jti are there', async () => {
  const { sub } = claims(signedIn.tokens.id_token)
  for (const [text, who, subject] of [[person, client, sub], [alone, machine, `client:${machine.client_id}`]]) {
    const said = claims(text)
    assert.equal(said.iss, service.issuer)
    assert.equal(said.aud, service.issuer)
    assert.equal(said.client_id, who.client_id)
    assert.equal(said.sub, subject)
    for (const name of ['exp', 'iat']) assert.ok(Number.isInteger(said[name]), name)
    assert.ok(said.exp > said.iat)
    assert.match(said.jti, /^[0-9a-f-]{36}$/)
  }
  assert.notEqual(claims(person).jti, claims(alone).jti)
})

test('RFC 9068 2.2.1: auth_time, acr and amr are those of the sign-in, and stay through a refresh', async () => {
  const before = claims(person)
  assert.equal(before.auth_time, claims(signedIn.tokens.id_token).auth_time)
  assert.deepEqual(before.amr, ['pwd'])
  const { body } = await token(service, client, { grant_type: 'refresh_token', refresh_token: signedIn.tokens.refresh_token })
  const now = claims(body.access_token)
  for (const name of ['auth_time', 'acr', 'amr', 'sub', 'client_id', 'aud']) assert.deepEqual(now[name], before[name], name)
  assert.notEqual(now.jti, before.jti)
  for (const name of ['auth_time', 'acr', 'amr', 'sid']) assert.equal(claims(alone)[name], undefined, name)
})

test('RFC 9068 2.2.3: the scope that was granted is in the token', () => {
  assert.equal(claims(person).scope, signedIn.tokens.scope)
  assert.equal(claims(alone).scope, 'orders:read')
})

test('RFC 9068 3: without a resource the audience is the issuer\'s own', async () => {
  for (const text of [person, alone]) assert.equal(claims(text).aud, service.issuer)
})

test('RFC 9068 4: keys and issuer are those of the metadata', async () => {
  const metadata = await (await fetch(service.url('/.well-known/oauth-authorization-server'))).json()
  const published = await (await fetch(metadata.jwks_uri)).json()
  for (const text of [person, alone]) {
    assert.equal(claims(text).iss, metadata.issuer)
    assert.ok(published.keys.some(({ kid }) => kid === header(text).kid))
  }
})

test('RFC 9068 4: userinfo takes no other kind of JWT, of no other issuer, and no key of the token\'s choice', async () => {
  const ask = async (text) => (await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${text}` } }))
  assert.equal((await ask(person)).status, 200)
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256')
  const jwk = await jose.exportJWK(publicKey)
  const sign = (more, payload = claims(person)) => new jose.SignJWT(payload).setProtectedHeader({ ...header(person), ...more }).sign(privateKey)
  const secret = new jose.SignJWT(claims(person)).setProtectedHeader({ ...header(person), alg: 'HS256' }).sign(new TextEncoder().encode(JSON.stringify(jwk)))
  for (const text of [signedIn.tokens.id_token, await sign({}), await sign({ jwk }), await sign({ kid: undefined, jwk }), await sign({ typ: 'JWT' }), await sign({ kid: 'nobody' }), await secret]) {
    const answer = await ask(text)
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/)
  }
})

test('RFC 9068 5: no client can be taken for a person', async () => {
  const { sub } = claims(person)
  const impostor = await database.client({ client_id: sub, client_name: 'Impostor', grant_types: ['client_credentials'], scope: 'orders:read' })
  const { body } = await token(service, impostor, { grant_type: 'client_credentials' })
  assert.notEqual(claims(body.access_token).sub, sub)
  assert.equal((await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${body.access_token}` } })).status, 401)
})
