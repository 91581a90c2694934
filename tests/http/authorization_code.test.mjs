// The authorization code flow: RFC 6749 4.1, RFC 7636, RFC 9207, OpenID Connect Core 3.1.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service, raw, until } from './service.mjs'
import { authorize, authorizeQuery, basic, claims, header, introspect, pkce, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, spa, machine

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read orders:write' })
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

const get = (where, headers = {}) => fetch(`${service.issuer}${where}`, { redirect: 'manual', headers })
const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })

test('RFC 8414 3: metadata at /.well-known/oauth-authorization-server, and its issuer is identical to the one used', async () => {
  for (const where of ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']) {
    const answer = await get(where)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    const metadata = await answer.json()
    assert.equal(metadata.issuer, service.issuer)
    assert.equal(metadata.token_endpoint, `${service.issuer}/oauth2/token`)
    assert.deepEqual(metadata.response_types_supported, ['code'])
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'])
    assert.equal(metadata.authorization_response_iss_parameter_supported, true)
    assert.ok(metadata.grant_types_supported.includes('client_credentials'))
  }
})

test('OpenID Connect Core 3.1: sign in, tokens, userinfo, refresh, introspect, sign out', async () => {
  const { tokens, browser, parameters, answer } = await signIn(service, client, { scope: 'openid profile email offline_access' })
  assert.equal(parameters.state, 'st-1')
  assert.equal(parameters.iss, service.issuer)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(tokens.token_type, 'Bearer')
  assert.equal(tokens.expires_in, 300)

  const keys = jose.createLocalJWKSet(await (await get('/oauth2/jwks')).json())
  const id = await jose.jwtVerify(tokens.id_token, keys, { issuer: service.issuer, audience: client.client_id, algorithms: ['RS256'] })
  assert.equal(id.payload.nonce, 'n-1')
  assert.ok(id.payload.auth_time <= id.payload.iat)
  const access = await jose.jwtVerify(tokens.access_token, keys, { issuer: service.issuer, typ: 'at+jwt', algorithms: ['ES256'] })
  assert.equal(access.payload.sub, id.payload.sub)
  assert.equal(access.payload.client_id, client.client_id)
  for (const claim of ['exp', 'iat', 'jti', 'aud']) assert.ok(access.payload[claim], claim)

  const userinfo = await get('/oauth2/userinfo', { authorization: `Bearer ${tokens.access_token}` })
  assert.equal(userinfo.status, 200)
  const person = await userinfo.json()
  assert.equal(person.sub, id.payload.sub)
  assert.equal(person.name, 'alice Example')
  assert.equal(person.email, 'alice@example.org')

  const state = await introspect(service, client, tokens.access_token)
  assert.equal(state.active, true)
  assert.equal(state.client_id, client.client_id)
  assert.equal(state.sub, id.payload.sub)
  assert.equal((await introspect(service, client, tokens.refresh_token)).active, true)

  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(refreshed.status, 200)
  assert.notEqual(refreshed.body.refresh_token, tokens.refresh_token)
  assert.equal(claims(refreshed.body.id_token).sub, id.payload.sub)

  const out = await browser.fetch(`/oauth2/end_session?${new URLSearchParams({
    id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/', state: 'bye' })}`)
  assert.equal(out.status, 303)
  assert.equal(out.headers.get('location'), 'https://app.example/?state=bye')
  const again = await authorize(browser, authorizeQuery(client, withPkce({ prompt: 'none' })))
  assert.equal(again.parameters.error, 'login_required')
})

test('A-01: a missing or unknown client_id or a bad redirect_uri never redirects', async () => {
  const hostile = '"><script>alert(1)</script>'
  for (const change of [{ client_id: undefined }, { client_id: 'nobody' }, { client_id: hostile }, { redirect_uri: 'https://evil.example/cb' }, { redirect_uri: undefined },
    { redirect_uri: 'https://app.example/cb/' }, { redirect_uri: 'https://app.example/cb?x=1' }, { redirect_uri: 'javascript:alert(1)' }]) {
    const answer = await get(`/oauth2/authorize?${authorizeQuery(client, withPkce(change))}`)
    const text = await answer.text()
    assert.equal(answer.status, 400, JSON.stringify(change))
    assert.equal(answer.headers.get('location'), null)
    assert.match(answer.headers.get('content-type'), /^text\/html/)
    assert.ok(!text.includes('<script>alert'), 'echoed unescaped')
  }
})

