// OpenID Connect Discovery 1.0, sentence by sentence: what a provider publishes about itself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Database, Service } from './service.mjs'
import { claims, header, signIn, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const wellKnown = '/.well-known/openid-configuration'
let database, service, client, metadata, keys

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.realm('acme')
  await database.realm('bare')
  await database.sql(`UPDATE realms SET settings = '{"scopes": ""}' WHERE name = 'bare'`)
  await database.user('alice', password)
  await database.user('alice', password, 'acme')
  client = await database.client(webClient())
  service = await Service.start(database)
  metadata = await (await fetch(service.url(wellKnown))).json()
  keys = (await (await fetch(metadata.jwks_uri)).json()).keys
})
after(async () => { await service?.stop(); await database?.drop() })

const endpoints = () => Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))

test('OpenID Connect Discovery 1.0 3: the REQUIRED members are there', () => {
  for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) assert.equal(typeof metadata[name], 'string', name)
  for (const name of ['response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported'])
    assert.ok(Array.isArray(metadata[name]) && metadata[name].length > 0, name)
  assert.equal(typeof metadata.userinfo_endpoint, 'string', 'RECOMMENDED')
})

test('OpenID Connect Discovery 1.0 3: the issuer has no query, fragment or trailing slash, and is iss in ID tokens', async () => {
  const { issuer } = metadata
  assert.equal(issuer, service.issuer)
  assert.doesNotMatch(issuer, /[?#]|\/$/)
  const { tokens, parameters } = await signIn(service, client)
  assert.equal(claims(tokens.id_token).iss, issuer)
  assert.equal(parameters.iss, issuer)
})

test('OpenID Connect Discovery 1.0 3: every endpoint is an absolute URL of the issuer, without a fragment, and is there', async () => {
  for (const name of ['authorization_endpoint', 'end_session_endpoint', 'introspection_endpoint', 'jwks_uri',
    'revocation_endpoint', 'token_endpoint', 'userinfo_endpoint']) assert.equal(typeof metadata[name], 'string', name)
  for (const [name, url] of endpoints()) {
    assert.ok(url.startsWith(`${metadata.issuer}/`), name)
    assert.equal(new URL(url).hash, '')
    assert.notEqual((await fetch(url, { redirect: 'manual' })).status, 404, name)
  }
})

test('OpenID Connect Discovery 1.0 3: the JWK Set has public keys for signatures and nothing private or symmetric', () => {
  assert.ok(keys.length > 0)
  for (const key of keys) {
    assert.ok(['RSA', 'EC', 'OKP'].includes(key.kty))
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) assert.ok(!(name in key), `${key.kty}: ${name}`)
    assert.equal(key.use, 'sig')
    assert.ok(metadata.id_token_signing_alg_values_supported.includes(key.alg) || key.alg === 'ES256')
    for (const name of key.kty === 'RSA' ? ['n', 'e'] : key.kty === 'EC' ? ['crv', 'x', 'y'] : ['crv', 'x']) assert.match(key[name], /^[\w-]+$/)
  }
  assert.equal(new Set(keys.map((key) => key.kid)).size, keys.length)
})

test('OpenID Connect Discovery 1.0 3: the keys of jwks_uri verify what is signed', async () => {
  assert.match((await fetch(metadata.jwks_uri)).headers.get('content-type'), /^application\/(jwk-set\+)?json(;|$)/)
  const { tokens } = await signIn(service, client)
  const remote = jose.createRemoteJWKSet(new URL(metadata.jwks_uri))
  await jose.jwtVerify(tokens.id_token, remote, { issuer: metadata.issuer, audience: client.client_id })
  await jose.jwtVerify(tokens.access_token, remote, { issuer: metadata.issuer, typ: 'at+jwt' })
  assert.ok(metadata.id_token_signing_alg_values_supported.includes(header(tokens.id_token).alg))
})

test('OpenID Connect Discovery 1.0 3: openid is supported, and the scopes of Core that are supported are listed', () => {
  for (const scope of ['openid', 'profile', 'email', 'phone', 'offline_access']) assert.ok(metadata.scopes_supported.includes(scope), scope)
})

test('OpenID Connect Discovery 1.0 3: what is announced is what the code flow has: code, public, RS256 and never none', () => {
  assert.deepEqual(metadata.response_types_supported, ['code'])
  for (const mode of ['form_post', 'fragment', 'query']) assert.ok(metadata.response_modes_supported.includes(mode), mode)
  for (const type of ['authorization_code', 'client_credentials', 'refresh_token']) assert.ok(metadata.grant_types_supported.includes(type), type)
  assert.deepEqual(metadata.subject_types_supported, ['public'])
  assert.ok(metadata.id_token_signing_alg_values_supported.includes('RS256'))
  for (const [name, values] of Object.entries(metadata).filter(([each]) => /_alg_values_supported$/.test(each)))
    assert.ok(!values.includes('none') && !values.some((alg) => alg.startsWith('HS')), name)
})

test('OpenID Connect Discovery 1.0 3: request objects are announced as not supported, where silence would mean that request_uri is', () => {
  assert.equal(metadata.request_uri_parameter_supported, false)
  assert.ok(!metadata.request_parameter_supported)
  assert.equal(typeof metadata.claims_parameter_supported, 'boolean')
})

test('OpenID Connect Discovery 1.0 3: client authentication is announced as it is, none of it with a signature of none', () => {
  for (const method of ['client_secret_basic', 'client_secret_post', 'none']) assert.ok(metadata.token_endpoint_auth_methods_supported.includes(method), method)
  assert.ok(!(metadata.token_endpoint_auth_signing_alg_values_supported ?? []).includes('none'))
  if (metadata.token_endpoint_auth_methods_supported.includes('private_key_jwt'))
    for (const alg of ['RS256', 'ES256']) assert.ok(metadata.token_endpoint_auth_signing_alg_values_supported.includes(alg), alg)
})

test('OpenID Connect Discovery 1.0 3: claims_supported names every claim that userinfo and ID tokens have', async () => {
  await database.sql("UPDATE users SET given_name = 'Alice', family_name = 'Example', locale = 'en', zoneinfo = 'Europe/London', picture = 'https://app.example/a.png', phone_number = '+1 555 0100' WHERE login = 'alice'")
  const all = await database.client(webClient({ scope: metadata.scopes_supported.join(' ') }))
  const { tokens } = await signIn(service, all, { scope: metadata.scopes_supported.join(' ') })
  const person = await (await fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } })).json()
  for (const name of [...Object.keys(person), ...Object.keys(claims(tokens.id_token))]) assert.ok(metadata.claims_supported.includes(name), name)
  assert.equal(new Set(metadata.claims_supported).size, metadata.claims_supported.length)
})

