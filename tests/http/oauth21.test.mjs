// OAuth 2.1 (draft-ietf-oauth-v2-1): what it asks beyond RFC 6749, 6750 and 7636.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service } from './service.mjs'
import { authorize, authorizeQuery, introspect, pkce, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, spa, browser

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient({ refresh_retry_window: 0 }))
  service = await Service.start(database)
  ;({ browser } = await signIn(service, client))
})
after(async () => { await service?.stop(); await database?.drop() })

const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
const ask = async (query) => {
  const answer = await browser.fetch(`/oauth2/authorize?${query}`)
  return { status: answer.status, parameters: Object.fromEntries(new URL(answer.headers.get('location') ?? 'x:', service.issuer).searchParams) }
}
const cannotRegister = (metadata, why) => assert.rejects(database.client(metadata), (error) => { assert.match(error.stderr, why); return true })

test('OAuth 2.1 2.3.1: a private-use scheme has a period', async () => {
  const native = (uri) => publicClient({ application_type: 'native', redirect_uris: [uri] })
  assert.ok((await database.client(native('com.example.app:/cb'))).client_id)
  for (const uri of ['myapp:/cb', 'javascript:alert(1)', 'data:text/html,x']) await cannotRegister(native(uri), /invalid_redirect_uri/)
})

test('OAuth 2.1 3.1: no script of another origin can ask the authorization endpoint', async () => {
  const where = `/oauth2/authorize?${authorizeQuery(client, withPkce({ prompt: 'none' }))}`
  const answer = await browser.fetch(where, { headers: { origin: 'https://app.example' } })
  for (const name of ['access-control-allow-origin', 'access-control-allow-credentials']) assert.equal(answer.headers.get(name), null)
  const preflight = await browser.fetch(where, { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' } })
  assert.equal(preflight.status, 405)
  assert.equal(preflight.headers.get('access-control-allow-origin'), null)
})

test('OAuth 2.1 3.2: an application in the browser can use token, revocation, userinfo, metadata and keys', async () => {
  for (const where of ['/oauth2/token', '/oauth2/revoke', '/oauth2/userinfo']) {
    const preflight = await fetch(service.url(where), { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } })
    assert.equal(preflight.status, 204, where)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.match(preflight.headers.get('access-control-allow-headers'), /authorization/i)
    const refused = await fetch(service.url(where), { method: 'POST', headers: { origin: 'https://app.example' } })
    assert.equal(refused.headers.get('access-control-allow-origin'), '*', 'also in an error')
  }
  for (const where of ['/oauth2/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
    assert.equal((await fetch(service.url(where), { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin'), '*', where)
})

test('OAuth 2.1 4.1.3: the redirect URI is still asked for when it was sent, as RFC 6749 has it', async () => {
  const { verifier, challenge } = pkce()
  const { parameters } = await ask(authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256' }))
  assert.equal((await token(service, client, { grant_type: 'authorization_code', code: parameters.code, code_verifier: verifier })).body.error, 'invalid_grant')
})

test('OAuth 2.1 4.3.1: the refresh token of a public client rotates, and a spent one ends its grant', async () => {
  const { tokens } = await signIn(service, spa, { scope: 'openid offline_access' })
  const next = await token(service, spa, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(next.status, 200)
  assert.notEqual(next.body.refresh_token, tokens.refresh_token)
  assert.equal((await token(service, spa, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
  assert.equal((await token(service, spa, { grant_type: 'refresh_token', refresh_token: next.body.refresh_token })).body.error, 'invalid_grant')
  assert.deepEqual(await introspect(service, client, next.body.access_token), { active: false })
})

test('OAuth 2.1 5.1: an access token in the query is ignored', async () => {
  const { tokens } = await signIn(service, client, { browser })
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  assert.equal((await fetch(service.url('/oauth2/userinfo?access_token=x'), { headers })).status, 200)
  const without = await fetch(service.url(`/oauth2/userinfo?access_token=${tokens.access_token}`))
  assert.equal(without.status, 401)
  assert.doesNotMatch(without.headers.get('www-authenticate'), /error=/)
})

test('OAuth 2.1 7.3: the consent page says who asks, and for what', async () => {
  const stranger = await database.client(webClient({ client_name: 'Otter Post' }))
  const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(stranger, withPkce({ scope: 'openid email' }))}`)
  const page = await (await browser.fetch(answer.headers.get('location'))).text()
  assert.match(page, /Otter Post/)
  assert.match(page, /app\.example/)
  assert.match(page, /e-mail address/)
})

test('OAuth 2.1 7.5.1: only a confidential client may do without PKCE, and then with a nonce', async () => {
  await cannotRegister(publicClient({ require_pkce: false }), /require_pkce|PKCE/i)
  const free = await database.client(webClient({ require_pkce: false, skip_consent: true }))
  assert.ok((await ask(authorizeQuery(free))).parameters.code)
  assert.equal((await ask(authorizeQuery(free, { nonce: undefined }))).parameters.error, 'invalid_request')
  assert.equal((await ask(authorizeQuery(free, { nonce: undefined, ...withPkce({ code_challenge_method: 'plain' }) }))).parameters.error, 'invalid_request')
})

test('OAuth 2.1 7.5.2: a code that comes again with wrong parameters revokes nothing', async () => {
  const other = await database.client(webClient())
  const { tokens, redeem } = await signIn(service, client, { browser, scope: 'openid offline_access' })
  for (const [who, change] of [[other, {}], [client, { code_verifier: pkce().verifier }], [client, { redirect_uri: 'https://app.example/other' }], [{ ...client, client_secret: 'wrong' }, {}]]) {
    assert.ok((await token(service, who, { ...redeem, ...change })).status >= 400)
    for (const text of [tokens.access_token, tokens.refresh_token]) assert.equal((await introspect(service, client, text)).active, true, JSON.stringify(change))
  }
})

test('OAuth 2.1 7.5.3: no redirect repeats what was posted', async () => {
  const fresh = new Browser(service), statuses = []
  const original = fresh.fetch.bind(fresh)
  fresh.fetch = async (...args) => { const answer = await original(...args); statuses.push(answer.status); return answer }
  assert.ok((await authorize(fresh, authorizeQuery(client, withPkce()))).parameters.code)
  const redirects = statuses.filter((status) => status >= 300 && status < 400)
  assert.ok(redirects.length >= 3)
  assert.deepEqual([...new Set(redirects)], [303])
})

test('OAuth 2.1 8.4.2: a native application waits on any port of the loopback, by IPv4 and by IPv6', async () => {
  const native = await database.client(publicClient({ application_type: 'native', redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb'] }))
  for (const uri of ['http://127.0.0.1:51004/cb', 'http://[::1]:61023/cb', 'http://127.0.0.1/cb'])
    assert.equal((await ask(authorizeQuery(native, withPkce({ redirect_uri: uri, prompt: 'none' })))).status, 303, uri)
  for (const uri of ['http://127.0.0.1:51004/other', 'https://127.0.0.1:51004/cb', 'http://127.0.0.2:51004/cb', 'http://localhost:51004/cb'])
    assert.equal((await ask(authorizeQuery(native, withPkce({ redirect_uri: uri, prompt: 'none' })))).status, 400, uri)
})
