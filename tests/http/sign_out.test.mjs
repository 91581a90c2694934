// RP-initiated sign-out as somebody who wants to sign others out, or to send them elsewhere: rows O of the security catalogue.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service, until } from './service.mjs'
import { authorize, authorizeQuery, claims, header, introspect, pkce, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, other

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  client = await database.client(webClient())
  other = await database.client(webClient({ post_logout_redirect_uris: ['https://other.example/'] }))
  // One worker: what a test waits for is then felt by whoever answers next.
  service = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
})
after(async () => { await service?.stop(); await database?.drop() })

const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
const isSignedIn = async (browser) => (await authorize(browser, authorizeQuery(client, withPkce({ prompt: 'none' })))).parameters.code !== undefined
const signOut = (browser, parameters = {}, headers = {}) => browser.fetch(`/oauth2/end_session?${new URLSearchParams(parameters)}`, { headers })
const postSignOut = (browser, parameters = {}, headers = {}) => browser.fetch('/oauth2/end_session', { method: 'POST', body: new URLSearchParams(parameters), headers })
const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

async function asks(answer, browser, what) {
  assert.equal(answer.status, 200, what)
  assert.equal(answer.headers.get('location'), null, what)
  const html = await answer.text()
  assert.match(html, /<form\b[^>]*action="\/oauth2\/end_session"/, what)
  assert.equal(answer.headers.getSetCookie().length, 0, what)
  assert.ok(await isSignedIn(browser), `${what}: still signed in`)
  return html
}

