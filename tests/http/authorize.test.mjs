// The authorization endpoint: what a request may ask for, and what it must not. RFC 6749 3.1, OpenID Connect Core 3.1.2 and 5.5.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, raw } from './service.mjs'
import { authorize, authorizeQuery, claims, pkce, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  client = await database.client(webClient())
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
const ask = (more = {}, who = client) => `/oauth2/authorize?${authorizeQuery(who, withPkce(more))}`
const get = (where, headers = {}) => fetch(`${service.issuer}${where}`, { redirect: 'manual', headers })
const location = (answer) => new URL(answer.headers.get('location') ?? assert.fail(`no Location, but ${answer.status}`), service.issuer)
const parameters = (answer) => Object.fromEntries(location(answer).searchParams)
const claimsOf = (object) => JSON.stringify(object)
const postFromElsewhere = (browser, where, body) => browser.fetch(where, { method: 'POST', body, headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } })
// What a silent request of this browser comes to: a code, or an error.
const silently = async (browser, more = {}, who = client) => {
  const { code, error } = parameters(await browser.fetch(ask({ prompt: 'none', ...more }, who)))
  return code ? 'code' : error
}
const subject = ({ tokens }) => claims(tokens.id_token).sub
const noConsentOf = async (who) => assert.equal(await database.sql(`SELECT count(*) FROM consents c JOIN clients k ON k.id = c.client WHERE k.client_id = '${who.client_id}'`), '0')

test('A-01: a disabled client gets a page', async () => {
  const gone = await database.client(webClient())
  await database.sql(`UPDATE clients SET status = 'disabled' WHERE client_id = '${gone.client_id}'`)
  const answer = await get(ask({}, gone))
  assert.equal(answer.status, 400)
  assert.equal(answer.headers.get('location'), null)
})

test('A-02: every known parameter at most once, in the query, in the body, or in both together', async () => {
  const known = ['response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt', 'max_age', 'id_token_hint', 'login_hint', 'ui_locales',
    'claims', 'claims_locales', 'acr_values', 'display', 'registration', 'request', 'request_uri']
  for (const name of known) {
    const query = authorizeQuery(client, withPkce())
    query.delete(name)
    for (const value of [name === 'response_mode' ? 'query' : '1', '']) query.append(name, value)
    const answer = await get(`/oauth2/authorize?${query}`)
    assert.equal(parameters(answer).error ?? new URLSearchParams(location(answer).hash.slice(1)).get('error'), 'invalid_request', name)
  }
  const split = await fetch(`${service.issuer}/oauth2/authorize?state=st-1`, { method: 'POST', redirect: 'manual', body: authorizeQuery(client, withPkce()) })
  assert.equal(parameters(split).error, 'invalid_request')
  for (const name of ['client_id', 'redirect_uri']) {
    const query = authorizeQuery(client, withPkce())
    const page = await fetch(`${service.issuer}/oauth2/authorize?${name}=${encodeURIComponent(query.get(name))}`, { method: 'POST', redirect: 'manual', body: query })
    assert.equal(page.status, 400, name)
    assert.equal(page.headers.get('location'), null)
  }
})

test('RFC 6749 3.1: unrecognized parameters are ignored, also when they are repeated', async () => {
  const { browser } = await signIn(service, client)
  const answer = await browser.fetch(`${ask()}&unheard=1&unheard=2&%F0%9F%8D%8B=x&resource=https://a.example&resource=https://b.example`)
  assert.ok(parameters(answer).code)
})

