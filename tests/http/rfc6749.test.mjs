// RFC 6749, sentence by sentence: what authorization_code.test.mjs and replay.test.mjs do not show. musts.tsv says which is which.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service } from './service.mjs'
import { authorize, authorizeQuery, basic, claims, header, introspect, pkce, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, spa, machine, browser

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read orders:write' })
  service = await Service.start(database)
  ;({ browser } = await signIn(service, client))
})
after(async () => { await service?.stop(); await database?.drop() })

const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
// Where the signed-in browser is sent for this request.
const ask = async (query) => {
  const answer = await browser.fetch(`/oauth2/authorize?${query}`)
  return { status: answer.status, location: answer.headers.get('location'), parameters: Object.fromEntries(new URL(answer.headers.get('location') ?? 'x:', service.issuer).searchParams) }
}
const cannotRegister = (metadata, why) => assert.rejects(database.client(metadata), (error) => { assert.match(error.stderr, why); return true })
const code = async (who = client, more = {}) => {
  const { verifier, challenge } = pkce()
  const ended = await authorize(browser, authorizeQuery(who, { code_challenge: challenge, code_challenge_method: 'S256', ...more }))
  assert.ok(ended.parameters?.code, JSON.stringify(ended).slice(0, 300))
  return { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }
}
const allowed = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

test('RFC 6749 1.9: names and values of parameters are case sensitive', async () => {
  assert.equal((await ask(authorizeQuery(client, withPkce({ response_type: 'CODE' })))).parameters.error, 'unsupported_response_type')
  assert.equal((await ask(authorizeQuery(client, withPkce({ client_id: client.client_id.toUpperCase() })))).status, 400)
  assert.equal((await token(service, machine, { grant_type: 'Client_Credentials' })).body.error, 'unsupported_grant_type')
  assert.equal((await token(service, machine, { Grant_Type: 'client_credentials' })).body.error, 'invalid_request')
})

test('RFC 6749 2.2: a client identifier alone authenticates no confidential client, whatever it asks', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  for (const parameters of [await code(), { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }, { grant_type: 'client_credentials' }]) {
    const answer = await post(service, '/oauth2/token', { ...parameters, client_id: client.client_id })
    assert.equal(answer.status, 401)
    assert.equal(answer.body.error, 'invalid_client')
  }
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status, 200, 'the refresh token was not spent')
})

test('RFC 6749 2.2: a client identifier is given once', async () => {
  const metadata = { client_id: 'the-only-one', grant_types: ['client_credentials'], scope: 'orders:read' }
  await database.client(metadata)
  await cannotRegister(metadata, /the-only-one|exists|taken/)
})

test('RFC 6749 2.3.1: HTTP Basic carries a form-encoded identifier and secret, in any case of the scheme', async () => {
  const odd = await database.client({ client_id: 'odd:id with+all%41&=', client_secret: 'a secret: with +, %2B and &=', grant_types: ['client_credentials'], scope: 'orders:read' })
  const form = (text) => new URLSearchParams({ x: text }).toString().slice(2)
  const credentials = Buffer.from(`${form(odd.client_id)}:${form(odd.client_secret)}`).toString('base64')
  for (const scheme of ['Basic', 'basic', 'BASIC']) {
    const answer = await post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { headers: { authorization: `${scheme} ${credentials}` } })
    assert.equal(answer.status, 200, scheme)
    assert.equal(claims(answer.body.access_token).client_id, odd.client_id)
  }
  assert.equal((await post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { client: odd })).status, 200, '%20 for a space is the same')
})

test('RFC 6749 3.1: GET and POST work at the authorization endpoint', async () => {
  const query = authorizeQuery(client, withPkce())
  assert.ok((await ask(query)).parameters.code)
  const posted = await browser.fetch('/oauth2/authorize', { method: 'POST', body: query, headers: { origin: service.issuer, 'sec-fetch-site': 'same-origin' } })
  assert.equal(posted.status, 303)
  assert.ok(new URL(posted.headers.get('location')).searchParams.get('code'))
})

