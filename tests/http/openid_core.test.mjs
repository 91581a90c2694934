// OpenID Connect Core 1.0, sentence by sentence: what its code flow asks of a provider.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service } from './service.mjs'
import { authorize, authorizeQuery, claims, header, post, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const scopes = 'openid profile email phone offline_access'
// A first-party client as certification suites are: no PKCE, no nonce, nobody is asked.
const certified = (more = {}) => webClient({ scope: scopes, require_pkce: false, require_nonce: false, skip_consent: true, ...more })
let database, service, late, client, asking, alice, bob, keys

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  await database.sql("UPDATE users SET given_name = 'Alice', locale = 'en-GB', phone_number = '+44 20 7946 0000', email_verified = true WHERE login = 'alice'")
  client = await database.client(certified())
  asking = await database.client(certified({ skip_consent: false }))
  service = await Service.start(database)
  // The same issuer on a node whose clock is ten minutes ahead: ID tokens have expired there.
  late = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '600' } })
  keys = jose.createLocalJWKSet(await (await fetch(service.url('/oauth2/jwks'))).json())
  alice = (await signIn(service, client)).browser
  bob = (await signIn(service, client, { login: 'bob' })).browser
})
after(async () => { await service?.stop(); await late?.stop(); await database?.drop() })

const at = (node) => Object.assign(Object.create(Object.getPrototypeOf(node)), node, { issuer: `http://localhost:${node.port}` })
const ask = (more = {}, who = client) => `/oauth2/authorize?${authorizeQuery(who, more)}`
// The parameters at the application's redirect URI, or the page that came instead of it.
async function answered(browser, more = {}, who = client) {
  const answer = await browser.fetch(ask(more, who))
  const location = answer.headers.get('location')
  if (answer.status !== 303 || !location.startsWith('https://app.example/')) return { page: location ?? await answer.text(), status: answer.status }
  return Object.fromEntries(new URL(location).searchParams)
}
const redeem = (code, who = client, node = service) => token(node, who, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb' })
// Tokens for the person of this browser, without a page.
async function tokens(browser, more = {}, who = client) {
  const { code, ...rest } = await answered(browser, more, who)
  assert.ok(code, JSON.stringify(rest).slice(0, 300))
  const { status, body } = await redeem(code, who)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const userinfo = (access, init = {}) => fetch(service.url('/oauth2/userinfo'), { ...init, headers: { authorization: `Bearer ${access}`, ...init.headers } })

/* ID Token: 2 */

test('OpenID Connect Core 2: iss, sub, aud, exp and iat are there, of the types and with the values that clients compare', async () => {
  const { issuer } = await (await fetch(service.url('/.well-known/openid-configuration'))).json()
  const began = Math.floor(Date.now() / 1000)
  const id = claims((await tokens(alice, { scope: 'openid' })).id_token)
  assert.equal(id.iss, issuer)
  assert.match(id.sub, /^[\x21-\x7e]{1,255}$/)
  assert.equal(id.aud, client.client_id)
  for (const name of ['exp', 'iat', 'auth_time']) assert.ok(Number.isInteger(id[name]), name)
  assert.ok(Math.abs(id.iat - began) <= 5)
  assert.equal(id.exp - id.iat, 300)
})

test('OpenID Connect Core 2: azp is the client ID, sid a string, and no claim is null or empty', async () => {
  const id = claims((await tokens(alice, { scope: 'openid' })).id_token)
  assert.equal(id.azp, client.client_id)
  assert.equal(typeof id.sid, 'string')
  for (const [name, value] of Object.entries(id)) assert.ok(value !== null && value !== '', name)
})

test('OpenID Connect Core 2: when max_age was asked for, auth_time is in the ID token, and is when the person signed in', async () => {
  const first = claims((await tokens(alice, { max_age: '3600' })).id_token)
  assert.ok(Number.isInteger(first.auth_time))
  assert.ok(first.auth_time <= first.iat && first.auth_time > first.iat - 3600)
  const { tokens: fresh } = await signIn(service, client, { max_age: '3600' })
  const id = claims(fresh.id_token)
  assert.ok(id.auth_time >= first.auth_time && id.auth_time <= id.iat && id.iat - id.auth_time < 60)
})

test('OpenID Connect Core 2: the nonce comes back as it was, byte for byte, and only when one was sent', async () => {
  // Composed and decomposed, quotes and backslashes, percent signs, spaces at both ends, as long as may be.
  for (const nonce of ['n-0S6_WzA2Mj', ' a  b ', 'caf\u00e9', 'cafe\u0301', '"\\/<&>\'%20+', 'n'.repeat(255), '\u{1f511}'])
    assert.equal(claims((await tokens(alice, { nonce })).id_token).nonce, nonce)
  assert.equal(claims((await tokens(alice, { nonce: undefined })).id_token).nonce, undefined)
})

test('OpenID Connect Core 2: acr is an absolute URI, amr an array of registered values', async () => {
  const id = claims((await tokens(alice)).id_token)
  assert.match(id.acr, /^urn:latchkey:acr:[1-9]$/)
  assert.deepEqual(id.amr, ['pwd'])
})

test('OpenID Connect Core 2: ID tokens are signed, carry a kid and no key of their own', async () => {
  const text = (await tokens(alice)).id_token
  await jose.jwtVerify(text, keys, { issuer: service.issuer, audience: client.client_id, typ: 'JWT', algorithms: ['RS256'] })
  assert.deepEqual(Object.keys(header(text)).sort(), ['alg', 'kid', 'typ'])
})

test('OpenID Connect Core 2: a client cannot ask for ID tokens without a signature, or with a shared secret', async () => {
  for (const alg of ['none', 'HS256', 'RS1', ''])
    await assert.rejects(database.client(certified({ id_token_signed_response_alg: alg })), /id_token_signed_response_alg/, alg)
})

/* Authentication request: 3.1.2.1 */

test('OpenID Connect Core 3.1.2.1: GET and POST at the authorization endpoint are answered alike', async () => {
  for (const more of [{}, { prompt: 'none' }, { scope: 'openid email', nonce: 'caf\u00e9' }]) {
    const got = await answered(alice, more)
    const posted = await alice.fetch('/oauth2/authorize', { method: 'POST', body: authorizeQuery(client, more), headers: { origin: service.issuer, 'sec-fetch-site': 'same-origin' } })
    assert.equal(posted.status, 303)
    const url = new URL(posted.headers.get('location'))
    assert.equal(`${url.origin}${url.pathname}`, 'https://app.example/cb')
    assert.deepEqual([...url.searchParams.keys()].sort(), Object.keys(got).sort())
    assert.equal((await redeem(url.searchParams.get('code'))).status, 200)
  }
})

test('OpenID Connect Core 3.1.2.1: a POST from the application\'s own site meets the live session', async () => {
  const jar = alice.cookies
  const session = Object.fromEntries(jar)
  const visitor = new Browser(service)
  // SameSite=Lax: the browser withholds the cookie from a form of another site, and sends it with the navigation that follows.
  const bounced = await visitor.fetch('/oauth2/authorize', { method: 'POST', body: authorizeQuery(client, { prompt: 'none' }), headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } })
  assert.equal(bounced.status, 303)
  visitor.cookies = new Map(Object.entries(session))
  const ended = await visitor.fetch(bounced.headers.get('location'))
  assert.match(ended.headers.get('location'), /^https:\/\/app\.example\/cb\?code=/)
})

test('OpenID Connect Core 3.1.2.1: scope values that are not understood are ignored', async () => {
  const body = await tokens(alice, { scope: 'openid whatever urn:example:unheard-of email' })
  assert.equal(body.scope, 'openid email')
  assert.ok(body.id_token)
  assert.equal(typeof (await tokens(alice, { scope: 'email openid' })).id_token, 'string', 'in any order')
})

test('OpenID Connect Core 3.1.2.1: prompt=none shows no page: a code, or an error at the redirect URI', async () => {
  assert.ok((await answered(alice, { prompt: 'none' })).code)
  for (const [browser, more, error] of [[new Browser(service), {}, 'login_required'], [alice, { max_age: '0' }, 'login_required']]) {
    const refused = await answered(browser, { prompt: 'none', ...more })
    assert.equal(refused.error, error)
    assert.equal(refused.state, 'st-1')
    assert.equal(refused.iss, service.issuer)
    assert.equal(refused.code, undefined)
  }
  assert.equal((await answered(bob, { prompt: 'none' }, asking)).error, 'consent_required')
})

test('OpenID Connect Core 3.1.2.1: prompt=none with any other value is an error', async () => {
  for (const other of ['login', 'consent', 'select_account'])
    for (const prompt of [`none ${other}`, `${other} none`]) assert.equal((await answered(alice, { prompt })).error, 'invalid_request', prompt)
})

test('OpenID Connect Core 3.1.2.1: a prompt that nobody knows gets an error, never silently a code', async () => {
  for (const prompt of ['create', 'NONE', 'Login', 'none,login']) {
    const refused = await answered(alice, { prompt })
    assert.equal(refused.error, 'invalid_request', prompt)
    assert.equal(refused.code, undefined)
  }
})

test('OpenID Connect Core 3.1.2.1: prompt=login asks a person who is signed in again, and the ID token says when', async () => {
  const { browser, tokens: first } = await signIn(service, client)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE id = '${claims(first.id_token).sid}'`)
  const { page } = await answered(browser, { prompt: 'login' })
  assert.match(page, /\/login\?flow=/)
  const old = claims((await tokens(browser)).id_token).auth_time
  const ended = await authorize(browser, authorizeQuery(client, { prompt: 'login', max_age: '3600' }))
  const fresh = claims((await redeem(ended.parameters.code)).body.id_token)
  assert.ok(fresh.auth_time >= old + 600)
})

test('OpenID Connect Core 3.1.2.1: prompt=consent asks again although the person agreed before', async () => {
  await signIn(service, asking, { browser: alice })
  assert.ok((await answered(alice, { prompt: 'none' }, asking)).code)
  const { page } = await answered(alice, { prompt: 'consent' }, asking)
  assert.match(page, /\/consent\?flow=/)
  const html = await (await alice.fetch(page)).text()
  assert.match(html, /value="allow"/)
  const denied = new URL((await alice.submit(html, { decision: 'deny' })).headers.get('location'), service.issuer)
  const back = denied.origin === service.issuer ? new URL((await alice.fetch(denied.href)).headers.get('location')) : denied
  assert.equal(back.searchParams.get('error'), 'access_denied')
})

test('OpenID Connect Core 3.1.2.1: a sign-in older than max_age is done again; a younger one serves', async () => {
  const { browser, tokens: first } = await signIn(service, client)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE id = '${claims(first.id_token).sid}'`)
  assert.equal((await answered(browser, { prompt: 'none', max_age: '599' })).error, 'login_required')
  assert.match((await answered(browser, { max_age: '599' })).page, /\/login\?flow=/)
  assert.ok((await answered(browser, { prompt: 'none', max_age: '3600' })).code)
  const ended = await authorize(browser, authorizeQuery(client, { max_age: '599' }))
  const id = claims((await redeem(ended.parameters.code)).body.id_token)
  assert.ok(id.iat - id.auth_time < 599)
})