test('RFC 8707 2: a client that always sends resource, even twice, gets its tokens and refreshes them', async () => {
  const resources = [['resource', 'https://a.example/'], ['resource', 'https://b.example/']]
  const { verifier, challenge } = pkce()
  const query = authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256' })
  for (const [name, value] of resources) query.append(name, value)
  const { parameters: { code } } = await authorize(new Browser(service), query)
  const send = (more) => token(service, client, new URLSearchParams([...Object.entries(more), ...resources]))
  const first = await send({ grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb', code_verifier: verifier })
  assert.equal(first.status, 200, JSON.stringify(first.body))
  const second = await send({ grant_type: 'refresh_token', refresh_token: first.body.refresh_token })
  assert.equal(second.status, 200, JSON.stringify(second.body))
  const doubled = await token(service, client, new URLSearchParams([['grant_type', 'client_credentials'], ['scope', ''], ['scope', '']]))
  assert.equal(doubled.body.error, 'invalid_request', 'others stay single')
})

test('A-03: a response_type added to any later URL changes nothing', async () => {
  const browser = new Browser(service)
  const added = (where) => `${where}&response_type=token&response_mode=fragment`
  const start = await browser.fetch(ask())
  const login = added(start.headers.get('location'))
  assert.match(login, /\/login\?flow=/)
  const posted = await browser.submit(await browser.fetch(login), { login: 'alice', password, response_type: 'token' })
  let answer = await browser.fetch(added(posted.headers.get('location')))
  if (/consent/.test(answer.headers.get('location'))) {
    answer = await browser.submit(await browser.fetch(added(answer.headers.get('location'))), { decision: 'allow', response_type: 'token' })
    answer = await browser.fetch(added(answer.headers.get('location')))
  }
  assert.ok(parameters(answer).code)
  assert.equal(location(answer).hash, '')
  // The URL of the first step again, and its answer's.
  for (const where of [login, added(posted.headers.get('location'))]) {
    let again = await browser.fetch(where)
    while (location(again).origin === service.issuer) again = await browser.fetch(added(location(again).href))
    assert.ok(parameters(again).code, where)
    assert.equal(parameters(again).access_token, undefined)
  }
})

test('A-04: a state with a script is a value in form_post and in a redirect, and nowhere on an error page', async () => {
  const { browser } = await signIn(service, client)
  const state = '"><script>alert(1)</script>'
  const page = await browser.fetch(ask({ state, response_mode: 'form_post' }))
  const html = await page.text()
  assert.match(html, /name="state" value="[^"<>]*&lt;script&gt;alert\(1\)&lt;\/script&gt;"/)
  assert.ok(!html.includes('<script>'))
  assert.match(page.headers.get('content-security-policy'), /script-src 'self'/)
  assert.doesNotMatch(page.headers.get('content-security-policy'), /unsafe/)
  assert.equal(parameters(await browser.fetch(ask({ state }))).state, state)
  assert.ok(!(await (await browser.fetch(ask({ state, client_id: state }))).text()).includes('<script>alert'))
})

test('A-05: the raw answer to a state with CR LF has no header of its making', async () => {
  const { answer } = await raw(service.port, `GET ${ask({ prompt: 'none', state: undefined })}&state=a%0d%0aSet-Cookie:x=1%0d%0a%0d%0ahello HTTP/1.1\r\nHost: localhost:${service.port}\r\nConnection: close\r\n\r\n`)
  assert.match(answer, /^HTTP\/1\.1 303 /)
  assert.match(answer, /\r\nlocation: [^\r\n]*state=a%0D%0ASet-Cookie%3Ax%3D1%0D%0A%0D%0Ahello/i)
  assert.doesNotMatch(answer, /^set-cookie/im)
})

test('A-06: RFC 9207 2: iss is in the answer with a code, in every response mode', async () => {
  const { browser } = await signIn(service, client)
  assert.equal(parameters(await browser.fetch(ask())).iss, service.issuer)
  const fragment = new URLSearchParams(location(await browser.fetch(ask({ response_mode: 'fragment' }))).hash.slice(1))
  assert.equal(fragment.get('iss'), service.issuer)
  assert.ok(fragment.get('code'))
  assert.match(await (await browser.fetch(ask({ response_mode: 'form_post' }))).text(), new RegExp(`name="iss" value="${service.issuer}"`))
})

test('A-07: OpenID Connect Core 3.1.2.1: prompt=none shows nothing and sets no cookie, whatever comes of it', async () => {
  const { browser } = await signIn(service, client)
  const stranger = await database.client(webClient())
  for (const [who, where, error] of [[browser, ask({ prompt: 'none' }), undefined], [browser, ask({ prompt: 'none' }, stranger), 'consent_required'],
    [new Browser(service), ask({ prompt: 'none' }), 'login_required'], [browser, ask({ prompt: 'none', max_age: '0' }), 'login_required'],
    [browser, ask({ prompt: 'none login' }), 'invalid_request'], [browser, ask({ prompt: 'none select_account' }), 'invalid_request']]) {
    const answer = await who.fetch(where)
    assert.equal(answer.status, 303)
    assert.equal(parameters(answer).error, error)
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
})

test('A-08: max_age=0 stays although the URL of the next step says otherwise, and an older tab lends nothing', async () => {
  const { browser, tokens } = await signIn(service, client)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE id = '${claims(tokens.id_token).sid}'`)
  const older = location(await browser.fetch(ask({ prompt: 'consent' })))
  const { verifier, challenge } = pkce()
  const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', max_age: '0' })}`)
  const flow = location(start).searchParams.get('flow')
  for (const more of ['', '&max_age=100000', '&prompt=none']) {
    assert.match((await browser.fetch(`/oauth2/authorize/continue?flow=${flow}${more}`)).headers.get('location'), /\/login\?flow=/)
    assert.match((await browser.fetch(`/consent?flow=${flow}${more}`)).headers.get('location'), /\/login\?flow=/)
    assert.match((await browser.fetch(`/select-account?flow=${flow}${more}`)).headers.get('location'), /\/login\?flow=/)
  }
  // The older tab's form, sent with the flow of the new one.
  const mixed = await browser.submit(await browser.fetch(older.href), { flow, decision: 'allow' })
  assert.match(mixed.headers.get('location'), /\/login\?flow=/)
  const posted = await browser.submit(await browser.fetch(location(start).href), { login: 'alice', password })
  const { code } = parameters(await browser.fetch(posted.headers.get('location')))
  const answer = await token(service, client, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb', code_verifier: verifier })
  const { auth_time: fresh } = claims(answer.body.id_token)
  assert.ok(fresh - claims(tokens.id_token).auth_time < 60 && fresh >= claims(tokens.id_token).auth_time, 'auth_time is the new one')
})

test('A-09: an ID token of another client is no hint', async () => {
  const other = await database.client(webClient())
  const { browser } = await signIn(service, client)
  const theirs = await signIn(service, other, { browser })
  assert.equal(await silently(browser, { id_token_hint: theirs.tokens.id_token }), 'invalid_request')
})

test('A-09: a hint that has expired is good; a sign-in that has is not, and says so on a page', async () => {
  const { browser, tokens } = await signIn(service, client)
  const start = location(await browser.fetch(ask({ prompt: 'login' }))).href
  const later = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_CLOCK_SHIFT: '3601', LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '3601' } })
  try {
    const there = Object.assign(new Browser(Object.assign(Object.create(Service.prototype), later, { issuer: `http://localhost:${later.port}` })), { cookies: browser.cookies })
    assert.equal(await silently(there, { id_token_hint: tokens.id_token }), 'code')
    const { pathname, search } = new URL(start)
    for (const where of [pathname, '/select-account', '/consent', '/oauth2/authorize/continue']) {
      const page = await there.fetch(`${where}${search}`)
      assert.equal(page.status, 400, where)
      assert.match(await page.text(), /has expired/)
    }
  } finally { await later.stop() }
})