test('RFC 6749 3.1: nobody gets a code who has not signed in', async () => {
  const answer = await new Browser(service).fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
  assert.equal(answer.status, 303)
  assert.match(answer.headers.get('location'), /^\/login\?flow=/)
})

test('RFC 6749 3.1: a parameter without a value is as one that was left out', async () => {
  const quiet = await ask(`${authorizeQuery(client, withPkce({ state: undefined }))}&state=&prompt=&max_age=&response_mode=&id_token_hint=&login_hint=`)
  assert.ok(quiet.parameters.code)
  assert.ok(!('state' in quiet.parameters))
  assert.equal((await ask(authorizeQuery(client, withPkce({ client_id: '' })))).status, 400)
  assert.equal((await ask(authorizeQuery(client, withPkce({ redirect_uri: '' })))).status, 400)
  assert.equal((await ask(authorizeQuery(client, withPkce({ response_type: '' })))).parameters.error, 'invalid_request')
  assert.equal((await ask(authorizeQuery(client, withPkce({ code_challenge: '', code_challenge_method: '' })))).parameters.error, 'invalid_request')
})

test('RFC 6749 3.1: a parameter that nobody knows is ignored', async () => {
  assert.ok((await ask(`${authorizeQuery(client, withPkce())}&utm_source=mail&__proto__=x&audience=y&%C3%A9t%C3%A9=1`)).parameters.code)
})

test('RFC 6749 3.1: no parameter of an answer is there twice', async () => {
  for (const more of [{}, { response_type: 'token' }, { scope: '"' }, { code_challenge: undefined }]) {
    const names = [...new URL((await ask(authorizeQuery(client, withPkce(more)))).location).searchParams.keys()]
    assert.equal(new Set(names).size, names.length, names.join(' '))
  }
})

test('RFC 6749 3.1.1: a response type that is missing or not understood is an error answer', async () => {
  assert.equal((await ask(authorizeQuery(client, withPkce({ response_type: undefined })))).parameters.error, 'invalid_request')
  assert.equal((await ask(authorizeQuery(client, withPkce({ response_type: 'code id' })))).parameters.error, 'unsupported_response_type')
})

test('RFC 6749 3.1.2: a redirect URI that is relative or has a fragment cannot be registered', async () => {
  for (const uri of ['/cb', '//app.example/cb', 'app.example/cb', 'https://app.example/cb#', 'https://app.example/cb#top'])
    await cannotRegister(webClient({ redirect_uris: [uri] }), /invalid_redirect_uri/)
})

test('RFC 6749 3.1.2: the query of a redirect URI is retained, in success and in error', async () => {
  const uri = 'https://app.example/cb?tenant=a%2Fb&x='
  const asking = await database.client(webClient({ redirect_uris: [uri], skip_consent: true }))
  const good = await ask(authorizeQuery(asking, withPkce({ redirect_uri: uri })))
  assert.ok(good.location.startsWith(`${uri}&code=`), good.location)
  const bad = await ask(authorizeQuery(asking, withPkce({ redirect_uri: uri, response_type: 'token' })))
  assert.ok(bad.location.startsWith(`${uri}&error=`), bad.location)
})

test('RFC 6749 3.1.2.1: a redirect URI needs https, but on loopback and for native applications', async () => {
  await cannotRegister(webClient({ redirect_uris: ['http://app.example/cb'] }), /invalid_redirect_uri/)
  await cannotRegister(webClient({ redirect_uris: ['com.example.app:/cb'] }), /invalid_redirect_uri/)
  assert.ok((await database.client(publicClient({ application_type: 'native', redirect_uris: ['com.example.app:/cb', 'http://127.0.0.1/cb'] }))).client_id)
})

test('RFC 6749 3.1.2.2: whoever uses the authorization code grant must register where it waits', async () => {
  for (const kind of [webClient, publicClient]) await cannotRegister(kind({ redirect_uris: [] }), /redirect_uris/)
})