test('O-01: from another site, by GET and by POST, with and without the session\'s cookie, nobody is signed out without being asked', async () => {
  const { browser } = await signIn(service, client)
  await asks(await signOut(browser, {}, foreign), browser, 'GET')
  await asks(await signOut(browser, { client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/' }, foreign), browser, 'GET with an address')
  const page = await asks(await postSignOut(browser, {}, foreign), browser, 'POST')
  const csrf = page.match(/name="csrf" value="([^"]+)"/)[1]
  for (const headers of [foreign, { origin: 'null' }, { origin: service.issuer, 'sec-fetch-site': 'cross-site' }, { origin: service.issuer, 'sec-fetch-site': 'same-site' }, { origin: `${service.issuer}.evil.example` }, { origin: service.issuer.replace('http:', 'https:') }])
    await asks(await postSignOut(browser, { csrf }, headers), browser, `a token from ${JSON.stringify(headers)}`)
  for (const wrong of ['', 'AAAA', csrf.slice(1), `${csrf}A`, csrf.toUpperCase()]) await asks(await postSignOut(browser, { csrf: wrong }, { origin: service.issuer }), browser, `a wrong token ${wrong}`)
  assert.equal((await postSignOut(browser, [['csrf', csrf], ['csrf', csrf]], { origin: service.issuer })).status, 400)
  await asks(await signOut(browser, { csrf }, { origin: service.issuer }), browser, 'the token by GET')
  const { browser: bob } = await signIn(service, client, { login: 'bob' })
  await asks(await postSignOut(bob, { csrf }, { origin: service.issuer }), bob, 'somebody else\'s token')
  assert.equal((await browser.submit(page, {})).status, 303)
  assert.ok(!await isSignedIn(browser))
})

test('O-01: a POST from another site, whose cookie the browser withholds, takes no cookie away, however long it is', async () => {
  const { browser } = await signIn(service, client)
  for (const more of [{}, { state: 's' }, { nothing: 'x'.repeat(9000) }, { nothing: 'x'.repeat(60000) }, { id_token_hint: 'x'.repeat(9000), post_logout_redirect_uri: 'https://app.example/' }]) {
    const withheld = new Browser(service)
    const answer = await postSignOut(withheld, { client_id: client.client_id, ...more }, foreign)
    assert.deepEqual(answer.headers.getSetCookie(), [], JSON.stringify(more).slice(0, 60))
    const again = answer.headers.get('location')
    if (again !== null) { assert.match(again, /^\/oauth2\/end_session\?.{1,8000}$/); continue }
    // Too long for a URL: a page of ours sends the form once more, and what comes again without a cookie tells nobody that the person has signed out.
    assert.equal(answer.status, 200)
    const page = await answer.text()
    assert.match(page, /name="came_again"/)
    const second = await postSignOut(withheld, { client_id: client.client_id, came_again: '1', ...more }, foreign)
    assert.equal(second.status, 400)
    assert.deepEqual(second.headers.getSetCookie(), [])
  }
  assert.ok(await isSignedIn(browser))
})

test('O-01: a POST from another site comes again by GET, and then the session is seen', async () => {
  const { browser, tokens } = await signIn(service, client)
  const bounce = await postSignOut(new Browser(service), { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/', state: 'a b&c' }, { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' })
  assert.equal(bounce.status, 303)
  const done = await browser.fetch(bounce.headers.get('location'))
  assert.equal(done.headers.get('location'), 'https://app.example/?state=a%20b%26c')
  assert.ok(!await isSignedIn(browser))
})

test('O-02: a state comes back encoded, whatever it holds; an address needs to be registered for who is named', async () => {
  for (const state of ['a b', 'a&b=c', 'a#b', '"><script>alert(1)</script>', 'a\r\nSet-Cookie: x=1', '%0d%0a', '\u00e4\u20ac', 'x'.repeat(4096)]) {
    const answer = await signOut(new Browser(service), { client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/', state })
    assert.equal(answer.status, 303, state.slice(0, 30))
    const location = answer.headers.get('location')
    assert.match(location, /^https:\/\/app\.example\/\?state=[A-Za-z0-9._~%-]*$/)
    assert.equal(new URL(location).searchParams.get('state'), state)
    assert.equal(answer.headers.get('set-cookie')?.includes('x=1') ?? false, false)
  }
  assert.equal((await signOut(new Browser(service), { client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/', state: 'x'.repeat(4097) })).status, 400)
  const alone = await signOut(new Browser(service), { state: 'x' })
  assert.equal(alone.headers.get('location'), '/signed-out', 'a state without an address goes nowhere')
  const { browser, tokens } = await signIn(service, client)
  // Nobody that we know has sent the person: they are asked, and stay here.
  for (const parameters of [{ post_logout_redirect_uri: 'https://app.example/' }, { client_id: 'nobody', post_logout_redirect_uri: 'https://app.example/' }, { client_id: '"><script>', post_logout_redirect_uri: '"><script>alert(1)</script>' }])
    assert.ok(!(await asks(await signOut(browser, parameters), browser, JSON.stringify(parameters))).includes('<script>alert'))
  for (const parameters of [{ client_id: other.client_id, post_logout_redirect_uri: 'https://app.example/' },
    { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://other.example/' }, { id_token_hint: tokens.id_token, client_id: other.client_id, post_logout_redirect_uri: 'https://other.example/' },
    { id_token_hint: tokens.id_token, client_id: other.client_id }]) {
    const answer = await signOut(browser, parameters)
    assert.equal(answer.status, 400, JSON.stringify(parameters).slice(0, 80))
    assert.ok(!(await answer.text()).includes('<script>alert'))
    assert.ok(await isSignedIn(browser))
  }
})

test('O-02: what the confirmation page carries along is escaped, and sends back after the answer', async () => {
  const { browser } = await signIn(service, client)
  const state = '"><script>alert(1)</script>'
  const answer = await signOut(browser, { client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/', state })
  const html = await asks(answer, browser, 'no hint')
  assert.ok(!html.includes('<script>alert'))
  const done = await browser.submit(html, {})
  assert.equal(new URL(done.headers.get('location')).searchParams.get('state'), state)
  assert.ok(!await isSignedIn(browser))
})

test('O-03: hints that are not ours, not of this session or not of this person ask; one that is of it and long expired does not', async () => {
  await database.realm('next-door')
  await database.user('alice', password, 'next-door')
  const theirs = await database.client(webClient({ client_id: client.client_id }), 'next-door')
  const realm = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/next-door` })

  const { browser, tokens } = await signIn(service, client)
  const bob = await signIn(service, client, { login: 'bob' })
  const elsewhere = await signIn(service, client)
  const neighbour = await signIn(realm, theirs)
  const payload = claims(tokens.id_token), head = header(tokens.id_token), parts = tokens.id_token.split('.')
  const { keys } = await (await fetch(service.url('/oauth2/jwks'))).json()
  const key = await jose.importJWK(keys.find((one) => one.kid === head.kid), 'RS256')
  const pem = await jose.exportSPKI(key)
  const { privateKey } = await jose.generateKeyPair('RS256')
  const sign = (protectedHeader, body = payload) => new jose.SignJWT(body).setProtectedHeader(protectedHeader).sign(protectedHeader.alg === 'HS256' ? new TextEncoder().encode(pem) : privateKey)
  const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const hints = {
    'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${parts[1]}.`,
    'alg none with our kid': `${encode({ ...head, alg: 'none' })}.${parts[1]}.`,
    'alg none with a signature': `${encode({ ...head, alg: 'none' })}.${parts[1]}.${parts[2]}`,
    'another key under our kid': await sign(head),
    'another key under its own': await sign({ alg: 'RS256', kid: 'x' }),
    'HMAC with our public key': await sign({ alg: 'HS256', kid: head.kid, typ: 'JWT' }),
    'another payload under our signature': `${parts[0]}.${encode({ ...payload, sub: claims(bob.tokens.id_token).sub })}.${parts[2]}`,
    'no signature': `${parts[0]}.${parts[1]}`,
    'a signature cut short': tokens.id_token.slice(0, -4),
    'an access token': tokens.access_token,
    'another realm\'s of the same name and client': neighbour.tokens.id_token,
    'another person\'s': bob.tokens.id_token,
    'the same person\'s of another session': elsewhere.tokens.id_token,
    'nonsense': 'x.y.z',
    'a long one': 'x'.repeat(6000),
  }
  for (const [what, hint] of Object.entries(hints)) {
    await asks(await signOut(browser, { id_token_hint: hint }), browser, what)
    await asks(await postSignOut(browser, { id_token_hint: hint }, foreign), browser, `${what} by POST`)
    const answer = await signOut(browser, { id_token_hint: hint, client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/' })
    if (answer.status !== 400) await asks(answer, browser, `${what} with an address`)
    assert.ok(await isSignedIn(bob.browser), what)
  }
  const late = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '86400' } })
  try {
    const at = Object.assign(Object.create(Object.getPrototypeOf(late)), late, { issuer: `http://localhost:${late.port}` })
    browser.service = at
    assert.equal((await signOut(browser, { id_token_hint: tokens.id_token })).headers.get('location'), '/signed-out')
  } finally { browser.service = service; await late.stop() }
  assert.ok(!await isSignedIn(browser))
  assert.ok(await isSignedIn(elsewhere.browser))
})

test('O-03: a forged hint never sends anybody back, not even after the answer', async () => {
  const { browser } = await signIn(service, client)
  const html = await (await signOut(browser, { id_token_hint: 'x.y.z', client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/' })).text()
  assert.equal((await browser.submit(html, {})).headers.get('location'), '/signed-out')
})

test('O-03: the hint of a client that was disabled is no word of that client\'s any more', async () => {
  const disabled = await database.client(webClient())
  const { browser } = await signIn(service, client)
  const { tokens } = await signIn(service, disabled, { browser })
  await database.latchkey(['client', 'disable', disabled.client_id])
  await until('the hint to be nobody\'s', async () => (await signOut(new Browser(service), { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/' })).headers.get('location') === '/signed-out')
  await asks(await signOut(browser, { id_token_hint: tokens.id_token }), browser, 'of a disabled client')
})

test('O-04: before the answer the session\'s tokens are dead, at every client and on every node; offline ones live', async () => {
  const two = await Service.start(database, { issuer: service.issuer })
  const at = Object.assign(Object.create(Object.getPrototypeOf(two)), two, { issuer: `http://localhost:${two.port}` })
  try {
    const { browser, tokens } = await signIn(service, client)
    const second = await signIn(service, other, { browser })
    const offline = await signIn(service, client, { browser, scope: 'openid offline_access' })
    const unredeemed = pkce()
    const ended = await authorize(browser, authorizeQuery(client, { code_challenge: unredeemed.challenge, code_challenge_method: 'S256' }))
    assert.equal((await introspect(at, client, tokens.access_token)).active, true)
    const answer = await signOut(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/' })
    assert.equal(answer.headers.get('location'), 'https://app.example/')
    assert.match(answer.headers.getSetCookie()[0], /^__Host-lk-main=; .*Max-Age=0/)
    for (const node of [service, at]) {
      for (const [who, text] of [[client, tokens.access_token], [client, tokens.refresh_token], [other, second.tokens.access_token], [other, second.tokens.refresh_token]])
        assert.deepEqual(await introspect(node, who, text), { active: false })
      assert.equal((await fetch(`${node.issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401)
      assert.equal((await token(node, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
      assert.equal((await introspect(node, client, offline.tokens.access_token)).active, true)
    }
    const redeem = { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: unredeemed.verifier }
    assert.equal((await token(at, client, redeem)).body.error, 'invalid_grant', 'a code of the session gives nothing any more')
    assert.equal((await token(at, client, { grant_type: 'refresh_token', refresh_token: offline.tokens.refresh_token })).status, 200)
    assert.equal(await database.sql(`SELECT count(*) FROM events WHERE kind = 'session.ended' AND reason = 'signed_out' AND session_id = '${claims(tokens.id_token).sid}'`), '1')
    assert.equal((await signOut(browser, { id_token_hint: tokens.id_token })).headers.get('location'), '/signed-out', 'twice is fine')

    const last = await signIn(service, client)
    last.browser.service = at
    assert.equal((await signOut(last.browser, { id_token_hint: last.tokens.id_token })).status, 303)
    await two.stop('SIGKILL')
    assert.deepEqual(await introspect(service, client, last.tokens.access_token), { active: false }, 'also when the node that answered is gone')
  } finally { await two.stop() }
})

test('O-04: a cookie that stands for nothing, or comes twice, is taken away', async () => {
  const { browser } = await signIn(service, client)
  const value = browser.cookies.get('__Host-lk-main')
  for (const cookie of ['__Host-lk-main=x', `__Host-lk-main=${value}x`, `__Host-lk-main=${value}; __Host-lk-main=x`, `__Host-lk-main=x; __Host-lk-main=${value}`]) {
    const answer = await signOut(new Browser(service), {}, { cookie })
    assert.equal(answer.headers.get('location'), '/signed-out', cookie)
    assert.match(answer.headers.getSetCookie()[0] ?? '', /^__Host-lk-main=; .*Max-Age=0/, cookie)
  }
})