test('A-02: a parameter that is there twice is invalid_request, and a page when it is client_id or redirect_uri', async () => {
  const base = `/oauth2/authorize?${authorizeQuery(client, withPkce())}`
  for (const more of ['client_id=x', 'redirect_uri=https%3A%2F%2Fevil.example']) {
    const answer = await get(`${base}&${more}`)
    assert.equal(answer.status, 400)
    assert.equal(answer.headers.get('location'), null)
  }
  for (const more of ['state=2', '%73tate=2', 'scope=openid', 'code_challenge=x', 'nonce=2']) {
    const answer = await get(`${base}&${more}`)
    const url = new URL(answer.headers.get('location'))
    assert.equal(url.searchParams.get('error'), 'invalid_request', more)
    assert.equal(url.searchParams.get('code'), null)
  }
})

test('A-03: response types that we do not have are unsupported_response_type', async () => {
  for (const type of ['token', 'id_token', 'id_token token', 'code token', 'none']) {
    const answer = await get(`/oauth2/authorize?${authorizeQuery(client, withPkce({ response_type: type }))}`)
    assert.match(answer.headers.get('location'), /error=unsupported_response_type/, type)
  }
})

test('A-05: a state with CR LF stays percent-encoded in Location', async () => {
  const answer = await get(`/oauth2/authorize?${authorizeQuery(client, { prompt: 'none', state: undefined })}&state=a%0d%0aSet-Cookie:x=1`)
  assert.match(answer.headers.get('location'), /[?&]state=a%0D%0ASet-Cookie%3Ax%3D1(&|$)/i)
  assert.equal(answer.headers.get('x'), null)
  assert.ok(answer.headers.getSetCookie().every((line) => !line.startsWith('x=')))
})

test('A-06: RFC 9207 2: iss is in success and in error answers', async () => {
  const error = await get(`/oauth2/authorize?${authorizeQuery(client, withPkce({ prompt: 'none' }))}`)
  const url = new URL(error.headers.get('location'))
  assert.equal(url.searchParams.get('error'), 'login_required')
  assert.equal(url.searchParams.get('iss'), service.issuer)
  assert.equal(url.searchParams.get('state'), 'st-1')
  assert.deepEqual(error.headers.getSetCookie(), [], 'prompt=none sets no cookie')
})

test('A-07: prompt=none without consent is consent_required, of a disabled user login_required', async () => {
  await database.user('carol', password)
  const other = await database.client(webClient())
  const { browser } = await signIn(service, client, { login: 'carol' })
  const ended = await authorize(browser, authorizeQuery(other, withPkce({ prompt: 'none' })))
  assert.equal(ended.parameters.error, 'consent_required')
  await database.latchkey(['user', 'disable', 'carol'])
  const after = await authorize(browser, authorizeQuery(client, withPkce({ prompt: 'none' })))
  assert.equal(after.parameters.error, 'login_required')
})

test('A-08: prompt=login and max_age=0 ask for the password although a session lives', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
    const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce(more))}`)
    assert.equal(answer.status, 303)
    assert.match(answer.headers.get('location'), /\/login\?flow=/)
    // Going on without signing in leads back to the sign-in page.
    const flow = new URL(answer.headers.get('location'), service.issuer).searchParams.get('flow')
    const skipped = await browser.fetch(`/oauth2/authorize/continue?flow=${encodeURIComponent(flow)}`)
    assert.match(skipped.headers.get('location'), /\/login\?flow=/)
  }
  const again = await signIn(service, client, { browser, prompt: 'login' })
  assert.ok(claims(again.tokens.id_token).auth_time >= claims(tokens.id_token).auth_time)
  assert.notEqual(claims(again.tokens.id_token).sid, claims(tokens.id_token).sid)
})

test('A-08: prompt=login also holds for a session whose cookie the browser withheld at the start', async () => {
  const { browser, tokens } = await signIn(service, client)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE id = '${claims(tokens.id_token).sid}'`)
  const body = authorizeQuery(client, withPkce({ prompt: 'login' }))
  const { '__Host-lk-main': session, ...others } = Object.fromEntries(browser.cookies)
  browser.cookies = new Map(Object.entries(others))
  body.set('came_again', '1') // as if even our own page had not brought the cookie along
  const start = await browser.fetch('/oauth2/authorize', { method: 'POST', body, headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } })
  browser.cookies.set('__Host-lk-main', session)
  const page = await browser.fetch(start.headers.get('location'))
  assert.equal(page.status, 200)
  assert.match(await page.text(), /name="password"/)
})