test('RFC 6749 3.1.2.3: of several redirect URIs one must be sent, the only one may be left out', async () => {
  const several = await database.client(webClient({ redirect_uris: ['https://app.example/cb', 'https://app.example/other'], scope: 'orders:read', skip_consent: true }))
  const one = await database.client(webClient({ scope: 'orders:read', skip_consent: true }))
  const query = (who) => authorizeQuery(who, withPkce({ redirect_uri: undefined, scope: 'orders:read' }))
  assert.equal((await ask(query(several))).status, 400)
  const { verifier, challenge } = pkce()
  for (const [sent, status] of [[{}, 200], [{ redirect_uri: 'https://app.example/cb' }, 200], [{ redirect_uri: 'https://app.example/other' }, 400]]) {
    const { location, parameters } = await ask(authorizeQuery(one, { redirect_uri: undefined, scope: 'orders:read', code_challenge: challenge, code_challenge_method: 'S256' }))
    assert.ok(location.startsWith('https://app.example/cb?code='))
    assert.equal((await token(service, one, { grant_type: 'authorization_code', code: parameters.code, code_verifier: verifier, ...sent })).status, status, JSON.stringify(sent))
  }
})

test('RFC 6749 3.1.2.3: redirect URIs are compared as strings', async () => {
  for (const uri of ['HTTPS://app.example/cb', 'https://APP.example/cb', 'https://app.example:443/cb', 'https://app.example/%63b', 'https://app.example/./cb', 'https://app.example/cb?', 'https://app.example/cb#', 'https://app.example/CB']) {
    const { status, location } = await ask(authorizeQuery(client, withPkce({ redirect_uri: uri })))
    assert.equal(status, 400, uri)
    assert.equal(location, null)
  }
})

test('RFC 6749 3.2: at the token endpoint unknown parameters are ignored, empty ones are as left out, repeated ones are refused', async () => {
  const parameters = { grant_type: 'client_credentials', scope: 'orders:read' }
  assert.equal((await token(service, machine, { ...parameters, utm_source: 'mail', resource: 'https://api.example', redirect_uri: 'https://app.example/cb', code: '' })).status, 200)
  const empty = await token(service, machine, { grant_type: 'client_credentials', scope: '', client_id: '', client_secret: '', client_assertion: '' })
  assert.equal(empty.status, 200)
  assert.equal(empty.body.scope, 'orders:read orders:write')
  for (const name of ['grant_type', 'scope', 'client_id']) {
    const body = new URLSearchParams(parameters)
    for (const value of [body.get(name) ?? machine.client_id, machine.client_id]) body.append(name, value)
    assert.equal((await post(service, '/oauth2/token', body, { client: machine })).body.error, 'invalid_request', name)
  }
})

test('RFC 6749 3.3: a scope that differs from the one asked for is told, and words are case sensitive', async () => {
  const differs = await token(service, client, await code(client, { scope: 'unknown openid EMAIL openid profile' }))
  assert.equal(differs.body.scope, 'openid profile')
  assert.equal(claims(differs.body.access_token).scope, 'openid profile')
  assert.equal((await token(service, client, await code(client, { scope: 'profile openid' }))).body.scope.split(' ').sort().join(' '), 'openid profile')
})

test('RFC 6749 3.3: without a scope a client by itself gets all it may have, and a person is asked for nothing', async () => {
  assert.equal((await token(service, machine, { grant_type: 'client_credentials' })).body.scope, 'orders:read orders:write')
  const nothing = await token(service, client, await code(client, { scope: undefined }))
  assert.equal(nothing.status, 200)
  assert.equal(nothing.body.id_token, undefined)
  assert.equal(claims(nothing.body.access_token).scope, '')
})

test('RFC 6749 3.3: a scope with other characters than allowed is invalid_scope at both endpoints', async () => {
  for (const scope of ['openid "quoted"', 'back\\slash', ' openid', 'openid  email', 'open\u00e9']) {
    assert.equal((await ask(authorizeQuery(client, withPkce({ scope })))).parameters.error, 'invalid_scope', scope)
    assert.equal((await token(service, machine, { grant_type: 'client_credentials', scope })).body.error, 'invalid_scope', scope)
  }
})