test('OpenID Connect Core 3.1.2.1: max_age=0 is prompt=login', async () => {
  const { browser } = await signIn(service, client)
  assert.match((await answered(browser, { max_age: '0' })).page, /\/login\?flow=/)
  assert.equal((await answered(browser, { max_age: '0', prompt: 'none' })).error, 'login_required')
  for (const max_age of ['-1', 'x', '1.5', '99999999999999999999']) assert.equal((await answered(browser, { max_age })).error, 'invalid_request', max_age)
})

test('OpenID Connect Core 3.1.2.1: no value of display, ui_locales, claims_locales or acr_values is an error', async () => {
  for (const more of [...['page', 'popup', 'touch', 'wap', 'hologram'].map((display) => ({ display })),
    ...['en', 'fr-CA fr en', 'tlh', 'x'].flatMap((locales) => [{ ui_locales: locales }, { claims_locales: locales }]),
    { acr_values: 'urn:mace:incommon:iap:silver urn:example:unheard-of' }, { acr_values: '0' }])
    assert.ok((await answered(alice, { prompt: 'none', ...more })).code, JSON.stringify(more))
  const page = await alice.fetch((await answered(alice, { prompt: 'login', display: 'popup', ui_locales: 'fr-CA fr en' })).page)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /name="password"/)
})

