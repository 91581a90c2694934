// OpenID Connect RP-Initiated Logout 1.0, sentence by sentence.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service } from './service.mjs'
import { authorizeQuery, claims, signIn, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const home = 'https://app.example/'
let database, service, late, client, other

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  const first = { require_pkce: false, require_nonce: false, skip_consent: true }
  client = await database.client(webClient({ ...first, post_logout_redirect_uris: [home, 'https://app.example/bye?from=lk&x=a%20b'] }))
  other = await database.client(webClient(first))
  service = await Service.start(database)
  late = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '600' } })
})
after(async () => { await service?.stop(); await late?.stop(); await database?.drop() })

const at = (node) => Object.assign(Object.create(Object.getPrototypeOf(node)), node, { issuer: `http://localhost:${node.port}` })
const asks = (html) => /<form[^>]* action="\/oauth2\/end_session"/.test(html)
const out = (browser, parameters = {}) => browser.fetch(`/oauth2/end_session?${new URLSearchParams(parameters)}`)
async function isSignedIn(browser) {
  const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { prompt: 'none' })}`)
  return new URL(answer.headers.get('location')).searchParams.has('code')
}
// The page that asks came, and nobody is signed out yet: gives its HTML.
async function question(browser, answer) {
  assert.equal(answer.status, 200)
  const html = await answer.text()
  assert.ok(asks(html))
  assert.equal(await isSignedIn(browser), true)
  return html
}
const nowhere = (location) => location === null || new URL(location, service.issuer).origin === new URL(service.issuer).origin

test('OpenID Connect RP-Initiated Logout 1.0 2: GET and POST with an ID token of the session sign out and lead back with the state', async () => {
  for (const method of ['GET', 'POST']) {
    const { browser, tokens } = await signIn(service, client)
    const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: home, state: 'a b&c=\u00e9' }
    const answer = method === 'GET' ? await out(browser, parameters) : await browser.fetch('/oauth2/end_session', {
      method, body: new URLSearchParams(parameters), headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } })
    assert.equal(answer.status, 303)
    const url = new URL(answer.headers.get('location'))
    assert.equal(`${url.origin}${url.pathname}`, home)
    assert.deepEqual([...url.searchParams], [['state', 'a b&c=\u00e9']])
    assert.ok(![...browser.cookies.keys()].includes('__Host-lk-main'), 'the cookie goes, too')
    assert.equal(await isSignedIn(browser), false)
  }
})

test('OpenID Connect RP-Initiated Logout 1.0 2: a POST whose cookie the browser withheld comes again by GET', async () => {
  const { browser, tokens } = await signIn(service, client)
  const session = browser.cookies
  browser.cookies = new Map()
  const bounced = await browser.fetch('/oauth2/end_session', { method: 'POST', body: new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: home, state: 's' }),
    headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } })
  browser.cookies = session
  const answer = await browser.fetch(bounced.headers.get('location'))
  assert.equal(answer.headers.get('location'), `${home}?state=s`)
  assert.equal(await isSignedIn(browser), false)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: state goes only where it was sent, and only to the application', async () => {
  const first = await signIn(service, client)
  assert.equal((await out(first.browser, { id_token_hint: first.tokens.id_token, post_logout_redirect_uri: home })).headers.get('location'), home)
  const second = await signIn(service, client)
  assert.equal((await out(second.browser, { id_token_hint: second.tokens.id_token, state: 'secret' })).headers.get('location'), '/signed-out')
})

test('OpenID Connect RP-Initiated Logout 1.0 2: a client_id that is not that of the ID token is an error: no redirect, no sign-out', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const client_id of [other.client_id, 'nobody']) {
    const answer = await out(browser, { id_token_hint: tokens.id_token, client_id, post_logout_redirect_uri: home })
    assert.equal(answer.status, 400)
    assert.equal(answer.headers.get('location'), null)
    assert.equal(await isSignedIn(browser), true)
  }
  const answer = await out(browser, { id_token_hint: tokens.id_token, client_id: client.client_id, post_logout_redirect_uri: home })
  assert.equal(answer.headers.get('location'), home)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: an id_token_hint that is not ours is not used: the person is asked, and nobody is sent anywhere', async () => {
  const { browser, tokens } = await signIn(service, client)
  const [head, payload, signature] = tokens.id_token.split('.')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  for (const hint of ['x', unsigned, `${head}.${payload}.${'A'.repeat(signature.length)}`, tokens.access_token]) {
    const html = await question(browser, await out(browser, { id_token_hint: hint, post_logout_redirect_uri: home, state: 's' }))
    assert.ok(!html.includes(`href="${home}`))
  }
  const html = await question(browser, await out(browser, { id_token_hint: unsigned, client_id: client.client_id, post_logout_redirect_uri: home, state: 's' }))
  const done = await browser.submit(html, {})
  assert.ok(nowhere(done.headers.get('location')), done.headers.get('location'))
  assert.equal(await isSignedIn(browser), false)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: an ID token that has expired still says whose session it was', async () => {
  const { browser, tokens } = await signIn(service, client)
  const there = new Browser(at(late))
  there.cookies = browser.cookies
  assert.equal((await out(there, { id_token_hint: tokens.id_token, post_logout_redirect_uri: home })).headers.get('location'), home)
  assert.equal(await isSignedIn(browser), false)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: an ID token of an earlier session, or of another person\'s, makes us ask', async () => {
  const earlier = await signIn(service, client)
  const { browser } = await signIn(service, client, { browser: earlier.browser, prompt: 'login' })
  await question(browser, await out(browser, { id_token_hint: earlier.tokens.id_token, post_logout_redirect_uri: home }))
  const bob = await signIn(service, client, { login: 'bob' })
  const html = await question(browser, await out(browser, { id_token_hint: bob.tokens.id_token, post_logout_redirect_uri: home, state: 's' }))
  // The person may still say yes, and the application is known by a token that is ours.
  const done = await browser.submit(html, {})
  assert.equal(done.headers.get('location'), `${home}?state=s`)
  assert.equal(await isSignedIn(browser), false)
  assert.equal(await isSignedIn(bob.browser), true)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: with client_id alone the person is asked, says yes, is signed out and returns with the state', async () => {
  const { browser } = await signIn(service, client)
  const html = await question(browser, await out(browser, { client_id: client.client_id, post_logout_redirect_uri: home, state: 's' }))
  const done = await browser.submit(html, {})
  assert.equal(done.status, 303)
  assert.equal(done.headers.get('location'), `${home}?state=s`)
  assert.equal(await isSignedIn(browser), false)
})