test('RFC 6749 4.1.2: the exact state comes back, in success and in error', async () => {
  for (const state of ['a b+c%20&d=e', '"<script>\'\\', '{"to":"/x?y=1#z"}', 'é✓\u{1f511}', '=', 'x'.repeat(4096)]) {
    assert.equal((await ask(authorizeQuery(client, withPkce({ state })))).parameters.state, state)
    assert.equal((await ask(authorizeQuery(client, withPkce({ state, response_type: 'token' })))).parameters.state, state)
  }
  assert.ok(!('state' in (await ask(authorizeQuery(client, withPkce({ state: undefined, response_type: 'token' })))).parameters))
})

test('RFC 6749 4.1.2: a code comes in the query, and is of printable characters', async () => {
  const { location, parameters } = await ask(authorizeQuery(client, withPkce()))
  assert.ok(!location.includes('#'))
  assert.match(parameters.code, /^[\x20-\x7e]{20,}$/)
})

test('RFC 6749 4.1.2.1: who says no gives access_denied to the client, with its state', async () => {
  await database.user('nora', password)
  const no = new Browser(service)
  let answer = await no.fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
  answer = await no.submit(await no.fetch(answer.headers.get('location')), { login: 'nora', password })
  for (let step = 0; step < 4 && answer.status !== 200; step++) answer = await no.fetch(answer.headers.get('location'))
  answer = await no.submit(answer, { decision: 'deny' })
  while (new URL(answer.headers.get('location'), service.issuer).origin === service.issuer) answer = await no.fetch(answer.headers.get('location'))
  const { searchParams } = new URL(answer.headers.get('location'))
  assert.equal(searchParams.get('error'), 'access_denied')
  assert.equal(searchParams.get('state'), 'st-1')
  assert.equal(searchParams.get('code'), null)
})

test('RFC 6749 4.1.2.1: each error has its code, in the query, of the characters that are allowed', async () => {
  const unauthorized = await database.client(webClient({ grant_types: ['client_credentials'], response_types: [] }))
  for (const [who, more, error] of [[client, { response_type: undefined }, 'invalid_request'], [client, { max_age: 'x' }, 'invalid_request'],
    [client, { prompt: '"' }, 'invalid_request'], [client, { nonce: 'n'.repeat(4000) }, 'invalid_request'], [client, { scope: 'nothing-of-ours' }, 'invalid_scope'], [client, { scope: '"' }, 'invalid_scope'],
    [client, { response_type: 'to"ken' }, 'unsupported_response_type'], [unauthorized, {}, 'unauthorized_client']]) {
    const { location, parameters } = await ask(authorizeQuery(who, withPkce(more)))
    assert.ok(location?.startsWith('https://app.example/cb?error='), `${error}: ${location}`)
    assert.equal(parameters.error, error, JSON.stringify(more))
    assert.match(parameters.error_description, allowed)
    assert.equal(parameters.state, 'st-1')
    assert.equal(parameters.code, undefined)
  }
})

test('RFC 6749 4.1.3: a public client redeems with its client_id, and only the code that it got', async () => {
  const other = await database.client(publicClient())
  assert.equal((await token(service, other, await code(spa))).body.error, 'invalid_grant')
  const { client_id: left, ...nameless } = { client_id: spa.client_id, ...await code(spa) }
  assert.equal((await post(service, '/oauth2/token', nameless)).body.error, 'invalid_client')
  const answer = await token(service, spa, await code(spa))
  assert.equal(answer.status, 200)
  assert.equal(claims(answer.body.access_token).client_id, spa.client_id)
})

test('RFC 6749 4.1.3: a code that is missing, foreign or changed is refused', async () => {
  assert.equal((await token(service, client, { grant_type: 'authorization_code', redirect_uri: 'https://app.example/cb' })).body.error, 'invalid_request')
  const good = await code()
  const flipped = `${good.code.slice(0, -8)}${good.code.at(-8) === 'A' ? 'B' : 'A'}${good.code.slice(-7)}`
  for (const wrong of ['x', good.code.slice(1), `${good.code}A`, flipped, good.code.toUpperCase()])
    assert.equal((await token(service, client, { ...good, code: wrong })).body.error, 'invalid_grant', wrong)
  assert.equal((await token(service, client, good)).status, 200, 'guessing at a code does not burn it')
})