test('OpenID Connect Core 3.1.2.1: acr_values that cannot be met leave the acr of the session', async () => {
  const plain = claims((await tokens(alice)).id_token).acr
  assert.equal(claims((await tokens(alice, { acr_values: 'urn:mace:incommon:iap:silver' })).id_token).acr, plain)
  assert.equal(claims((await tokens(alice, { acr_values: `urn:example:x ${plain}` })).id_token).acr, plain)
})

test('OpenID Connect Core 3.1.2.1: the login_hint is on the sign-in page, and is no answer', async () => {
  const visitor = new Browser(service)
  const html = await (await visitor.fetch((await answered(visitor, { login_hint: 'alice@example.org' })).page)).text()
  assert.match(html, /name="login"[^>]* value="alice@example\.org"/)
  const ended = await authorize(new Browser(service), authorizeQuery(client, { login_hint: 'alice@example.org' }), { login: 'bob' })
  assert.equal(claims((await redeem(ended.parameters.code)).body.id_token).sub, claims((await tokens(bob)).id_token).sub)
})

/* Validation: 3.1.2.2 */

test('OpenID Connect Core 3.1.2.2: without the scope openid it is a request of plain OAuth: no ID token, no userinfo', async () => {
  const plain = await database.client(webClient({ scope: `${scopes} orders:read`, skip_consent: true }))
  const { tokens: body } = await signIn(service, plain, { scope: 'email orders:read', browser: alice })
  assert.ok(body.access_token)
  assert.equal(body.id_token, undefined)
  const refused = await userinfo(body.access_token)
  assert.equal(refused.status, 403)
  assert.match(refused.headers.get('www-authenticate'), /^Bearer .*error="insufficient_scope"/)
})

