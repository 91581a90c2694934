// RFC 6750: userinfo is a protected resource.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Database, Service, raw } from './service.mjs'
import { claims, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, machine, tokens, browser

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient({ scope: 'openid profile orders:read' }))
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], scope: 'orders:read' })
  service = await Service.start(database)
  ;({ tokens, browser } = await signIn(service, client))
})
after(async () => { await service?.stop(); await database?.drop() })

const userinfo = async (headers = {}, where = '/oauth2/userinfo', init = {}) => {
  const answer = await fetch(service.url(where), { headers, ...init })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, challenge: answer.headers.get('www-authenticate') }
}
const bearer = (text, scheme = 'Bearer') => ({ authorization: `${scheme} ${text}` })
// The attributes of a challenge, each with the values it was given.
const attributes = (challenge) => {
  const found = {}
  assert.match(challenge, /^Bearer [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*$/)
  for (const [, name, value] of challenge.matchAll(/([a-z_]+)="([^"]*)"/g)) (found[name] ??= []).push(value)
  return found
}

test('RFC 6750 2.1: a token in the Authorization header is taken, in any case of the scheme', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer  '])
    assert.equal((await userinfo(bearer(tokens.access_token, scheme))).status, 200, scheme)
  assert.equal((await userinfo(bearer(tokens.access_token), '/oauth2/userinfo', { method: 'POST' })).status, 200)
})

test('RFC 6750 3: without a token: 401, a Bearer challenge with a realm, no word about an error', async () => {
  for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'DPoP x' }, { authorization: 'Bearer' }, { authorization: 'Bearerx y' }]) {
    const { status, challenge, text } = await userinfo(headers)
    assert.equal(status, 401)
    assert.deepEqual(attributes(challenge), { realm: [service.issuer] })
    assert.equal(text, '')
  }
})

test('RFC 6750 3: a token that is not good: its error in the challenge, each attribute once, of the characters that are allowed', async () => {
  for (const wrong of ['x', 'a.b.c', `${tokens.access_token}x`, tokens.id_token, tokens.access_token.toUpperCase(), '"quoted"', 'two words']) {
    const { status, challenge, headers } = await userinfo(bearer(wrong))
    assert.equal(status, 401, wrong)
    const found = attributes(challenge)
    assert.deepEqual(Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values.length])), { realm: 1, error: 1, error_description: 1 })
    assert.equal(found.error[0], 'invalid_token')
    assert.match(found.error_description[0], /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    assert.match(headers.get('cache-control'), /no-store/)
  }
})

test('RFC 6750 3.1: two tokens in one request are answered 400', async () => {
  const { answer } = await raw(service.port, ['GET /oauth2/userinfo HTTP/1.1', `Host: localhost:${service.port}`, `Authorization: Bearer ${tokens.access_token}`, 'Authorization: Bearer x', '', ''].join('\r\n'))
  assert.match(answer, /^HTTP\/1\.1 400 /)
})

test('RFC 6750 3.1: a token that is expired or revoked is invalid_token with 401', async () => {
  const later = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '301', LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '301' } })
  try {
    const answer = await fetch(`http://localhost:${later.port}/oauth2/userinfo`, { headers: bearer(tokens.access_token) })
    assert.equal(answer.status, 401)
    assert.equal(attributes(answer.headers.get('www-authenticate')).error[0], 'invalid_token')
  } finally { await later.stop() }
  const { tokens: revoked, redeem } = await signIn(service, client, { browser })
  assert.equal((await userinfo(bearer(revoked.access_token))).status, 200)
  await token(service, client, redeem)
  const { status, challenge } = await userinfo(bearer(revoked.access_token))
  assert.equal(status, 401)
  assert.equal(attributes(challenge).error[0], 'invalid_token')
})

test('RFC 6750 3.1: a token without the scope is insufficient_scope with 403, and the scope that is needed', async () => {
  const { tokens: narrow } = await signIn(service, client, { browser, scope: 'orders:read' })
  const { status, challenge } = await userinfo(bearer(narrow.access_token))
  assert.equal(status, 403)
  const found = attributes(challenge)
  assert.deepEqual(found.error, ['insufficient_scope'])
  assert.deepEqual(found.scope, ['openid'])
})

test('RFC 6750 5.2: a token is limited in time, to an audience and to a scope', async () => {
  for (const text of [tokens.access_token, (await token(service, machine, { grant_type: 'client_credentials' })).body.access_token]) {
    const { exp, iat, aud, scope } = claims(text)
    assert.ok(exp - iat <= 3600, 'an hour or less')
    assert.equal(aud, service.issuer)
    assert.ok(scope)
  }
})

test('RFC 6750 5.3: no token is in a cookie nor in the URL of a page', async () => {
  const seen = []
  const original = browser.fetch.bind(browser)
  browser.fetch = async (...args) => { const answer = await original(...args); seen.push(...answer.headers.getSetCookie(), answer.headers.get('location') ?? ''); return answer }
  const { tokens: fresh } = await signIn(service, client, { browser, prompt: 'login' })
  browser.fetch = original
  assert.ok(seen.length > 4)
  for (const line of seen) assert.ok(!line.includes(fresh.access_token) && !/access_token=|eyJ/.test(line), line)
})