test('A-09: with the hint of somebody else nobody gets a code, also not after signing in; a hint that is not ours is refused', async () => {
  const alice = await signIn(service, client), bob = await signIn(service, client, { login: 'bob' })
  const hinted = (hint, more = {}) => authorizeQuery(client, withPkce({ id_token_hint: hint, ...more }))
  assert.ok((await authorize(alice.browser, hinted(alice.tokens.id_token, { prompt: 'none' }))).parameters.code)
  assert.equal((await authorize(bob.browser, hinted(alice.tokens.id_token, { prompt: 'none' }))).parameters.error, 'login_required')
  assert.equal((await authorize(new Browser(service), hinted(alice.tokens.id_token), { login: 'bob' })).parameters.error, 'login_required')
  assert.ok((await authorize(new Browser(service), hinted(alice.tokens.id_token), { login: 'alice' })).parameters.code)
  const [head, payload] = alice.tokens.id_token.split('.')
  for (const forged of ['x', `${head}.${payload}.AAAA`, alice.tokens.access_token, `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`])
    assert.equal((await authorize(alice.browser, hinted(forged, { prompt: 'none' }))).parameters.error, 'invalid_request')
})

test('OAuth 2.0 Form Post Response Mode 2: the mode and the nonce survive the sign-in pages', async () => {
  const { verifier, challenge } = pkce()
  const nonce = 'a nonce  with spaces '
  const query = authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', response_mode: 'form_post', nonce })
  const { page } = await authorize(new Browser(service), query)
  assert.match(page, /<form[^>]* action="https:\/\/app\.example\/cb"/)
  const value = (name) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1]
  assert.equal(value('state'), 'st-1')
  const answer = await token(service, client, { grant_type: 'authorization_code', code: value('code'), redirect_uri: 'https://app.example/cb', code_verifier: verifier })
  assert.equal(claims(answer.body.id_token).nonce, nonce)
})

test('A-13: a flow of another browser is a page, and a consent without its CSRF token is refused', async () => {
  const mine = new Browser(service), theirs = new Browser(service)
  const answer = await mine.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
  const stolen = await theirs.fetch(answer.headers.get('location'))
  assert.ok(stolen.status >= 400)
  const login = await mine.fetch(answer.headers.get('location'))
  const html = await login.text()
  assert.match(html, /name="password"/)
  for (const csrf of ['', 'AAAA']) {
    const refused = await mine.submit(html, { login: 'alice', password, csrf })
    assert.ok([400, 403].includes(refused.status), String(refused.status))
    assert.deepEqual([...mine.cookies.keys()].filter((name) => !name.endsWith('.flow')), [], 'no session')
  }
  const cross = await mine.fetch('/login', { method: 'POST', body: new URLSearchParams({ login: 'alice' }), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })
  assert.ok([400, 403].includes(cross.status))
})

test('P-01: without PKCE a request is invalid_request', async () => {
  for (const who of [client, spa]) {
    const answer = await get(`/oauth2/authorize?${authorizeQuery(who)}`)
    assert.match(answer.headers.get('location'), /error=invalid_request/)
  }
})

test('P-03 and P-04: only S256, and a challenge of exactly 43 characters', async () => {
  const good = pkce().challenge
  for (const change of [{ code_challenge: good, code_challenge_method: 'plain' }, { code_challenge: good, code_challenge_method: undefined }, { code_challenge: good, code_challenge_method: 's256' },
    { code_challenge: good.slice(1), code_challenge_method: 'S256' }, { code_challenge: `${good}A`, code_challenge_method: 'S256' }, { code_challenge: `${good.slice(0, 42)}=`, code_challenge_method: 'S256' }]) {
    const answer = await get(`/oauth2/authorize?${authorizeQuery(client, change)}`)
    assert.match(answer.headers.get('location'), /error=invalid_request/, JSON.stringify(change))
  }
})