test('OpenID Connect Core 3.1.2.2: a required parameter that is missing or wrong is an error with the state', async () => {
  for (const [more, error] of [[{ response_type: undefined }, 'invalid_request'], [{ response_type: '' }, 'invalid_request'], [{ response_type: 'banana' }, 'unsupported_response_type'],
    [{ scope: 'openid  email' }, 'invalid_scope'], [{ scope: ' openid' }, 'invalid_scope'], [{ scope: 'openid\temail' }, 'invalid_scope']]) {
    const refused = await answered(alice, more)
    assert.equal(refused.error, error, JSON.stringify(more))
    assert.equal(refused.state, 'st-1')
  }
})

test('OpenID Connect Core 3.1.2.2: an id_token_hint may have expired', async () => {
  const hint = (await tokens(alice)).id_token
  const there = new Browser(at(late))
  there.cookies = alice.cookies
  const expired = await redeem((await answered(alice)).code, client, at(late))
  assert.ok(claims(expired.body.id_token).iat - claims(hint).exp > 200, 'this node is late enough')
  const query = (who) => `/oauth2/authorize?${authorizeQuery(client, { prompt: 'none', id_token_hint: who })}`
  assert.match((await there.fetch(query(hint))).headers.get('location'), /[?&]code=/)
  const elsewhere = new Browser(at(late))
  elsewhere.cookies = bob.cookies
  assert.match((await elsewhere.fetch(query(hint))).headers.get('location'), /error=login_required/)
})

test('OpenID Connect Core 3.1.2.2: an id_token_hint of another client or another realm is not this client\'s to give', async () => {
  const theirs = await tokens(alice, {}, asking)
  assert.equal((await answered(alice, { prompt: 'none', id_token_hint: theirs.id_token })).error, 'invalid_request')
  assert.ok((await answered(alice, { prompt: 'none', id_token_hint: theirs.id_token }, asking)).code)
})

test('OpenID Connect Core 3.1.2.2: request parameters that are not recognized are ignored', async () => {
  assert.ok((await answered(alice, { prompt: 'none', foo: 'bar', 'x-y': '\u00e9', resource: 'https://api.example/', audience: 'https://api.example/', access_type: 'offline' })).code)
})

/* Authentication, consent, answers: 3.1.2.3 to 3.1.2.6 */

test('OpenID Connect Core 3.1.2.4: nothing is released before the person agrees, and the page says to what', async () => {
  const fresh = await database.client(certified({ skip_consent: false, client_name: 'Photo album' }))
  const { page } = await answered(alice, { scope: 'openid email offline_access' }, fresh)
  assert.match(page, /\/consent\?flow=/)
  const html = await (await alice.fetch(page)).text()
  for (const words of [/Photo album/, /e-mail address/, /Stay connected while you are away/]) assert.match(html, words)
  assert.doesNotMatch(html, /phone number/)
  // Agreeing to little is no consent for more.
  const { tokens: little } = await signIn(service, fresh, { browser: alice, scope: 'openid' })
  assert.equal(little.scope, 'openid')
  assert.ok((await answered(alice, { prompt: 'none', scope: 'openid' }, fresh)).code)
  assert.equal((await answered(alice, { prompt: 'none', scope: 'openid email' }, fresh)).error, 'consent_required')
})

