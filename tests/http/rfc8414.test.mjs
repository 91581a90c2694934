// RFC 8414: metadata.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Database, Service } from './service.mjs'

let database, service, places

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.realm('acme')
  service = await Service.start(database)
  const acme = `${service.issuer}/realms/acme`
  places = [
    [service.issuer, '/.well-known/oauth-authorization-server'], [service.issuer, '/.well-known/openid-configuration'],
    [acme, '/.well-known/oauth-authorization-server/realms/acme'], [acme, '/.well-known/openid-configuration/realms/acme'], [acme, '/realms/acme/.well-known/openid-configuration'],
  ]
})
after(async () => { await service?.stop(); await database?.drop() })

const read = async (where) => (await fetch(service.url(where))).json()
const each = async (check) => { for (const [issuer, where] of places) await check(await read(where), issuer, where) }

test('RFC 8414 2: the members that are required, with the issuer\'s own URLs', () => each((metadata, issuer, where) => {
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint', 'userinfo_endpoint', 'end_session_endpoint']) {
    assert.ok(metadata[name].startsWith(`${issuer}/`), `${where}: ${name}`)
    assert.ok(!/[?#]/.test(metadata[name]), name)
  }
  assert.deepEqual(metadata.response_types_supported, ['code'])
  assert.ok(metadata.grant_types_supported.includes('authorization_code') && !metadata.grant_types_supported.includes('implicit'))
  for (const name of ['response_modes_supported', 'token_endpoint_auth_methods_supported', 'revocation_endpoint_auth_methods_supported', 'introspection_endpoint_auth_methods_supported', 'scopes_supported'])
    assert.ok(metadata[name].length > 0 && metadata[name].every((value) => typeof value === 'string'), name)
}))

test('RFC 8414 2: the issuer is a URL without query and fragment', () => each(({ issuer }) => {
  assert.equal(new URL(issuer).href.replace(/\/$/, ''), issuer)
  assert.ok(!/[?#]/.test(issuer) && !issuer.endsWith('/'))
}))

test('RFC 8414 2: whoever takes signed assertions of clients names their algorithms, and none is not among them', () => each((metadata) => {
  for (const endpoint of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) {
    const methods = metadata[`${endpoint}_auth_methods_supported`], algorithms = metadata[`${endpoint}_auth_signing_alg_values_supported`]
    assert.equal(algorithms !== undefined, methods.some((method) => /_jwt$/.test(method)), endpoint)
    assert.ok(!(algorithms ?? []).includes('none'))
    if (algorithms) assert.ok(algorithms.includes('RS256'), endpoint)
  }
}))

test('RFC 8414 2: introspection announces no method without authentication', () => each((metadata) => {
  assert.ok(!metadata.introspection_endpoint_auth_methods_supported.includes('none'))
}))

test('RFC 8414 2: every key says that it is for signatures', async () => {
  for (const where of ['/oauth2/jwks', '/realms/acme/oauth2/jwks']) {
    const { keys } = await read(where)
    assert.ok(keys.length > 0)
    for (const key of keys) assert.equal(key.use, 'sig')
  }
})

test('RFC 8414 3: the well-known string stands between host and path, and at the end of the path for older clients', async () => {
  for (const [, where] of places) assert.equal((await fetch(service.url(where))).status, 200, where)
  for (const where of ['/.well-known/oauth-authorization-server/', '/.well-known/oauth-authorization-server/realms/acme/', '/.well-known/oauth-authorization-server/realms/nobody', '/.well-known/oauth-authorization-server/acme'])
    assert.equal((await fetch(service.url(where))).status, 404, where)
})

test('RFC 8414 3.1: the document is asked for by GET', async () => {
  for (const [, where] of places) {
    const answer = await fetch(service.url(where), { method: 'POST' })
    assert.equal(answer.status, 405)
    assert.match(answer.headers.get('allow'), /\bGET\b/)
  }
})

test('RFC 8414 3.2: 200 and JSON; several values are arrays, and none of them is empty', async () => {
  for (const [, where] of places) {
    const answer = await fetch(service.url(where))
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    for (const [name, value] of Object.entries(await answer.json())) {
      assert.ok(value !== null && value !== '', name)
      assert.equal(Array.isArray(value), /_(supported|values_supported)$/.test(name) && typeof value !== 'boolean', name)
      if (Array.isArray(value)) assert.ok(value.length > 0 && new Set(value).size === value.length, name)
    }
  }
})

test('RFC 8414 3.3: the issuer is identical to the one whose metadata were asked for', () => each((metadata, issuer) => {
  assert.equal(metadata.issuer, issuer)
}))

test('RFC 8414 3: what was announced is there', () => each(async (metadata) => {
  assert.equal((await fetch(metadata.jwks_uri)).status, 200)
  assert.equal((await fetch(metadata.authorization_endpoint, { redirect: 'manual' })).status, 400)
  assert.equal((await fetch(metadata.userinfo_endpoint)).status, 401)
  for (const name of ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
    assert.equal((await fetch(metadata[name], { method: 'POST', body: new URLSearchParams({ token: 'x' }) })).status, 401, name)
    assert.equal((await fetch(metadata[name])).status, 405, name)
  }
}))