test('R-03: any port of a registered loopback literal, the exact port of localhost', async () => {
  const native = await database.client(publicClient({ application_type: 'native', redirect_uris: ['http://127.0.0.1/cb', 'http://localhost:3000/cb'] }))
  const ask = async (uri) => (await get(`/oauth2/authorize?${authorizeQuery(native, withPkce({ redirect_uri: uri, prompt: 'none' }))}`)).status
  assert.equal(await ask('http://127.0.0.1:5000/cb'), 303)
  assert.equal(await ask('http://localhost:3000/cb'), 303)
  for (const uri of ['http://localhost:3001/cb', 'http://127.0.0.1.evil/cb', 'http://127.1/cb', 'http://localhost:5000/cb', 'http://127.0.0.1:5000/cb/'])
    assert.equal(await ask(uri), 400, uri)
})

test('T-05: POST only, form only, no secrets in the URL', async () => {
  const wrong = await get('/oauth2/token')
  assert.equal(wrong.status, 405)
  assert.match(wrong.headers.get('allow'), /POST/)
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
    const answer = await fetch(service.url('/oauth2/token'), { method: 'POST', body: '{}', headers: { 'content-type': type, authorization: basic(client) } })
    assert.ok([400, 415].includes(answer.status), type)
  }
  const secret = await post(service, `/oauth2/token?client_secret=${client.client_secret}`, { grant_type: 'client_credentials', client_id: client.client_id })
  assert.equal(secret.body.error, 'invalid_request')
})

test('T-06: grants that are not there, and grants that a client may not use', async () => {
  assert.equal((await token(service, client, { grant_type: 'password', username: 'alice', password })).body.error, 'unsupported_grant_type')
  assert.equal((await token(service, spa, { grant_type: 'client_credentials' })).body.error, 'unauthorized_client')
  assert.equal((await token(service, machine, { grant_type: 'authorization_code', code: 'x' })).body.error, 'unauthorized_client')
  assert.equal((await token(service, client, {})).body.error, 'invalid_request')
  assert.equal((await token(service, client, { grant_type: '' })).body.error, 'invalid_request')
})

test('T-07: RFC 6749 4.4.3: client credentials give a token of the client alone', async () => {
  const answer = await token(service, machine, { grant_type: 'client_credentials', scope: 'orders:read' })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.refresh_token, undefined)
  assert.equal(answer.body.id_token, undefined)
  assert.equal(answer.body.scope, 'orders:read')
  assert.equal(header(answer.body.access_token).typ, 'at+jwt')
  const state = await introspect(service, machine, answer.body.access_token)
  assert.equal(state.active, true)
  assert.equal(state.scope, 'orders:read')
  assert.equal((await token(service, machine, { grant_type: 'client_credentials', scope: 'openid offline_access' })).body.error, 'invalid_scope')
  const userinfo = await get('/oauth2/userinfo', { authorization: `Bearer ${answer.body.access_token}` })
  assert.ok([401, 403].includes(userinfo.status))
})

test('C-01: exactly the registered method, one method a request', async () => {
  const secret = client.client_secret
  const wrongMethod = await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: client.client_id, client_secret: secret })
  assert.equal(wrongMethod.body.error, 'invalid_client')
  const two = await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: client.client_id, client_secret: secret }, { client })
  assert.equal(two.body.error, 'invalid_request')
  const wrong = await token(service, { ...client, client_secret: 'wrong' }, { grant_type: 'client_credentials' })
  const unknown = await token(service, { client_id: 'nobody', client_secret: 'wrong' }, { grant_type: 'client_credentials' })
  for (const answer of [wrong, unknown]) {
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate'), /^Basic/)
  }
  assert.deepEqual(wrong.body, unknown.body)
  const secretFromPublic = await post(service, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: 'x', client_id: spa.client_id, client_secret: 'x' })
  assert.equal(secretFromPublic.body.error, 'invalid_client')
  const poster = await database.client(webClient({ token_endpoint_auth_method: 'client_secret_post' }))
  const fine = await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: poster.client_id, client_secret: poster.client_secret })
  assert.equal(fine.status, 200)
})