test('OpenID Connect Core 3.1.2.5: code, state and iss are added to the query of the redirect URI, which keeps its own', async () => {
  const queried = await database.client(certified({ redirect_uris: ['https://app.example/cb?tenant=a%20b&x=1'] }))
  const state = 'a b&c=d#e?\u00e9"<>'
  const answer = await alice.fetch(ask({ redirect_uri: 'https://app.example/cb?tenant=a%20b&x=1', state }, queried))
  assert.equal(answer.status, 303)
  const location = answer.headers.get('location')
  assert.ok(location.startsWith('https://app.example/cb?tenant=a%20b&x=1&code='), location)
  const url = new URL(location)
  assert.equal(url.hash, '')
  assert.equal(url.searchParams.get('state'), state)
  assert.equal(url.searchParams.get('iss'), service.issuer)
  assert.deepEqual([...url.searchParams.keys()], ['tenant', 'x', 'code', 'state', 'iss'])
})

test('OpenID Connect Core 3.1.2.5: no state was sent, so none comes back', async () => {
  for (const more of [{ state: undefined }, { state: undefined, prompt: 'none login' }]) assert.equal((await answered(alice, more)).state, undefined)
})

test('OpenID Connect Core 3.1.2.6: an error has error, error_description in ASCII, state and iss, and no other parameter', async () => {
  for (const more of [{ prompt: 'none login' }, { response_type: 'token' }, { max_age: 'x' }, { request: 'x' }]) {
    const refused = await answered(alice, { ...more, state: 'a b&c' })
    assert.deepEqual(Object.keys(refused), ['error', 'error_description', 'state', 'iss'], JSON.stringify(more))
    assert.match(refused.error_description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    assert.equal(refused.state, 'a b&c')
  }
})

test('OpenID Connect Core 3.1.2.6: a person who says no is access_denied with the state', async () => {
  const fresh = await database.client(certified({ skip_consent: false }))
  const html = await (await alice.fetch((await answered(alice, {}, fresh)).page)).text()
  let url = new URL((await alice.submit(html, { decision: 'deny' })).headers.get('location'), service.issuer)
  if (url.origin === service.issuer) url = new URL((await alice.fetch(url.href)).headers.get('location'))
  assert.equal(`${url.origin}${url.pathname}`, 'https://app.example/cb')
  assert.deepEqual([url.searchParams.get('error'), url.searchParams.get('state'), url.searchParams.get('iss')], ['access_denied', 'st-1', service.issuer])
})

/* Token endpoint: 3.1.3 */

test('OpenID Connect Core 3.1.3.3: a token response is JSON, Bearer, with an ID token, and is stored nowhere', async () => {
  const answer = await redeem((await answered(alice)).code)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type'), /^application\/json(;\s*charset=utf-8)?$/i)
  assert.match(answer.headers.get('cache-control'), /(^|,\s*)no-store(,|$)/)
  assert.equal(answer.headers.get('pragma'), 'no-cache')
  assert.equal(answer.body.token_type, 'Bearer')
  assert.equal(typeof answer.body.id_token, 'string')
  assert.ok(Number.isInteger(answer.body.expires_in))
})

test('OpenID Connect Core 3.1.3.4: a token request that is invalid is 400 with a JSON error, stored nowhere', async () => {
  for (const [parameters, error] of [[{ grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://app.example/cb' }, 'invalid_grant'], [{ grant_type: 'authorization_code' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'], [{ grant_type: 'banana' }, 'unsupported_grant_type']]) {
    const answer = await token(service, client, parameters)
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error, error)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.match(answer.headers.get('cache-control'), /no-store/)
  }
})

test('OpenID Connect Core 3.1.3.6: at_hash is the left half of the hash of the access token', async () => {
  const elliptic = await database.client(certified({ id_token_signed_response_alg: 'ES256' }))
  for (const who of [client, elliptic]) {
    const body = await tokens(alice, {}, who)
    assert.equal(claims(body.id_token).at_hash, createHash('sha256').update(body.access_token).digest().subarray(0, 16).toString('base64url'))
  }
})

test('OpenID Connect Core 3.1.3.7: the algorithm is RS256 when the client says nothing, else the one it registered', async () => {
  assert.equal(header((await tokens(alice)).id_token).alg, 'RS256')
  const elliptic = await database.client(certified({ id_token_signed_response_alg: 'ES256' }))
  const text = (await tokens(alice, {}, elliptic)).id_token
  await jose.jwtVerify(text, keys, { issuer: service.issuer, audience: elliptic.client_id, algorithms: ['ES256'] })
})

/* Claims: 5 */

test('OpenID Connect Core 5.1: the standard claims that a scope opens have the types of the table', async () => {
  const person = await (await userinfo((await tokens(alice, { scope: 'openid profile email phone' })).access_token)).json()
  for (const name of ['sub', 'name', 'given_name', 'preferred_username', 'locale', 'email', 'phone_number']) assert.equal(typeof person[name], 'string', name)
  assert.equal(person.email_verified, true)
  assert.ok(Number.isInteger(person.updated_at) && Math.abs(person.updated_at - Date.now() / 1000) < 3600)
  assert.equal(person.given_name, 'Alice')
  assert.equal(person.email, 'alice@example.org')
})

test('OpenID Connect Core 5.3: GET and POST with a bearer token are answered alike', async () => {
  const { access_token: access } = await tokens(alice, { scope: 'openid email' })
  const got = await userinfo(access)
  const posted = await userinfo(access, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' })
  const bare = await userinfo(access, { method: 'POST' })
  for (const answer of [got, posted, bare]) {
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
  }
  const person = await got.json()
  assert.deepEqual(await posted.json(), person)
  assert.deepEqual(await bare.json(), person)
})

test('OpenID Connect Core 5.3: pages of other origins may ask userinfo', async () => {
  const preflight = await fetch(service.url('/oauth2/userinfo'), { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } })
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-headers'), /authorization/i)
  const { access_token: access } = await tokens(alice)
  assert.equal((await userinfo(access, { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin'), '*')
  const refused = await userinfo('x', { headers: { origin: 'https://app.example' } })
  assert.equal(refused.headers.get('access-control-allow-origin'), '*')
  assert.match(refused.headers.get('access-control-expose-headers'), /www-authenticate/i)
})

test('OpenID Connect Core 5.3.2: sub is always there and is that of the ID token', async () => {
  for (const browser of [alice, bob]) {
    const body = await tokens(browser, { scope: 'openid' })
    assert.deepEqual(await (await userinfo(body.access_token)).json(), { sub: claims(body.id_token).sub })
  }
})

test('OpenID Connect Core 5.3.2: a claim without a value is left out, neither null nor empty', async () => {
  const person = await (await userinfo((await tokens(bob, { scope: 'openid profile email phone' })).access_token)).json()
  for (const [name, value] of Object.entries(person)) assert.ok(value !== null && value !== '', name)
  for (const name of ['given_name', 'phone_number', 'phone_number_verified', 'picture']) assert.ok(!(name in person), name)
})

test('OpenID Connect Core 5.3.2: the body is JSON in UTF-8 with that content type', async () => {
  await database.sql("UPDATE users SET name = 'Zo\u00eb \u2603 \"Q\" \\ \u{1f511}' WHERE login = 'bob'")
  const answer = await userinfo((await tokens(bob, { scope: 'openid profile' })).access_token)
  assert.match(answer.headers.get('content-type'), /^application\/json(;\s*charset=utf-8)?$/i)
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).name, 'Zo\u00eb \u2603 "Q" \\ \u{1f511}')
})

test('OpenID Connect Core 5.3.3: without a token 401 with a bare challenge, with a bad one invalid_token', async () => {
  const none = await fetch(service.url('/oauth2/userinfo'))
  assert.equal(none.status, 401)
  assert.match(none.headers.get('www-authenticate'), /^Bearer realm="[^"]*"$/)
  const { access_token: access, id_token: id } = await tokens(alice)
  const [head, body] = access.split('.')
  for (const wrong of ['x', id, `${head}.${body}.AAAA`, `${access}x`]) {
    const answer = await userinfo(wrong)
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate'), /^Bearer .*error="invalid_token"/)
    assert.equal((await answer.json()).error, 'invalid_token')
  }
})

test('OpenID Connect Core 5.4: a scope opens its claims and no others, at userinfo and not in the ID token', async () => {
  const opened = { openid: [], profile: ['name', 'given_name', 'preferred_username', 'locale', 'updated_at'], email: ['email', 'email_verified'], phone: ['phone_number'] }
  const every = Object.values(opened).flat()
  for (const [scope, names] of Object.entries(opened)) {
    const body = await tokens(alice, { scope: scope === 'openid' ? scope : `openid ${scope}` })
    const person = await (await userinfo(body.access_token)).json()
    for (const name of every) assert.equal(name in person, names.includes(name), `${scope}: ${name}`)
    for (const name of every) assert.ok(!(name in claims(body.id_token)), `ID token, ${scope}: ${name}`)
  }
})

test('OpenID Connect Core 5.7: sub is unique among people, and is not given again with a name', async () => {
  const mine = claims((await tokens(alice)).id_token).sub, theirs = claims((await tokens(bob)).id_token).sub
  assert.notEqual(mine, theirs)
  await database.user('erin', password)
  const before = claims((await signIn(service, client, { login: 'erin' })).tokens.id_token).sub
  await database.sql("UPDATE users SET login = 'erin-before', email = NULL WHERE login = 'erin'")
  await database.user('erin', password)
  assert.notEqual(claims((await signIn(service, client, { login: 'erin' })).tokens.id_token).sub, before)
})

/* Request objects, subjects, keys: 6, 8, 10 */

test('OpenID Connect Core 6.1 and 6.2: request and request_uri are refused with the errors of their own', async () => {
  const object = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ state: 'other' })).toString('base64url')}.`
  for (const [more, error] of [[{ request: object }, 'request_not_supported'], [{ request_uri: 'https://app.example/request.jwt#x' }, 'request_uri_not_supported']]) {
    const refused = await answered(alice, more)
    assert.equal(refused.error, error)
    assert.equal(refused.state, 'st-1')
  }
})

test('OpenID Connect Core 8: subjects are public: every client gets the same sub', async () => {
  const { subject_types_supported: types } = await (await fetch(service.url('/.well-known/openid-configuration'))).json()
  assert.deepEqual(types, ['public'])
  assert.equal(claims((await tokens(alice)).id_token).sub, claims((await tokens(alice, {}, asking)).id_token).sub)
})

test('OpenID Connect Core 10.1: the key that signed is in the JWK Set, under its kid, for signatures, and the set says how long it is good', async () => {
  const answer = await fetch(service.url('/oauth2/jwks'))
  assert.match(answer.headers.get('cache-control'), /max-age=\d+/)
  const set = (await answer.json()).keys
  for (const text of Object.values(await tokens(alice)).filter((value) => /^eyJ/.test(value))) {
    const named = set.filter((key) => key.kid === header(text).kid)
    assert.equal(named.length, 1)
    assert.equal(named[0].use, 'sig')
    assert.equal(named[0].alg, header(text).alg)
  }
})

/* Offline access and refresh: 11, 12 */

test('OpenID Connect Core 11: offline_access needs the person\'s consent for it, or a client that is trusted by its registration', async () => {
  const fresh = await database.client(certified({ skip_consent: false }))
  await signIn(service, fresh, { browser: alice, scope: 'openid' })
  assert.equal((await answered(alice, { prompt: 'none', scope: 'openid offline_access' }, fresh)).error, 'consent_required')
  const { tokens: body } = await signIn(service, fresh, { browser: alice, scope: 'openid offline_access', prompt: 'consent' })
  assert.equal(body.scope, 'openid offline_access')
  assert.ok(body.refresh_token)
  assert.equal((await tokens(alice, { prompt: 'none', scope: 'openid offline_access' })).scope, 'openid offline_access')
})

test('OpenID Connect Core 11: offline_access of a client that has no refresh tokens is ignored', async () => {
  const online = await database.client(certified({ grant_types: ['authorization_code'] }))
  const body = await tokens(alice, { scope: 'openid offline_access' }, online)
  assert.equal(body.scope, 'openid')
  assert.equal(body.refresh_token, undefined)
})

test('OpenID Connect Core 11: with offline_access userinfo answers when the person has signed out', async () => {
  const { browser, tokens: body } = await signIn(service, client, { scope: 'openid offline_access' })
  await browser.fetch(`/oauth2/end_session?id_token_hint=${body.id_token}`)
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: body.refresh_token })
  assert.equal(refreshed.status, 200)
  assert.equal((await userinfo(refreshed.body.access_token)).status, 200)
})

test('OpenID Connect Core 12.1: a refresh token is good for its client alone, and with its authentication', async () => {
  const { refresh_token } = await tokens(alice, { scope: 'openid offline_access' })
  const parameters = { grant_type: 'refresh_token', refresh_token }
  assert.equal((await post(service, '/oauth2/token', { ...parameters, client_id: client.client_id })).body.error, 'invalid_client')
  assert.equal((await token(service, { ...client, client_secret: 'wrong' }, parameters)).status, 401)
  assert.equal((await token(service, asking, parameters)).body.error, 'invalid_grant')
  assert.equal((await token(service, client, { ...parameters, refresh_token: `${refresh_token}x` })).body.error, 'invalid_grant')
  assert.equal((await token(service, client, parameters)).status, 200)
})

test('OpenID Connect Core 12.2: after a refresh iss, sub, aud, azp and auth_time are the same, iat is of now, and there is no nonce', async () => {
  const first = await tokens(alice, { scope: 'openid offline_access', max_age: '3600' })
  const refreshed = await token(at(late), client, { grant_type: 'refresh_token', refresh_token: first.refresh_token })
  assert.equal(refreshed.status, 200)
  const was = claims(first.id_token), is = claims(refreshed.body.id_token)
  for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time', 'acr', 'amr', 'sid']) assert.deepEqual(is[name], was[name], name)
  assert.equal(was.nonce, 'n-1')
  assert.equal(is.nonce, undefined)
  assert.ok(is.iat - was.iat >= 590, 'issued ten minutes later by the clock of that node')
  assert.ok(is.exp > is.iat)
  assert.equal(is.at_hash, createHash('sha256').update(refreshed.body.access_token).digest().subarray(0, 16).toString('base64url'))
})

/* Strings, redirects: 14, 16 */

test('OpenID Connect Core 14: strings are compared by code points, never normalized', async () => {
  const theirs = await database.client(certified({ redirect_uris: ['https://app.example/cb'] }))
  for (const redirect_uri of ['https://APP.example/cb', 'https://app.example:443/cb', 'https://app.example/%63b', 'https://app.example/./cb'])
    assert.equal((await answered(alice, { redirect_uri }, theirs)).status, 400, redirect_uri)
  for (const client_id of [theirs.client_id.toUpperCase() === theirs.client_id ? theirs.client_id.toLowerCase() : theirs.client_id.toUpperCase(), `${theirs.client_id}\u0301`, ` ${theirs.client_id}`])
    assert.equal((await answered(alice, {}, { ...theirs, client_id })).status, 400, client_id)
  const composed = await answered(alice, { state: 'caf\u00e9' }), decomposed = await answered(alice, { state: 'cafe\u0301' })
  assert.equal(composed.state, 'caf\u00e9')
  assert.equal(decomposed.state, 'cafe\u0301')
})

test('OpenID Connect Core 16.8: an access token is for one audience and for the scope that was granted', async () => {
  const access = claims((await tokens(alice, { scope: 'openid email' })).access_token)
  assert.equal(access.aud, service.issuer)
  assert.equal(access.scope, 'openid email')
  assert.ok(access.exp - access.iat <= 300)
})

test('OpenID Connect Core 16.22: the redirect to the application is a 303, after POST too', async () => {
  const visitor = new Browser(service)
  const start = await visitor.fetch(ask())
  const posted = await visitor.submit(await visitor.fetch(start.headers.get('location')), { login: 'alice', password })
  assert.equal(posted.status, 303)
  const ended = await visitor.fetch(posted.headers.get('location'))
  assert.equal(ended.status, 303)
  assert.match(ended.headers.get('location'), /^https:\/\/app\.example\/cb\?code=/)
  const direct = await alice.fetch('/oauth2/authorize', { method: 'POST', body: authorizeQuery(client), headers: { origin: service.issuer, 'sec-fetch-site': 'same-origin' } })
  assert.equal(direct.status, 303)
})