test('A-09: a login_hint tells nobody who exists', async () => {
  const shown = async (login_hint) => {
    const browser = new Browser(service)
    return (await (await browser.fetch(location(await browser.fetch(ask({ login_hint }))).href)).text()).replaceAll(login_hint, 'HINT').replace(/name="(flow|csrf)" value="[^"]*"/g, '')
  }
  const known = await shown('alice')
  assert.match(known, /value="HINT"/)
  assert.equal(known, await shown('nobody-here'))
})

test('A-12: RFC 8252 8.6: an app that anybody could be always asks, and cannot ask silently', async () => {
  const app = await database.client(publicClient({ application_type: 'native', redirect_uris: ['com.example.app:/cb'], skip_consent: true }))
  const browser = new Browser(service)
  const query = (more = {}) => ask({ redirect_uri: 'com.example.app:/cb', ...more }, app)
  const consent = async () => {
    let answer = await browser.fetch(query())
    if (/\/login/.test(answer.headers.get('location'))) {
      answer = await browser.submit(await browser.fetch(answer.headers.get('location')), { login: 'alice', password })
      answer = await browser.fetch(answer.headers.get('location'))
    }
    assert.match(answer.headers.get('location'), /\/consent\?flow=/)
    const html = await (await browser.fetch(answer.headers.get('location'))).text()
    assert.match(html, /Test application/)
    assert.match(html, /com\.example\.app:/)
    answer = await browser.submit(html, { decision: 'allow' })
    return browser.fetch(answer.headers.get('location'))
  }
  for (let times = 0; times < 2; times++) assert.match((await consent()).headers.get('location'), /^com\.example\.app:\/cb\?code=/)
  assert.match((await browser.fetch(query({ prompt: 'none' }))).headers.get('location'), /^com\.example\.app:\/cb\?error=consent_required/)
})