test('C-06: Basic headers that are not Basic headers are 401, never 500', async () => {
  const encode = (text) => Buffer.from(text, 'latin1').toString('base64')
  for (const value of ['Basic', 'Basic ', 'Basic !!!', 'Basic YQ', `Basic ${encode('no-colon')}`, `Basic ${encode(':')}`, `Basic ${encode('a:\0b')}`, `Basic ${encode('%zz:x')}`, `Basic ${encode('%00:x')}`,
    `Basic ${encode('\xff\xfe:x')}`, `Basic ${encode(`${'a'.repeat(2000)}:x`)}`, `Basic ${encode(`x:${'a'.repeat(2000)}`)}`, 'Basic YTpi=', 'Basic YTpi YTpi', 'basic YTpi', 'Bearer x', 'Digest x', `Basic ${encode('a:b:c')}`]) {
    const answer = await post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { headers: { authorization: value } })
    assert.ok([400, 401].includes(answer.status), `${value}: ${answer.status}`)
  }
})

test('I-01: an inactive answer has no other member', async () => {
  for (const text of ['x', 'lk_rt_x', 'a.b.c', '']) {
    const answer = await post(service, '/oauth2/introspect', { token: text || 'y' }, { client })
    assert.deepEqual(answer.body, { active: false })
  }
  const anonymous = await post(service, '/oauth2/introspect', { token: 'x' })
  assert.equal(anonymous.status, 401)
  const open = await post(service, '/oauth2/introspect', { token: 'x', client_id: spa.client_id })
  assert.ok([400, 401].includes(open.status))
})

test('RFC 7662 2.2: what a refresh token stands for; a spent one and another client\'s are inactive, asking spends nothing', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const state = await introspect(service, client, tokens.refresh_token)
  const { iat, exp, ...rest } = state
  const { sub, auth_time, acr, amr } = claims(tokens.id_token)
  assert.deepEqual(rest, { active: true, scope: 'openid offline_access', client_id: client.client_id, sub, iss: service.issuer, auth_time, acr, amr })
  assert.ok(Math.abs(iat - claims(tokens.id_token).iat) <= 2)
  assert.equal(exp - iat, 14 * 24 * 3600)
  assert.deepEqual(await introspect(service, client, tokens.refresh_token), state)
  assert.deepEqual(await introspect(service, await database.client(webClient()), tokens.refresh_token), { active: false })
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal((await introspect(service, client, refreshed.body.refresh_token)).active, true)
  assert.deepEqual(await introspect(service, client, tokens.refresh_token), { active: false })
  assert.equal((await introspect(service, client, refreshed.body.refresh_token)).active, true)
})

test('I-04: revoking a token of another client has no effect, says nothing and is audited', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const other = await database.client(webClient())
  const trail = () => database.sql(`SELECT count(*) FROM events e JOIN clients c ON c.id = e.client WHERE e.kind = 'token.revocation_refused'
    AND c.client_id = '${other.client_id}' AND e.user_id = '${claims(tokens.id_token).sub}' AND e.session_id IS NOT NULL`)
  assert.equal((await post(service, '/oauth2/revoke', { token: tokens.access_token }, { client: other })).status, 200)
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
  assert.equal(await trail(), '1')
  assert.equal((await post(service, '/oauth2/revoke', { token: tokens.refresh_token }, { client: other })).status, 200)
  assert.equal(await trail(), '2')
  assert.equal((await introspect(service, client, tokens.refresh_token)).active, true)
  assert.equal((await post(service, '/oauth2/revoke', { token: tokens.access_token }, { client })).status, 200)
  assert.deepEqual(await introspect(service, client, tokens.access_token), { active: false })
  assert.equal((await introspect(service, client, tokens.refresh_token)).active, true)
  assert.equal((await post(service, '/oauth2/revoke', { token: tokens.refresh_token }, { client })).status, 200)
  assert.deepEqual(await introspect(service, client, tokens.refresh_token), { active: false })
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
})

test('I-05: userinfo takes a bearer token from the header only', async () => {
  const { tokens } = await signIn(service, client)
  const inUrl = await get(`/oauth2/userinfo?access_token=${tokens.access_token}`)
  assert.equal(inUrl.status, 401)
  assert.match(inUrl.headers.get('www-authenticate'), /^Bearer/)
  const idToken = await get('/oauth2/userinfo', { authorization: `Bearer ${tokens.id_token}` })
  assert.equal(idToken.status, 401)
  assert.match(idToken.headers.get('www-authenticate'), /error="invalid_token"/)
})