test('OpenID Connect RP-Initiated Logout 1.0 2: the yes is the person\'s own: not another site\'s, not without its CSRF token', async () => {
  const { browser } = await signIn(service, client)
  const html = await question(browser, await out(browser))
  const csrf = html.match(/name="csrf" value="([^"]*)"/)[1]
  await question(browser, await browser.submit(html, { csrf: 'AAAA' }))
  await question(browser, await browser.fetch('/oauth2/end_session', { method: 'POST', body: new URLSearchParams({ csrf }), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }))
  await question(browser, await out(browser, { csrf }))
})

test('OpenID Connect RP-Initiated Logout 1.0 2: ui_locales, logout_hint and what is not known are no error', async () => {
  const { browser, tokens } = await signIn(service, client)
  const answer = await out(browser, { id_token_hint: tokens.id_token, ui_locales: 'tlh fr-CA', logout_hint: 'alice', foo: 'bar', post_logout_redirect_uri: home })
  assert.equal(answer.headers.get('location'), home)
})

test('OpenID Connect RP-Initiated Logout 1.0 3: without an ID token and without a client nobody is sent back', async () => {
  const { browser } = await signIn(service, client)
  const asked = await out(browser, { post_logout_redirect_uri: home, state: 's' })
  assert.equal(asked.status, 200)
  assert.equal(await isSignedIn(browser), true)
  const nobody = await out(new Browser(service), { post_logout_redirect_uri: home, state: 's' })
  const done = await browser.submit(asked, {})
  for (const answer of [nobody, done]) assert.equal(answer.headers.get('location'), '/signed-out')
  assert.equal(await isSignedIn(browser), false)
})

test('OpenID Connect RP-Initiated Logout 1.0 3: the address must be one that was registered, to the letter; it keeps its query', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const uri of ['https://app.example', 'https://app.example/?', 'https://app.example/#', 'https://APP.example/', 'http://app.example/', 'https://app.example/bye', 'https://app.example/bye?from=lk',
    'https://app.example/cb', 'https://app.example/bye?x=a%20b&from=lk', 'https://app.example.evil.example/']) {
    const answer = await out(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: uri })
    assert.equal(answer.status, 400, uri)
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal(await isSignedIn(browser), true)
  const answer = await out(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/bye?from=lk&x=a%20b', state: 's' })
  assert.equal(answer.headers.get('location'), 'https://app.example/bye?from=lk&x=a%20b&state=s')
})

test('OpenID Connect RP-Initiated Logout 1.0 3: an address that is registered for another client is not this one\'s', async () => {
  const { browser, tokens } = await signIn(service, other)
  const answer = await out(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/bye?from=lk&x=a%20b' })
  assert.equal(answer.status, 400)
  assert.equal(answer.headers.get('location'), null)
})

test('OpenID Connect RP-Initiated Logout 1.0 4: who is not signed in is sent back all the same, and a second time too', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (let turn = 0; turn < 3; turn++)
    assert.equal((await out(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: home, state: 's' })).headers.get('location'), `${home}?state=s`)
  const stranger = await out(new Browser(service))
  assert.equal(stranger.status, 303)
  assert.equal((await browser.fetch(stranger.headers.get('location'))).status, 200)
})

test('OpenID Connect RP-Initiated Logout 1.0 4: an error is a page that says so, and what failed is not used', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const query of [`id_token_hint=${tokens.id_token}&id_token_hint=${tokens.id_token}`, `client_id=${client.client_id}&client_id=${other.client_id}`, 'state=%ff', `client_id=${client.client_id}&post_logout_redirect_uri=javascript:alert(1)`]) {
    const answer = await browser.fetch(`/oauth2/end_session?${query}`)
    assert.equal(answer.status, 400, query)
    assert.match(answer.headers.get('content-type'), /^text\/html/)
  }
  assert.equal(await isSignedIn(browser), true)
})

test('OpenID Connect RP-Initiated Logout 1.0 6: without an ID token that is good nothing is done before the person says so', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const parameters of [{}, { client_id: client.client_id }, { id_token_hint: 'x' }, { client_id: client.client_id, post_logout_redirect_uri: home }, { logout_hint: claims(tokens.id_token).sub }])
    await question(browser, await out(browser, parameters))
})