test('A-13: another browser\'s consent is a page; without or with a foreign CSRF token it is 403 and leaves no row', async () => {
  const app = await database.client(webClient())
  const victim = (await signIn(service, client)).browser, attacker = (await signIn(service, client, { login: 'bob' })).browser
  const where = location(await victim.fetch(ask({}, app))).href, theirs = location(await attacker.fetch(ask({}, app))).href
  assert.match(where, /\/consent\?flow=/)
  for (const [browser, foreign] of [[victim, theirs], [attacker, where]]) {
    const page = await browser.fetch(foreign)
    assert.equal(page.status, 400)
    assert.equal(page.headers.get('location'), null)
    assert.doesNotMatch(await page.text(), /name="decision"/)
  }
  const html = await (await victim.fetch(where)).text()
  const foreign = (await (await attacker.fetch(theirs)).text()).match(/name="csrf" value="([^"]*)"/)[1]
  for (const csrf of ['', 'x', foreign]) assert.equal((await victim.submit(html, { decision: 'allow', csrf })).status, 403)
  const fields = Object.fromEntries([...html.matchAll(/name="(flow|csrf)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]))
  const elsewhere = await postFromElsewhere(victim, '/consent', new URLSearchParams({ ...fields, decision: 'allow' }))
  assert.equal(elsewhere.status, 403)
  await noConsentOf(app)
  assert.equal(await silently(victim, {}, app), 'consent_required')
})

test('A-14: after every POST comes 303', async () => {
  const browser = new Browser(service), seen = []
  const submit = browser.submit.bind(browser)
  browser.submit = async (...given) => { const answer = await submit(...given); seen.push(answer.status); return answer }
  const app = await database.client(webClient())
  await signIn(service, app, { browser })
  assert.ok((await authorize(browser, authorizeQuery(app, withPkce({ prompt: 'select_account' })))).parameters.code)
  assert.deepEqual(seen, [303, 303, 303], 'sign-in, consent, account')
  const posted = await browser.fetch('/oauth2/authorize', { method: 'POST', body: authorizeQuery(app, withPkce()), headers: { origin: service.issuer } })
  assert.equal(posted.status, 303)
  assert.ok(parameters(posted).code)
})

test('A-14: claims of 7 KiB work to the end, a URL of 8 KiB too; above 12 KiB it is 414 and the connection closes', async () => {
  const many = { userinfo: { name: null } }
  for (let i = 0; JSON.stringify(many).length < 7 * 1024; i++) many.userinfo[`https://claims.example/${i}`] = { essential: true }
  const body = authorizeQuery(client, withPkce({ claims: claimsOf(many), scope: 'openid profile' }))
  const browser = new Browser(service)
  const start = await browser.fetch('/oauth2/authorize', { method: 'POST', body, headers: { origin: service.issuer } })
  assert.match(start.headers.get('location'), /\/login\?flow=/)
  assert.ok(start.headers.get('location').length < 2000, 'only the names that count travel')
  let answer = await browser.submit(await browser.fetch(start.headers.get('location')), { login: 'alice', password })
  while (location(answer).origin === service.issuer) {
    answer = await browser.fetch(location(answer).href)
    if (answer.status === 200) answer = await browser.submit(answer, { decision: 'allow' })
  }
  assert.ok(parameters(answer).code)
  const padded = (length) => { const where = `${ask()}&claims=`, claims = '%7B%7D'; return `${where}${claims}${'%20'.repeat(Math.ceil((length - where.length - claims.length) / 3))}` }
  assert.ok(parameters(await browser.fetch(padded(8 * 1024))).code)
  const { answer: refused, closed } = await raw(service.port, `GET ${padded(12 * 1024 + 100)} HTTP/1.1\r\nHost: localhost:${service.port}\r\n\r\n`)
  assert.match(refused, /^HTTP\/1\.1 414 /)
  assert.ok(closed)
})

test('OpenID Connect Core 5.5: claims asked for one by one are known to the grant by name, for scopes that the client may have', async () => {
  const asked = { id_token: { email: { essential: true }, auth_time: { essential: true }, phone_number: null }, userinfo: { given_name: null, email_verified: null, email: { value: 'x' }, 'https://x/': null }, more: 1 }
  const { answer } = await signIn(service, client, { scope: 'openid', claims: claimsOf(asked) })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.scope, 'openid', 'no scope comes of it')
  const [names, userinfo] = (await database.sql(`SELECT id_token_claims, userinfo_claims FROM grants WHERE session_id = '${claims(answer.body.id_token).sid}'`)).split('|')
  assert.equal(names, 'email')
  assert.deepEqual(userinfo.split(' ').map((word) => word.split('=')[0]).sort(), ['email', 'email_verified', 'given_name'])
})

test('OpenID Connect Core 5.5: claims that are no JSON object of the right shape are invalid_request', async () => {
  for (const wrong of ['x', '[]', '{"id_token":[]}', '{"userinfo":{"email":true}}', '{"id_token":{"acr":{"essential":"yes"}}}', '{'.repeat(2000)])
    assert.equal(parameters(await get(ask({ claims: wrong }))).error, 'invalid_request', wrong.slice(0, 40))
})

test('OpenID Connect Core 5.5: without the scope openid claims is an unknown parameter', async () => {
  const api = await database.client(webClient({ scope: 'orders:read' }))
  const { parameters: { code } } = await authorize(new Browser(service), authorizeQuery(api, withPkce({ scope: 'orders:read', claims: '{' })))
  assert.ok(code)
})

test('OpenID Connect Core 5.5: what single claims open is asked on the consent page, remembered, and needed for prompt=none', async () => {
  const app = await database.client(webClient())
  const { browser } = await signIn(service, app, { scope: 'openid' })
  const wish = { scope: 'openid', claims: claimsOf({ userinfo: { email: null } }) }
  assert.equal(await silently(browser, wish, app), 'consent_required')
  const page = await (await browser.fetch(location(await browser.fetch(ask(wish, app))).href)).text()
  assert.deepEqual([...page.matchAll(/<li>[^]*?<strong>([^<]*)/g)].map(([, title]) => title), ['Know that it is you', 'See your e-mail address'])
  assert.ok((await authorize(browser, authorizeQuery(app, withPkce(wish)))).parameters.code)
  assert.equal(await silently(browser, wish, app), 'code')
  assert.equal(await silently(browser, { ...wish, claims: claimsOf({ id_token: { name: null } }) }, app), 'consent_required')
})

test('OpenID Connect Core 3.1.2.2: a sub asked for with a value gets an answer about that person or none', async () => {
  const alice = await signIn(service, client), bob = await signIn(service, client, { login: 'bob' })
  const wish = (section, sub) => ({ claims: claimsOf({ [section]: { sub } }) })
  for (const section of ['id_token', 'userinfo']) {
    assert.equal(await silently(alice.browser, wish(section, { value: subject(alice) })), 'code')
    assert.equal(await silently(alice.browser, wish(section, { values: [subject(bob), subject(alice)] })), 'code')
    assert.equal(await silently(alice.browser, wish(section, { value: subject(bob) })), 'login_required')
    assert.equal(await silently(alice.browser, wish(section, { value: 'somebody' })), 'login_required')
  }
  assert.equal((await authorize(new Browser(service), authorizeQuery(client, withPkce(wish('id_token', { value: subject(alice) }))), { login: 'bob' })).parameters.error, 'login_required')
  // With a hint: both must hold.
  const hinted = { id_token_hint: alice.tokens.id_token }
  assert.equal(await silently(alice.browser, { ...hinted, ...wish('id_token', { value: subject(alice) }) }), 'code')
  assert.equal(parameters(await alice.browser.fetch(ask({ ...hinted, ...wish('id_token', { value: subject(bob) }) }))).error, 'login_required', 'nobody is asked to sign in for it')
})

test('OpenID Connect Core 5.5.1.1: an essential acr that cannot be reached is unmet_authentication_requirements, once client and redirect_uri are right', async () => {
  const gold = claimsOf({ id_token: { acr: { essential: true, values: ['urn:mace:incommon:iap:gold', 'urn:latchkey:acr:9'] } } })
  for (const browser of [new Browser(service), (await signIn(service, client)).browser]) {
    const answer = parameters(await browser.fetch(ask({ claims: gold })))
    assert.equal(answer.error, 'unmet_authentication_requirements')
    assert.equal(answer.state, 'st-1')
    assert.equal(answer.iss, service.issuer)
  }
  for (const wrong of [{ client_id: 'nobody' }, { redirect_uri: 'https://evil.example/' }]) assert.equal((await get(ask({ claims: gold, ...wrong }))).status, 400)
})

test('OpenID Connect Core 5.5.1.1: an essential acr that the session does not have, and another sign-in would, is asked for', async () => {
  const wish = { claims: claimsOf({ id_token: { acr: { essential: true, values: ['gold', 'urn:latchkey:acr:1'] } } }) }
  const { browser, tokens } = await signIn(service, client)
  assert.equal(await silently(browser, wish), 'code')
  await database.sql(`UPDATE sessions SET acr = 'urn:latchkey:acr:0' WHERE id = '${claims(tokens.id_token).sid}'`)
  assert.equal(await silently(browser, wish), 'login_required')
  assert.equal(await silently(browser, {}), 'code')
  const again = await signIn(service, client, { browser, ...wish })
  assert.equal(claims(again.tokens.id_token).acr, 'urn:latchkey:acr:1')
  assert.notEqual(claims(again.tokens.id_token).sid, claims(tokens.id_token).sid)
})

test('OpenID Connect Core 3.1.2.1 and 5.5.1.1: a voluntary acr is a wish, and what the session has is told', async () => {
  const { browser, tokens } = await signIn(service, client, { acr_values: 'gold silver', claims: claimsOf({ id_token: { acr: { values: ['gold'] } } }) })
  assert.equal(claims(tokens.id_token).acr, 'urn:latchkey:acr:1')
  assert.equal(await silently(browser, { acr_values: 'gold' }), 'code')
})

test('OpenID Connect Core 3.1.2.1: display, ui_locales, claims_locales and login_hint are wishes, whatever they say', async () => {
  const { browser } = await signIn(service, client, { display: 'popup', ui_locales: 'fr-CA fr en', claims_locales: 'de', login_hint: 'alice@example.org' })
  for (const display of ['page', 'popup', 'touch', 'wap', 'hologram']) assert.equal(await silently(browser, { display, ui_locales: 'xx', claims_locales: 'tlh' }), 'code', display)
})

test('OpenID Connect Core 7.2.1, 6.1 and 6.2: registration, request and request_uri are refused with their own errors', async () => {
  for (const name of ['registration', 'request', 'request_uri'])
    assert.equal(parameters(await get(ask({ [name]: 'https://app.example/x' }))).error, `${name}_not_supported`)
})

const selecting = async (browser, more = {}) => location(await browser.fetch(ask({ prompt: 'select_account', ...more }))).href

test('OpenID Connect Core 3.1.2.1: select_account asks which account, and goes on with the one that is signed in', async () => {
  const { browser, tokens } = await signIn(service, client)
  const where = await selecting(browser)
  assert.match(where, /\/select-account\?flow=/)
  const page = await browser.fetch(where)
  assert.equal(page.status, 200)
  const html = await page.text()
  assert.match(html, /Continue as alice Example/)
  assert.match(html, /Use another account/)
  const unsaid = await browser.submit(html, {})
  assert.equal(unsaid.status, 400)
  assert.match(await unsaid.text(), /Continue as/)
  const chosen = await browser.submit(html, { decision: 'continue' })
  assert.equal(chosen.status, 303)
  assert.ok(parameters(await browser.fetch(chosen.headers.get('location'))).code)
  const again = await signIn(service, client, { browser, prompt: 'select_account' })
  assert.equal(claims(again.tokens.id_token).sid, claims(tokens.id_token).sid, 'the session is the same')
})

test('OpenID Connect Core 3.1.2.1: select_account with another account signs that one in', async () => {
  const { browser, tokens } = await signIn(service, client)
  const { verifier, challenge } = pkce()
  const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', prompt: 'select_account' })}`)
  const other = await browser.submit(await browser.fetch(location(start).href), { decision: 'other' })
  const login = await browser.fetch(location(other).href)
  assert.match(login.headers.get('location'), /\/login\?flow=/)
  // Turning back does not let the first account through any more.
  const flow = location(login).searchParams.get('flow')
  for (const where of ['/select-account', '/oauth2/authorize/continue']) assert.match((await browser.fetch(`${where}?flow=${flow}`)).headers.get('location'), /\/login\?flow=/)
  const posted = await browser.submit(await browser.fetch(location(login).href), { login: 'bob', password })
  let answer = await browser.fetch(location(posted).href)
  if (/consent/.test(answer.headers.get('location'))) {
    answer = await browser.submit(await browser.fetch(location(answer).href), { decision: 'allow' })
    answer = await browser.fetch(location(answer).href)
  }
  const redeemed = await token(service, client, { grant_type: 'authorization_code', code: parameters(answer).code, redirect_uri: 'https://app.example/cb', code_verifier: verifier })
  assert.notEqual(claims(redeemed.body.id_token).sub, claims(tokens.id_token).sub)
})

test('OpenID Connect Core 3.1.2.1: who signs in because of select_account is not asked again', async () => {
  const browser = new Browser(service)
  const start = await selecting(browser)
  assert.match(start, /\/login\?flow=/)
  const posted = await browser.submit(await browser.fetch(start), { login: 'alice', password })
  const answer = await browser.fetch(location(posted).href)
  assert.doesNotMatch(answer.headers.get('location'), /select-account/)
})

test('A-07: HEAD gives no code and ends no session: those who only look at links do neither', async () => {
  const { browser, tokens } = await signIn(service, client)
  for (const where of [ask({ prompt: 'none' }), '/oauth2/authorize/continue?flow=x', `/oauth2/end_session?id_token_hint=${tokens.id_token}`]) {
    const answer = await browser.fetch(where, { method: 'HEAD' })
    assert.equal(answer.status, 405, where)
    assert.doesNotMatch(answer.headers.get('allow'), /HEAD/)
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal(await silently(browser), 'code')
})

test('A-13: what is pressed on an old page for one person is not done in the name of another who has signed in since', async () => {
  const fresh = await database.client(webClient())
  const consents = () => database.sql(`SELECT count(*) FROM consents JOIN clients c ON c.id = client WHERE client_id = '${fresh.client_id}'`)
  const steps = [['/select-account', 'continue', client, { prompt: 'select_account' }], ['/select-account', 'other', client, { prompt: 'select_account' }], ['/consent', 'allow', fresh, {}], ['/consent', 'deny', fresh, {}]]
  for (const [where, decision, who, more] of steps) {
    const { browser } = await signIn(service, client)
    const start = location(await browser.fetch(`/oauth2/authorize?${authorizeQuery(who, withPkce(more))}`))
    assert.equal(start.pathname, where)
    const old = await (await browser.fetch(start.href)).text()
    await signIn(service, client, { browser, login: 'bob', prompt: 'login' })
    const answer = await browser.submit(old, { decision })
    assert.equal(answer.status, 403, `${where} ${decision}`)
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal(await consents(), '0')
})

test('A-08: select_account lets nobody around max_age or prompt=login', async () => {
  const { browser, tokens } = await signIn(service, client)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE id = '${claims(tokens.id_token).sid}'`)
  for (const more of [{ max_age: '60' }, { prompt: 'select_account login' }]) assert.match(await selecting(browser, more), /\/login\?flow=/, JSON.stringify(more))
  // Too old while the page is open.
  const page = await browser.fetch(await selecting(browser, { max_age: '660' }))
  const html = await page.text()
  assert.match(html, /Continue as/)
  await database.sql(`UPDATE sessions SET auth_time = auth_time - interval '2 minutes' WHERE id = '${claims(tokens.id_token).sid}'`)
  const late = await browser.submit(html, { decision: 'continue' })
  assert.match(late.headers.get('location'), /\/login\?flow=/)
})

test('A-09: select_account with the hint of somebody else goes to the sign-in page', async () => {
  const alice = await signIn(service, client), bob = await signIn(service, client, { login: 'bob' })
  assert.match(await selecting(alice.browser, { id_token_hint: bob.tokens.id_token }), /\/login\?flow=/)
  assert.match(await selecting(bob.browser, { id_token_hint: bob.tokens.id_token }), /\/select-account\?flow=/)
})

test('A-13: the choice of an account needs its CSRF token, its browser and its person', async () => {
  const alice = (await signIn(service, client)).browser, bob = (await signIn(service, client, { login: 'bob' })).browser
  const where = await selecting(alice)
  assert.equal((await bob.fetch(where)).status, 400)
  const html = await (await alice.fetch(where)).text()
  const foreign = (await (await bob.fetch(await selecting(bob))).text()).match(/name="csrf" value="([^"]*)"/)[1]
  for (const csrf of ['', 'x', foreign]) assert.equal((await alice.submit(html, { decision: 'continue', csrf })).status, 403)
  // Somebody else signs in meanwhile: the page that is still open was about Alice.
  await signIn(service, client, { browser: alice, login: 'bob', prompt: 'login' })
  assert.equal((await alice.submit(html, { decision: 'continue' })).status, 403)
})

test('OpenID Connect Core 3.1.2.1: a POST from another site comes again by GET, with what is known of it', async () => {
  const { browser } = await signIn(service, client)
  const cookies = browser.cookies
  browser.cookies = new Map()
  const body = authorizeQuery(client, withPkce({ prompt: 'none', unheard: 'x'.repeat(20000), state: 'ä&=+ ' }))
  const again = await postFromElsewhere(browser, '/oauth2/authorize', body)
  assert.equal(again.status, 303)
  assert.equal(location(again).pathname, '/oauth2/authorize')
  body.delete('unheard')
  assert.deepEqual(parameters(again), Object.fromEntries(body))
  browser.cookies = cookies
  const { code, state } = parameters(await browser.fetch(location(again).href))
  assert.ok(code)
  assert.equal(state, 'ä&=+ ')
})

test('OpenID Connect Core 3.1.2.1: a POST from another site that is too long for a URL comes again from a page of ours, once', async () => {
  const { browser } = await signIn(service, client)
  const cookies = browser.cookies
  browser.cookies = new Map()
  const body = authorizeQuery(client, withPkce({ prompt: 'none', claims: `{${' '.repeat(9000)}}`, state: '"><script>', unheard: 'x' }))
  const page = await postFromElsewhere(browser, '/oauth2/authorize', body)
  assert.equal(page.status, 200)
  assert.deepEqual(page.headers.getSetCookie(), [])
  assert.match(page.headers.get('content-security-policy'), /form-action 'self' https:\/\/app\.example/)
  const html = await page.text()
  assert.match(html, /<button[^>]* type="submit"/)
  assert.doesNotMatch(html, /unheard|"><script>/)
  const unseen = await browser.submit(html, {})
  assert.equal(parameters(unseen).error, 'login_required', 'a browser without the cookie is answered, not sent around')
  const old = await postFromElsewhere(browser, '/oauth2/authorize', new URLSearchParams([...body, ['came_again', '1']]))
  assert.equal(parameters(old).error, 'login_required', 'nor one that does not say where a form comes from')
  browser.cookies = cookies
  const { code, state } = parameters(await browser.submit(html, {}))
  assert.ok(code)
  assert.equal(state, '"><script>')
})

test('RP-Initiated Logout 1.0 2: a POST from another site sees the session, however long it is', async () => {
  for (const state of ['bye', 'x'.repeat(4096)]) {
    const { browser, tokens } = await signIn(service, client)
    const cookies = browser.cookies
    browser.cookies = new Map()
    const hint = { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/', state: state.replace(/x/g, 'ä').slice(0, 2048) }
    const again = await postFromElsewhere(browser, '/oauth2/end_session', new URLSearchParams(hint))
    browser.cookies = cookies
    const done = again.status === 303 ? await browser.fetch(location(again).href) : await browser.submit(again, {})
    assert.equal(done.status, 303)
    assert.equal(location(done).searchParams.get('state'), hint.state)
    assert.equal(await silently(browser), 'login_required')
  }
})

test('OpenID Connect Core 3.1.2.1: a confidential client that is let off PKCE and nonce gets its code with neither; a public one never', async () => {
  const bare = { nonce: undefined }
  const certified = await database.client(webClient({ require_pkce: false, require_nonce: false }))
  const { parameters: { code } } = await authorize(new Browser(service), authorizeQuery(certified, bare))
  const answer = await token(service, certified, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb' })
  assert.equal(answer.status, 200)
  assert.equal(claims(answer.body.id_token).nonce, undefined)
  const careful = await database.client(webClient({ require_pkce: false }))
  assert.equal(parameters(await get(`/oauth2/authorize?${authorizeQuery(careful, bare)}`)).error, 'invalid_request')
  assert.ok((await authorize(new Browser(service), authorizeQuery(careful))).parameters.code)
  await assert.rejects(database.client(publicClient({ require_pkce: false, require_nonce: false })))
  const spa = await database.client(publicClient({ require_nonce: false }))
  assert.equal(parameters(await get(`/oauth2/authorize?${authorizeQuery(spa, bare)}`)).error, 'invalid_request')
})