test('O-01: signing out without a hint asks first and leaves the session alive', async () => {
  const { browser } = await signIn(service, client)
  const page = await browser.fetch('/oauth2/end_session')
  assert.equal(page.status, 200)
  const html = await page.text()
  assert.match(html, /<form/)
  assert.ok((await authorize(browser, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.code)
  const done = await browser.submit(html, {})
  assert.equal(done.status, 303)
  assert.equal((await authorize(browser, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.error, 'login_required')
})

test('O-02: a post_logout_redirect_uri that is not registered is not followed', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const uri of ['https://evil.example/', 'https://app.example', '//evil.example', 'https://app.example/x', 'javascript:alert(1)']) {
    const answer = await browser.fetch(`/oauth2/end_session?${new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: uri })}`)
    const location = answer.headers.get('location')
    assert.ok(location === null || new URL(location, service.issuer).origin === new URL(service.issuer).origin, `${uri} -> ${location}`)
  }
})

test('O-03: the hint of another user asks for confirmation and signs nobody out', async () => {
  const alice = await signIn(service, client), bob = await signIn(service, client, { login: 'bob' })
  const answer = await alice.browser.fetch(`/oauth2/end_session?id_token_hint=${bob.tokens.id_token}`)
  assert.equal(answer.status, 200)
  assert.ok((await authorize(alice.browser, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.code)
})

test('O-04: after signing out, tokens of the session are inactive, offline ones are not', async () => {
  const bound = await signIn(service, client, { scope: 'openid' })
  const offline = await signIn(service, client, { scope: 'openid offline_access', browser: bound.browser })
  await bound.browser.fetch(`/oauth2/end_session?id_token_hint=${bound.tokens.id_token}`)
  assert.deepEqual(await introspect(service, client, bound.tokens.access_token), { active: false })
  assert.deepEqual(await introspect(service, client, bound.tokens.refresh_token), { active: false })
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: offline.tokens.refresh_token })).status, 200)
})