test('RFC 6749 5.1: a success answer is JSON with its members at the top, and nobody may keep it', async () => {
  const answers = [await token(service, client, await code(client, { scope: 'openid offline_access' })), await token(service, machine, { grant_type: 'client_credentials' })]
  answers.push(await token(service, client, { grant_type: 'refresh_token', refresh_token: answers[0].body.refresh_token }))
  for (const { status, headers, body } of answers) {
    assert.equal(status, 200)
    assert.match(headers.get('content-type'), /^application\/json(;\s*charset=utf-8)?$/i)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('pragma'), 'no-cache')
    assert.match(body.access_token, /^[\x21-\x7e]+$/)
    assert.equal(body.token_type.toLowerCase(), 'bearer')
    assert.ok(Number.isInteger(body.expires_in) && body.expires_in > 0)
    assert.equal(body.expires_in, claims(body.access_token).exp - claims(body.access_token).iat)
    assert.ok(Object.values(body).every((value) => ['string', 'number'].includes(typeof value)))
  }
})

test('RFC 6749 5.2: each error has its code and status, as JSON of the characters that are allowed', async () => {
  for (const [who, parameters, error, status] of [
    [client, {}, 'invalid_request', 400], [client, { grant_type: 'authorization_code' }, 'invalid_request', 400], [client, { grant_type: 'refresh_token' }, 'invalid_request', 400],
    [{ ...client, client_secret: 'wrong' }, { grant_type: 'client_credentials' }, 'invalid_client', 401], [{ client_id: 'nobody"\\' }, { grant_type: 'client_credentials' }, 'invalid_client', 401],
    [client, { grant_type: 'authorization_code', code: 'x"\\' }, 'invalid_grant', 400], [client, { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant', 400],
    [machine, { grant_type: 'refresh_token', refresh_token: 'x' }, 'unauthorized_client', 400], [client, { grant_type: 'urn:"\\' }, 'unsupported_grant_type', 400],
    [machine, { grant_type: 'client_credentials', scope: 'orders:all' }, 'invalid_scope', 400]]) {
    const answer = await token(service, who, parameters)
    assert.equal(answer.body.error, error, JSON.stringify(parameters))
    assert.equal(answer.status, status, error)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(answer.headers.get('pragma'), 'no-cache')
    assert.match(answer.body.error_description, allowed)
    assert.deepEqual(Object.keys(answer.body).filter((name) => !['error', 'error_description', 'error_uri'].includes(name)), [])
  }
})

test('RFC 6749 5.2: failed authentication by header is 401 with the challenge of that scheme', async () => {
  for (const where of ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke']) {
    for (const who of [{ ...client, client_secret: 'wrong' }, { client_id: 'nobody', client_secret: 'wrong' }]) {
      const answer = await post(service, where, { grant_type: 'client_credentials', token: 'x' }, { client: who })
      assert.equal(answer.status, 401, where)
      assert.equal(answer.body.error, 'invalid_client')
      assert.match(answer.headers.get('www-authenticate'), /^Basic realm="[^"]+"/)
    }
  }
})

test('RFC 6749 6: a refresh keeps the scope, also in the next refresh token, unless it asks for less', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid email offline_access' })
  const same = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(same.body.scope, tokens.scope)
  const less = await token(service, client, { grant_type: 'refresh_token', refresh_token: same.body.refresh_token, scope: 'openid' })
  assert.equal(claims(less.body.access_token).scope, 'openid')
  assert.equal((await introspect(service, client, less.body.refresh_token)).scope, tokens.scope)
})

test('RFC 6749 10.1: a public client gets no secret', () => {
  assert.equal(spa.client_secret, undefined)
  assert.ok(client.client_secret)
})

test('RFC 6749 10.3: an access token that was changed, or signed by somebody else, is worth nothing', async () => {
  const { tokens } = await signIn(service, client)
  const [head, payload, signature] = tokens.access_token.split('.')
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { privateKey } = await jose.generateKeyPair('ES256')
  const forged = await new jose.SignJWT(claims(tokens.access_token)).setProtectedHeader(header(tokens.access_token)).sign(privateKey)
  const longer = encode({ ...claims(tokens.access_token), exp: claims(tokens.access_token).exp + 86400 })
  for (const wrong of [forged, `${head}.${longer}.${signature}`, `${encode({ ...header(tokens.access_token), alg: 'none' })}.${payload}.`, `${head}.${payload}.`, `${head}.${payload}.${signature.slice(0, -2)}AA`]) {
    assert.deepEqual(await introspect(service, client, wrong), { active: false })
    assert.equal((await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${wrong}` } })).status, 401)
  }
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
})

test('RFC 6749 10.4: a refresh token that was changed is refused and harms nobody', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const text = tokens.refresh_token
  const flip = (at) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
  for (let at = 6; at < text.length - 1; at += 7)
    assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: flip(at) })).body.error, 'invalid_grant', String(at))
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: text })).status, 200)
})

test('RFC 6749 10.10: what is generated has at least 128 random bits, and is never the same', async () => {
  const secrets = await Promise.all(Array.from({ length: 3 }, async () => (await database.client({ grant_types: ['client_credentials'], scope: 'orders:read' })).client_secret))
  const codes = [], refreshTokens = []
  for (let i = 0; i < 3; i++) {
    const redeem = await code(client, { scope: 'openid offline_access' })
    codes.push(redeem.code)
    refreshTokens.push((await token(service, client, redeem)).body.refresh_token)
  }
  for (const made of [secrets, codes, refreshTokens]) {
    assert.equal(new Set(made).size, 3)
    for (const text of made) assert.ok(Buffer.from(text.replace(/^lk_[a-z]+_/, ''), 'base64url').length >= 32, `${text.length} characters`)
  }
  for (const secret of secrets) assert.match(secret, /^lk_cs_[A-Za-z0-9_-]{43,}$/)
})

test('RFC 6749 10.12: a client that was not agreed to gets nothing without the person', async () => {
  const stranger = await database.client(webClient())
  const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(stranger, withPkce())}`)
  assert.match(answer.headers.get('location'), /^\/consent\?flow=/)
  const page = await browser.fetch(answer.headers.get('location'))
  const flow = new URL(answer.headers.get('location'), service.issuer).searchParams.get('flow')
  await page.text()
  const cross = await browser.fetch('/consent', { method: 'POST', body: new URLSearchParams({ flow, decision: 'allow' }), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })
  assert.ok([400, 403].includes(cross.status))
  assert.match((await browser.fetch(`/oauth2/authorize/continue?flow=${encodeURIComponent(flow)}`)).headers.get('location'), /^\/consent\?flow=/)
})

test('RFC 6749 10.13: no page of ours can be framed', async () => {
  const start = await new Browser(service).fetch(`/oauth2/authorize?${authorizeQuery(client, withPkce())}`)
  for (const where of [start.headers.get('location'), '/oauth2/authorize', '/signed-out', '/oauth2/end_session']) {
    const answer = await browser.fetch(where)
    await answer.text()
    assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/, where)
    assert.equal(answer.headers.get('x-frame-options'), 'DENY', where)
  }
})

test('RFC 6749 B: names and values are UTF-8 in the form encoding', async () => {
  const form = (body) => fetch(service.url('/oauth2/token'), { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', authorization: basic(machine) } })
  assert.equal((await form('%67rant_type=client%5Fcredentials&scope=orders%3Aread+orders:write')).status, 200)
  for (const body of ['grant_type=client_credentials&x=%ff', 'grant_type=client_credentials&x=%e2%82', 'grant_type=client_credentials&x=%2']) {
    const answer = await form(body)
    assert.equal(answer.status, 400, body)
    assert.equal((await answer.json()).error, 'invalid_request')
  }
})