test('OpenID Connect Discovery 1.0 3: pages of other origins may ask token, userinfo, revocation and the keys, but not the authorization endpoint', async () => {
  const origin = 'https://app.example'
  for (const name of ['token_endpoint', 'revocation_endpoint', 'userinfo_endpoint']) {
    const preflight = await fetch(metadata[name], { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } })
    assert.equal(preflight.status, 204, name)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    const answer = await fetch(metadata[name], { method: 'POST', headers: { origin }, body: new URLSearchParams({ grant_type: 'x' }) })
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  }
  assert.equal((await fetch(metadata.jwks_uri, { headers: { origin } })).headers.get('access-control-allow-origin'), '*')
  for (const name of ['authorization_endpoint', 'end_session_endpoint'])
    assert.equal((await fetch(metadata[name], { headers: { origin }, redirect: 'manual' })).headers.get('access-control-allow-origin'), null, name)
})

test('OpenID Connect Discovery 1.0 4: the document is at the issuer and /.well-known/openid-configuration, also of a realm, whose issuer is its own', async () => {
  for (const issuer of [service.issuer, `${service.issuer}/realms/acme`]) {
    const answer = await fetch(`${issuer}${wellKnown}`)
    assert.equal(answer.status, 200)
    const theirs = await answer.json()
    assert.equal(theirs.issuer, issuer)
    assert.equal(theirs.token_endpoint, `${issuer}/oauth2/token`)
  }
  const realm = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/acme` })
  const { tokens } = await signIn(realm, await database.client(webClient(), 'acme'))
  assert.equal(claims(tokens.id_token).iss, realm.issuer)
  assert.equal((await fetch(`${service.issuer}/realms/nobody${wellKnown}`)).status, 404)
})

test('OpenID Connect Discovery 1.0 4.2: 200, application/json, one object, no member that is empty or null', async () => {
  for (const where of [wellKnown, `/realms/bare${wellKnown}`]) {
    const answer = await fetch(service.url(where))
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/json(;\s*charset=utf-8)?$/i)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    for (const [name, value] of Object.entries(await answer.json())) {
      assert.ok(value !== null && value !== '', name)
      if (/_supported$/.test(name)) assert.ok(typeof value === 'boolean' || (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && each !== '')), `${where}: ${name}`)
    }
  }
})

test('OpenID Connect Discovery 1.0 4.1: the document is for GET, another method is 405', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await fetch(service.url(wellKnown), { method })).status, 405, method)
  const head = await fetch(service.url(wellKnown), { method: 'HEAD' })
  assert.equal(head.status, 200)
})

test('OpenID Connect RP-Initiated Logout 1.0 2.1: end_session_endpoint is announced', () => {
  assert.equal(metadata.end_session_endpoint, `${service.issuer}/oauth2/end_session`)
})