test('S-01 and S-04: a new session id at sign-in; what the database stores opens nothing', async () => {
  const first = await signIn(service, client)
  const name = [...first.browser.cookies.keys()].find((cookie) => !cookie.endsWith('.flow'))
  const old = first.browser.cookies.get(name)
  await signIn(service, client, { browser: first.browser, prompt: 'login' })
  assert.notEqual(first.browser.cookies.get(name), old)
  const ghost = new Browser(service)
  ghost.cookies.set(name, old)
  assert.equal((await authorize(ghost, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.error, 'login_required')
  const stored = (await database.sql('SELECT encode(digest, \'base64\') FROM sessions LIMIT 5')).split('\n')
  for (const value of stored) {
    ghost.cookies.set(name, Buffer.from(value, 'base64').toString('base64url'))
    assert.equal((await authorize(ghost, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.error, 'login_required')
  }
})

test('S-02: cookies by exact name, found after sixty others; a name that is there twice is nobody', async () => {
  const { browser } = await signIn(service, client)
  const name = [...browser.cookies.keys()].find((cookie) => !cookie.endsWith('.flow')), value = browser.cookies.get(name)
  const ask = async (cookie) => (await get(`/oauth2/authorize?${authorizeQuery(client, withPkce({ prompt: 'none' }))}`, { cookie })).headers.get('location')
  const others = Array.from({ length: 60 }, (_, i) => `c${i}=v${i}`).join('; ')
  assert.match(await ask(`${others}; ${name}=${value}`), /code=/)
  assert.match(await ask(`${name.toUpperCase()}=evil; ${name}=${value}`), /code=/)
  assert.match(await ask(`${name}=${value}; ${name}=evil`), /error=login_required/)
  assert.match(await ask(`${name}=evil; ${name}=${value}`), /error=login_required/)
})

test('S-03: every cookie is __Host-, Secure, HttpOnly, Path=/, SameSite=Lax, without Domain', async () => {
  const browser = new Browser(service)
  const seen = []
  const original = browser.fetch.bind(browser)
  browser.fetch = async (...args) => { const answer = await original(...args); seen.push(...answer.headers.getSetCookie()); return answer }
  await signIn(service, client, { browser })
  assert.ok(seen.length >= 2)
  for (const line of seen) {
    assert.match(line, /^__Host-lk-main/)
    for (const attribute of [/; ?Secure/i, /; ?HttpOnly/i, /; ?Path=\/(;|$)/i, /; ?SameSite=Lax/i]) assert.match(line, attribute)
    assert.doesNotMatch(line, /domain=/i)
  }
})

test('L-03: an unknown user, a wrong password and a disabled user get the same page', async () => {
  await database.user('dora', password)
  await database.latchkey(['user', 'disable', 'dora'])
  const pages = []
  for (const [login, secret] of [['nobody-here', password], ['alice', 'wrong wrong wrong wrong'], ['dora', password]]) {
    const browser = new Browser(service)
    const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
    const answer = await browser.submit(await browser.fetch(start.headers.get('location')), { login, password: secret })
    const html = (await answer.text()).replaceAll(login, 'LOGIN').replace(/name="(flow|csrf)" value="[^"]*"/g, '').replace(/value="[^"]{80,}"/g, '')
    pages.push([answer.status, html])
  }
  assert.deepEqual(pages[0], pages[1])
  assert.deepEqual(pages[0], pages[2])
})

test('L-06: a login and a password that are too long are answered like a wrong password and cost no hash; a megabyte is 413', async () => {
  const fresh = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
  const tries = async (login, secret) => {
    const browser = new Browser(fresh)
    const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
    const answer = await browser.submit(await browser.fetch(start.headers.get('location')), { login, password: secret })
    const html = await answer.text()
    return [answer.status, html.match(/role="alert"[^]*?<span>([^<]*)</)?.[1]]
  }
  // Figures are published from time to time: once those of the last hash are there, so are all before it.
  const hashes = async (atLeast) => until(`${atLeast} hashes`, async () => {
    const count = (await fresh.metrics()).latchkey_threads_done_total
    return count >= atLeast && count
  })
  try {
    const wrong = await tries('alice', 'wrong wrong wrong wrong')
    assert.equal(wrong[0], 400)
    assert.match(wrong[1], /do not match/)
    for (const [login, secret] of [['alice', 'x'.repeat(1025)], ['nobody', 'x'.repeat(30000)], ['a'.repeat(255), password], ['a'.repeat(30000), 'x'.repeat(30000)]])
      assert.deepEqual(await tries(login, secret), wrong, `${login.length}, ${secret.length}`)
    assert.equal(await hashes(1), 1)
    assert.deepEqual(await tries('alice', 'x'.repeat(1024)), wrong)
    assert.equal(await hashes(2), 2)
    for (const body of ['login=a%00b&password=x', 'login=alice&password=x%00y', 'login=%ff&password=x'])
      assert.equal((await fetch(fresh.url('/login'), { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: fresh.issuer } })).status, 400, body)
    const { answer, closed } = await raw(fresh.port, `POST /login HTTP/1.1\r\nHost: localhost:${fresh.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048576\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 413 /)
    assert.ok(closed)
  } finally { await fresh.stop() }
})

test('ENV: every answer has the standard envelope', async () => {
  for (const where of ['/', '/nowhere', '/oauth2/authorize', '/oauth2/jwks', '/assets/style.css', '/.well-known/openid-configuration', '/oauth2/token', '/oauth2/userinfo', '/login']) {
    const answer = await get(where)
    await answer.arrayBuffer()
    for (const [name, pattern] of [['date', /GMT$/], ['x-request-id', /^[A-Za-z0-9_-]{10,}$/], ['x-content-type-options', /^nosniff$/], ['referrer-policy', /^no-referrer$/], ['content-security-policy', /frame-ancestors 'none'/]])
      assert.match(answer.headers.get(name) ?? '', pattern, `${where}: ${name}`)
    assert.doesNotMatch(answer.headers.get('server') ?? '', /kore/i)
    if (!/assets|jwks|well-known/.test(where)) assert.match(answer.headers.get('cache-control') ?? '', /no-store/, where)
  }
})

test('realms: another issuer in the same process has its own people, clients, keys and cookies', async () => {
  await database.realm('acme')
  await database.user('alice', 'another password altogether', 'acme')
  const theirs = await database.client(webClient(), 'acme')
  const metadata = await (await get('/.well-known/oauth-authorization-server/realms/acme')).json()
  assert.equal(metadata.issuer, `${service.issuer}/realms/acme`)
  assert.equal((await (await get('/realms/acme/.well-known/openid-configuration')).json()).issuer, metadata.issuer)
  const acme = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: metadata.issuer })
  const { tokens } = await signIn(acme, theirs, { password: 'another password altogether' })
  assert.equal(claims(tokens.id_token).iss, metadata.issuer)
  assert.deepEqual(await introspect(service, client, tokens.access_token), { active: false }, 'Q-04')
  assert.equal((await get('/oauth2/userinfo', { authorization: `Bearer ${tokens.access_token}` })).status, 401)
  assert.equal((await token(service, theirs, { grant_type: 'client_credentials' })).status, 401)
})

test('Q-04: what one realm made is nothing in another, also for a client and a person of the same names', async () => {
  await database.realm('twin')
  await database.user('alice', password, 'twin')
  const ours = await database.client(webClient({ client_id: 'twins' })), theirs = await database.client(webClient({ client_id: 'twins' }), 'twin')
  const twin = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/twin` })
  const scope = 'openid offline_access'
  await signIn(service, ours, { scope })
  assert.equal((await token(service, theirs, { grant_type: 'client_credentials' })).status, 401)
  assert.equal((await token(twin, ours, { grant_type: 'client_credentials' })).status, 401)

  const begun = new Browser(service), flow = withPkce()
  const start = await begun.fetch(`/realms/twin/oauth2/authorize?${authorizeQuery(theirs, flow)}`)
  begun.cookies.set('__Host-lk-main.flow', begun.cookies.get('__Host-lk-twin.flow'))
  assert.equal((await begun.fetch(start.headers.get('location'))).status, 200)
  assert.equal((await begun.fetch(start.headers.get('location').replace('/realms/twin', ''))).status, 400)

  const { verifier, challenge } = pkce()
  const ended = await authorize(new Browser(twin), authorizeQuery(theirs, { scope, code_challenge: challenge, code_challenge_method: 'S256' }))
  const redeem = { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }
  assert.equal((await token(service, ours, redeem)).body.error, 'invalid_grant')
  const { status, body: tokens } = await token(twin, theirs, redeem)
  assert.equal(status, 200, 'not burnt by the other realm')

  assert.equal((await token(service, ours, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
  for (const text of [tokens.access_token, tokens.refresh_token]) {
    assert.deepEqual(await introspect(service, ours, text), { active: false })
    assert.equal((await post(service, '/oauth2/revoke', { token: text }, { client: ours })).status, 200)
    assert.equal((await introspect(twin, theirs, text)).active, true)
  }
  const hinted = await get(`/oauth2/authorize?${authorizeQuery(ours, withPkce({ prompt: 'none', id_token_hint: tokens.id_token }))}`)
  assert.match(hinted.headers.get('location'), /error=invalid_request/)
})

test('Q-04: a session of one realm is none in another', async () => {
  await database.realm('next-door')
  await database.user('alice', password, 'next-door')
  const theirs = await database.client(webClient(), 'next-door')
  const realm = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/next-door` })
  const { browser } = await signIn(realm, theirs)
  await signIn(service, client)
  browser.cookies.set('__Host-lk-main', browser.cookies.get('__Host-lk-next-door'))
  const ask = async (where, who) => (await browser.fetch(`${where}/oauth2/authorize?${authorizeQuery(who, withPkce({ prompt: 'none' }))}`)).headers.get('location')
  assert.match(await ask('/realms/next-door', theirs), /code=/)
  assert.match(await ask('', client), /error=login_required/)
})

test('realms: signing in to one whose name is like the other\'s cookie leaves a sign-in at that one alone', async () => {
  await database.realm('main-flow')
  await database.user('alice', password, 'main-flow')
  const theirs = await database.client(webClient(), 'main-flow')
  const realm = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/main-flow` })
  const browser = new Browser(service)
  const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
  const elsewhere = new Browser(realm)
  elsewhere.cookies = browser.cookies
  await signIn(realm, theirs, { browser: elsewhere })
  const page = await browser.fetch(start.headers.get('location'))
  assert.equal(page.status, 200)
  assert.match(await page.text(), /name="password"/)
})

test('RFC 8414 2: the first realm has one address, not its name behind it as well', async () => {
  for (const where of ['/realms/main/oauth2/jwks', '/realms/main/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/realms/main', '/realms/main/oauth2/authorize', '/realms/main/login', '/realms/nobody/oauth2/jwks'])
    assert.equal((await get(where)).status, 404, where)
  assert.equal((await post(service, '/realms/main/oauth2/token', { grant_type: 'client_credentials' }, { client })).status, 404)
  assert.equal((await get('/oauth2/jwks')).status, 200)
})
