// The token endpoint as somebody who holds what is not his: rows T and P of the security catalogue, and what has no row.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service, raw, until } from './service.mjs'
import { authorize, authorizeQuery, basic, claims, introspect, pkce, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, spa, machine

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read openid offline_access' })
  // One worker: what a test waits for is then felt by whoever answers next.
  service = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
})
after(async () => { await service?.stop(); await database?.drop() })

const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url')
let browser
// A code of alice's, with its verifier; the same browser throughout, so that nobody signs in again.
async function code(who = client, { verifier = pkce().verifier, ...more } = {}) {
  browser ??= new Browser(service)
  const ended = await authorize(browser, authorizeQuery(who, { scope: 'openid offline_access', code_challenge: challengeOf(verifier), code_challenge_method: 'S256', ...more }))
  assert.ok(ended.parameters?.code, JSON.stringify(ended).slice(0, 400))
  return { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }
}
const lastEvent = (kind) => database.sql(`SELECT reason FROM events WHERE kind = '${kind}' ORDER BY id DESC LIMIT 1`)

function refused(answer, error, what) {
  assert.equal(answer.body?.error, error, `${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`)
  assert.equal(answer.status, error === 'invalid_client' ? 401 : 400, what)
  assert.match(answer.headers.get('cache-control'), /no-store/)
  assert.match(answer.headers.get('content-type'), /^application\/json/)
  for (const name of ['access_token', 'refresh_token', 'id_token']) assert.equal(answer.body[name], undefined)
}

test('T-01: a code that comes twice revokes all that it gave, also what was refreshed since then; the audit trail says why', async () => {
  for (const who of [client, spa]) {
    const redeem = await code(who)
    const { body: first } = await token(service, who, redeem)
    const { body: next } = await token(service, who, { grant_type: 'refresh_token', refresh_token: first.refresh_token })
    for (const text of [first.access_token, next.access_token]) assert.equal((await introspect(service, client, text)).active, true)
    refused(await token(service, who, redeem), 'invalid_grant', 'again')
    for (const text of [first.access_token, next.access_token, first.refresh_token, next.refresh_token]) assert.deepEqual(await introspect(service, client, text), { active: false })
    assert.equal((await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${next.access_token}` } })).status, 401)
    refused(await token(service, who, { grant_type: 'refresh_token', refresh_token: next.refresh_token }), 'invalid_grant', 'refresh')
    assert.equal(await database.sql(`SELECT count(*) FROM events e JOIN clients c ON c.id = e.client WHERE e.kind = 'code.reused' AND e.reason = 'code_reuse' AND c.client_id = '${who.client_id}'
      AND e.user_id = '${claims(first.id_token).sub}' AND e.session_id = '${claims(first.id_token).sid}'`), '1')
    refused(await token(service, who, redeem), 'invalid_grant', 'a third time')
  }
})

test('T-01: a replay in the midst of refreshes and redemptions leaves nothing alive', async () => {
  for (let round = 0; round < 5; round++) {
    const redeem = await code()
    const { body: first } = await token(service, client, redeem)
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => i % 3 === 1 ? token(service, client, redeem) : token(service, client, { grant_type: 'refresh_token', refresh_token: first.refresh_token })))
    for (const answer of answers) if (answer.status !== 200) refused(answer, 'invalid_grant', 'replayed or late')
    for (const tokens of [first, ...answers.map((answer) => answer.body)].filter((body) => body.access_token)) {
      assert.deepEqual(await introspect(service, client, tokens.access_token), { active: false })
      refused(await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }), 'invalid_grant', 'refresh')
    }
  }
})

test('T-03: another client, redirect URI or verifier, or one that is missing: one answer for all, and the code is burnt', async () => {
  const other = await database.client(webClient())
  const variants = [[other, {}], [spa, {}], [client, { redirect_uri: 'https://app.example/other' }], [client, { redirect_uri: 'https://app.example/cb/' }], [client, { redirect_uri: 'https://app.example/CB' }], [client, { redirect_uri: undefined }],
    [client, { redirect_uri: '' }], [client, { code_verifier: pkce().verifier }], [client, { code_verifier: undefined }], [client, { code_verifier: '' }], [client, { code_verifier: 'x' }]]
  const bodies = []
  for (const [who, change] of variants) {
    const redeem = await code()
    const wrong = Object.fromEntries(Object.entries({ ...redeem, ...change }).filter(([, value]) => value !== undefined))
    const answer = await token(service, who, wrong)
    refused(answer, 'invalid_grant', JSON.stringify(change))
    bodies.push(answer.body)
    refused(await token(service, client, redeem), 'invalid_grant', `burnt by ${JSON.stringify(change)}`)
  }
  for (const body of bodies) assert.deepEqual(body, bodies[0])
})

test('T-03: a code that is cut, changed, glued or somebody\'s imagination is refused alike, and burns nothing', async () => {
  const redeem = await code()
  const text = redeem.code
  const flip = (at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  const { body: tokens } = await token(service, client, await code())
  for (const wrong of ['x', 'lk_ac_', text.slice(0, -1), text.slice(1), `${text}A`, `${text}=`, text.toUpperCase(), text.replace('lk_ac_', ''), text.replace('lk_ac_', 'lk_rt_'), `${text}${text}`, flip(6), flip(20), flip(text.length - 1), tokens.refresh_token, tokens.access_token, tokens.id_token,
    `${text} `, ` ${text}`, 'lk_ac_'.padEnd(60000, 'A')])
    refused(await token(service, client, { ...redeem, code: wrong }), 'invalid_grant', wrong.slice(0, 40))
  assert.equal((await token(service, client, redeem)).status, 200)
})

test('T-04: a code is good for a minute by the database\'s clock', async () => {
  for (const [seconds, status] of [[40, 200], [61, 400]]) {
    const redeem = await code()
    const later = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: String(seconds), LATCHKEY_TEST_CLOCK_SHIFT: '-3600' } })
    try { assert.equal((await token({ ...later, issuer: `http://localhost:${later.port}` }, client, redeem)).status, status, `${seconds} s`) }
    finally { await later.stop() }
    // It is not good again on a node whose clock is right.
    refused(await token(service, client, redeem), 'invalid_grant', 'once more')
  }
})

test('T-05: POST only, form only, credentials in the body only; who tries otherwise is logged', async () => {
  for (const where of ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke']) {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(service.url(where), { method, headers: { authorization: basic(client) } })
      assert.equal(answer.status, 405, `${method} ${where}`)
      assert.match(answer.headers.get('allow'), /\bPOST\b/)
      assert.doesNotMatch(answer.headers.get('allow'), /GET|PUT|PATCH|DELETE/)
    }
    const form = 'grant_type=client_credentials&token=x'
    for (const [type, body] of [['application/json', '{"grant_type":"client_credentials","token":"x"}'], ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nclient_credentials\r\n--x--\r\n'], ['text/plain', form], ['application/x-www-form-urlencoded2', form],
      ['application/x-www-form', form], ['x-www-form-urlencoded', form], ['application/xml', form], ['*/*', form], ['application/json, application/x-www-form-urlencoded', form], ['application/x-www-form-urlencoded, application/json', form], ['', form]]) {
      const answer = await fetch(service.url(where), { method: 'POST', body: Buffer.from(body), headers: { ...(type ? { 'content-type': type } : {}), authorization: basic(client) } })
      assert.ok([400, 415].includes(answer.status), `${where} ${type}: ${answer.status}`)
      assert.equal((await answer.json()).error, 'invalid_request')
    }
    const typed = await fetch(service.url(where), { method: 'POST', body: form, headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8', authorization: basic(client) } })
    assert.equal(typed.status, 200, where)
    for (const name of ['client_secret', 'client_assertion', 'code', 'code_verifier', 'refresh_token', 'access_token', 'token', 'password', 'client%5Fsecret']) {
      const answer = await post(service, `${where}?${name}=hush-hush`, { grant_type: 'client_credentials', token: 'x' }, { client })
      refused(answer, 'invalid_request', `${where}?${name}`)
      assert.ok(!JSON.stringify(answer.body).includes('hush-hush'))
    }
    await until('the alarm', async () => new RegExp(`"credentials in a query","parameter":"client_secret","path":"${where}"`).test(service.log))
  }
  assert.ok(!service.log.includes('hush-hush'), 'not in the log')
  const twice = await raw(service.port, `POST /oauth2/token HTTP/1.1\r\nHost: localhost:${service.port}\r\nContent-Type: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: ${basic(client)}\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials`)
  assert.match(twice.answer, /^HTTP\/1\.1 400 /)
})

test('T-06: grants that do not exist, grants of others, grants that were taken away', async () => {
  for (const type of ['password', 'implicit', 'token', 'authorization_code ', ' authorization_code', 'AUTHORIZATION_CODE', 'Client_Credentials', 'client_credentials,refresh_token', 'client_credentials refresh_token', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:saml2-bearer', 'x'.repeat(60000), '\u00e4'])
    refused(await token(service, client, { grant_type: type, username: 'alice', password }), 'unsupported_grant_type', type.slice(0, 60))
  for (const type of [undefined, '']) refused(await token(service, client, type === undefined ? { scope: 'openid' } : { grant_type: type }), 'invalid_request', 'no grant type')
  refused(await post(service, '/oauth2/token', new URLSearchParams([['grant_type', 'client_credentials'], ['grant_type', 'password']]), { client }), 'invalid_request', 'two grant types')
  refused(await token(service, machine, { ...await code(), code_verifier: pkce().verifier }), 'unauthorized_client', 'code')
  refused(await token(service, machine, { grant_type: 'refresh_token', refresh_token: 'lk_rt_x' }), 'unauthorized_client', 'refresh')
  refused(await token(service, spa, { grant_type: 'client_credentials' }), 'unauthorized_client', 'a client without a secret')
  const once = await database.client(webClient({ grant_types: ['authorization_code'] }))
  const { body } = await token(service, once, await code(once))
  assert.equal(body.refresh_token, undefined)

  const narrowed = await database.client(webClient())
  const { body: given } = await token(service, narrowed, await code(narrowed))
  const unused = await code(narrowed)
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{grant_types}', '["client_credentials"]') WHERE client_id = '${narrowed.client_id}'`)
  await until('the change', async () => (await token(service, narrowed, { grant_type: 'refresh_token', refresh_token: given.refresh_token })).body.error === 'unauthorized_client')
  refused(await token(service, narrowed, unused), 'unauthorized_client', 'the code grant was taken away')
})

test('T-06: a client without a secret has no client credentials, whatever the database says', async () => {
  const open = await database.client(publicClient())
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{grant_types}', '["authorization_code", "client_credentials"]') WHERE client_id = '${open.client_id}'`)
  await until('the change', async () => (await token(service, open, { grant_type: 'refresh_token', refresh_token: 'x' })).body.error === 'unauthorized_client')
  refused(await token(service, open, { grant_type: 'client_credentials' }), 'unauthorized_client', 'public')
})

test('T-07: a client\'s own token is nobody\'s: no person\'s scope, no refresh token, no userinfo', async () => {
  for (const scope of ['openid', 'offline_access', 'openid offline_access', 'orders:read openid', 'profile', 'email', 'phone', 'openid profile'])
    refused(await token(service, machine, { grant_type: 'client_credentials', scope }), 'invalid_scope', scope)
  for (const scope of ['orders:write', 'orders:read orders:write', 'orders:read  orders:read', ' orders:read', 'orders:read ', 'orders:\u00e4', '"', '\\', 'x'.repeat(5000)])
    refused(await token(service, machine, { grant_type: 'client_credentials', scope }), 'invalid_scope', scope.slice(0, 30))
  for (const parameters of [{}, { scope: '' }, { scope: 'orders:read' }, { scope: 'orders:read orders:read' }]) {
    const { status, body } = await token(service, machine, { grant_type: 'client_credentials', ...parameters })
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type'])
    assert.equal(body.scope, 'orders:read')
    assert.equal(claims(body.access_token).sub, `client:${machine.client_id}`)
    for (const name of ['grant', 'sid', 'auth_time', 'acr', 'amr']) assert.equal(claims(body.access_token)[name], undefined)
    assert.equal((await introspect(service, machine, body.access_token)).username, undefined)
    for (const init of [{ headers: { authorization: `Bearer ${body.access_token}` } }, { method: 'POST', headers: { authorization: `Bearer ${body.access_token}` } }]) {
      const userinfo = await fetch(service.url('/oauth2/userinfo'), init)
      assert.equal(userinfo.status, 401)
      assert.match(userinfo.headers.get('www-authenticate'), /error="invalid_token"/)
    }
    refused(await token(service, client, { grant_type: 'refresh_token', refresh_token: body.access_token }), 'invalid_grant', 'refreshing with it')
  }
})

test('T-07: a client that is called like a person\'s sub is still no person', async () => {
  const { tokens } = await signIn(service, client)
  const sub = claims(tokens.id_token).sub
  const sid = claims(tokens.id_token).sid
  for (const client_id of [sub, sid, `client:${sub}`, 'alice', 'alice@example.org', `client:${machine.client_id}`, claims(tokens.access_token).grant]) {
    const impostor = await database.client({ client_id, client_name: 'Impostor', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read openid profile' })
    const { body } = await token(service, impostor, { grant_type: 'client_credentials' })
    assert.equal(claims(body.access_token).sub, `client:${client_id}`)
    assert.notEqual(claims(body.access_token).sub, sub)
    assert.equal((await introspect(service, client, body.access_token)).sub, `client:${client_id}`)
    assert.equal((await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${body.access_token}` } })).status, 401, client_id)
    const hinted = await fetch(service.url(`/oauth2/authorize?${authorizeQuery(client, { prompt: 'none', id_token_hint: body.access_token, code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`), { redirect: 'manual' })
    assert.match(hinted.headers.get('location'), /error=invalid_request/)
  }
  assert.equal(await database.sql("SELECT count(*) FROM users WHERE id::text LIKE 'client:%'"), '0')
})

test('P-01 and P-03: without a challenge, with plain, without a method, with another spelling: told by redirect', async () => {
  const { verifier, challenge } = pkce()
  for (const who of [client, spa]) {
    for (const change of [{}, { code_challenge: challenge }, { code_challenge: challenge, code_challenge_method: 'plain' }, { code_challenge: verifier, code_challenge_method: 'plain' }, { code_challenge: challenge, code_challenge_method: 's256' }, { code_challenge: challenge, code_challenge_method: 'S256 ' },
      { code_challenge: challenge, code_challenge_method: 'S512' }, { code_challenge: challenge, code_challenge_method: '' }, { code_challenge_method: 'S256' }, { code_challenge: '', code_challenge_method: 'S256' }]) {
      const answer = await fetch(service.url(`/oauth2/authorize?${authorizeQuery(who, change)}`), { redirect: 'manual' })
      const url = new URL(answer.headers.get('location'))
      assert.equal(url.searchParams.get('error'), 'invalid_request', JSON.stringify(change))
      assert.equal(url.searchParams.get('code'), null)
      assert.ok(!url.href.includes(challenge), 'P-05: a challenge is not echoed')
    }
  }
  const open = await database.client(publicClient()).then(() => database.client(publicClient({ require_pkce: false })).then(() => undefined, (error) => error))
  assert.match(open.stderr, /require_pkce false does not go with token_endpoint_auth_method none/)
  const free = await database.client(webClient({ require_pkce: false }))
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{token_endpoint_auth_method}', '"none"') WHERE client_id = '${free.client_id}'`)
  await until('the change', async () => /error=invalid_request/.test((await fetch(service.url(`/oauth2/authorize?${authorizeQuery(free, { prompt: 'none' })}`), { redirect: 'manual' })).headers.get('location')))
})

test('P-02: a verifier if and only if there was a challenge, also for a client that may go without', async () => {
  const free = await database.client(webClient({ require_pkce: false }))
  const without = async () => { const { code_verifier: none, ...redeem } = await code(free, { code_challenge: undefined, code_challenge_method: undefined }); return redeem }
  assert.equal((await token(service, free, await without())).status, 200)
  for (const verifier of [pkce().verifier, 'x', 'a'.repeat(43)]) {
    const redeem = await without()
    refused(await token(service, free, { ...redeem, code_verifier: verifier }), 'invalid_grant', 'a verifier out of nowhere')
    assert.equal(await lastEvent('code.refused'), 'verifier_without_challenge')
    refused(await token(service, free, redeem), 'invalid_grant', 'burnt')
  }
  const { code_verifier: taken, ...redeem } = await code(free)
  refused(await token(service, free, redeem), 'invalid_grant', 'a challenge without its verifier')
  assert.equal(await lastEvent('code.refused'), 'verifier_missing')
  refused(await token(service, free, { ...redeem, code_verifier: taken }), 'invalid_grant', 'burnt')
  const swapped = await code(free)
  refused(await token(service, free, { ...swapped, code_verifier: challengeOf(swapped.code_verifier) }), 'invalid_grant', 'the challenge in place of the verifier')
})

test('P-04: verifiers of 43 to 128 unreserved characters, challenges of exactly 43 of base64url', async () => {
  for (const verifier of ['a'.repeat(43), 'b'.repeat(128), 'A9-._~'.padEnd(43, '~'), '-'.repeat(64)]) assert.equal((await token(service, client, await code(client, { verifier }))).status, 200, verifier)
  // The challenge is the right one for each of these: only their form is wrong.
  for (const verifier of ['a'.repeat(42), 'b'.repeat(129), 'a'.repeat(1), 'a'.repeat(10000), 'a'.repeat(42) + '=', 'a'.repeat(42) + '+', 'a'.repeat(42) + '/', 'a'.repeat(42) + ' ', ' ' + 'a'.repeat(43), 'a'.repeat(42) + '%', 'a'.repeat(42) + '\u00e4', 'a'.repeat(43) + '\n']) {
    const redeem = await code(client, { verifier })
    refused(await token(service, client, redeem), 'invalid_grant', JSON.stringify(verifier.slice(0, 50)))
    assert.equal(await lastEvent('code.refused'), 'verifier_wrong')
  }
  for (const end of ['%00', '%7f', '%ff', '%c0%80', '%zz', '%', '\u0000']) {
    const redeem = await code()
    const answer = await fetch(service.url('/oauth2/token'), { method: 'POST', body: `${new URLSearchParams({ ...redeem, code_verifier: '' })}${redeem.code_verifier}${end}`, headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(client) } })
    assert.equal(answer.status, 400, end)
    assert.equal((await answer.json()).error, 'invalid_request')
    assert.equal((await token(service, client, redeem)).status, 200, 'what cannot be read burns nothing')
  }
  const { challenge } = pkce()
  for (const wrong of [challenge.slice(1), `${challenge}A`, `${challenge}=`, `${challenge.slice(0, 42)}=`, `${challenge.slice(0, 42)}+`, `${challenge.slice(0, 42)}/`, `${challenge.slice(0, 42)} `, `${challenge.slice(0, 42)}\u00e4`, `${challenge.slice(0, 42)}.`, 'a'.repeat(64), '-', 'x'.repeat(4000)]) {
    const answer = await fetch(service.url(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: wrong, code_challenge_method: 'S256' })}`), { redirect: 'manual' })
    assert.equal(new URL(answer.headers.get('location')).searchParams.get('error'), 'invalid_request', wrong.slice(0, 60))
  }
})

test('P-05: the challenge is in nothing that is answered, sealed or stored', async () => {
  const { verifier, challenge } = pkce()
  const seen = []
  const spy = new Browser(service)
  const original = spy.fetch.bind(spy)
  spy.fetch = async (...args) => {
    const answer = await original(...args)
    const text = await answer.text()
    seen.push(text, ...[...answer.headers].map(([name, value]) => `${name}: ${value}`), ...answer.headers.getSetCookie())
    return new Response(answer.status === 303 ? null : text, { status: answer.status, headers: answer.headers })
  }
  const flow = { browser: spy, service: spy.service, cookies: spy.cookies }
  const ended = await authorize(Object.assign(spy, flow), authorizeQuery(client, { scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' }))
  const answer = await token(service, client, { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier })
  assert.equal(answer.status, 200)
  seen.push(JSON.stringify(answer.body), JSON.stringify(await introspect(service, client, answer.body.access_token)), service.log)
  for (const text of ['access_token', 'id_token'].map((name) => answer.body[name])) seen.push(JSON.stringify(claims(text)))
  assert.ok(seen.length > 20)
  const digest = Buffer.from(challenge, 'base64url')
  for (const needle of [challenge, verifier, digest.toString('hex'), digest.toString('base64')]) assert.ok(seen.every((text) => !text.includes(needle)), needle)
})

test('two clients in one request, a scheme twice, Basic for one and a body for another: refused', async () => {
  const other = await database.client(webClient())
  refused(await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: other.client_id }, { client }), 'invalid_request', 'another client_id in the body')
  assert.equal((await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: client.client_id }, { client })).status, 200, 'the same one is fine')
  refused(await post(service, '/oauth2/token', { grant_type: 'client_credentials', client_id: other.client_id, client_secret: other.client_secret }, { client }), 'invalid_request', 'two clients')
  refused(await post(service, '/oauth2/introspect', { token: 'x', client_id: other.client_id }, { client }), 'invalid_request', 'introspection')
  refused(await post(service, '/oauth2/revoke', { token: 'x', client_id: other.client_id }, { client }), 'invalid_request', 'revocation')
  const body = 'grant_type=client_credentials'
  for (const [first, second] of [[client, client], [client, other], [{ client_id: 'nobody', client_secret: 'x' }, client]]) {
    const { answer } = await raw(service.port, `POST /oauth2/token HTTP/1.1\r\nHost: localhost:${service.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: ${basic(first)}\r\nAuthorization: ${basic(second)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    assert.match(answer, /^HTTP\/1\.1 400 /)
    assert.doesNotMatch(answer, /access_token/)
  }
})

test('an access token, a session, a secret without a name authenticate no client', async () => {
  const { tokens, browser: signedIn } = await signIn(service, client, { scope: 'openid offline_access' })
  const cookie = `__Host-lk-main=${signedIn.cookies.get('__Host-lk-main')}`
  const nameless = `Basic ${Buffer.from(`:${client.client_secret}`).toString('base64')}`
  for (const headers of [{ authorization: `Bearer ${tokens.access_token}` }, { authorization: nameless }, { cookie }, {}]) {
    for (const [where, parameters] of [['/oauth2/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }], ['/oauth2/introspect', { token: tokens.access_token }], ['/oauth2/revoke', { token: tokens.access_token }]]) {
      refused(await post(service, where, parameters, { headers }), 'invalid_client', `${where} ${Object.keys(headers)}`)
      refused(await post(service, where, { ...parameters, client_id: client.client_id }, { headers }), 'invalid_client', `${where} ${Object.keys(headers)} with client_id`)
    }
  }
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
  assert.equal((await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status, 200)
})

test('a code of a disabled client, and what a client was given before it is enabled again', async () => {
  const paused = await database.client(webClient())
  const { body: given } = await token(service, paused, await code(paused))
  const redeem = await code(paused)
  await database.latchkey(['client', 'disable', paused.client_id])
  await until('it to be felt', async () => (await token(service, paused, redeem)).status === 401)
  refused(await token(service, paused, redeem), 'invalid_client', 'disabled')
  refused(await token(service, client, redeem), 'invalid_grant', 'by another client')
  await database.latchkey(['client', 'enable', paused.client_id])
  await until('it to be felt', async () => (await token(service, paused, { grant_type: 'client_credentials' })).status === 200)
  refused(await token(service, paused, { grant_type: 'refresh_token', refresh_token: given.refresh_token }), 'invalid_grant', 'what it was given before')
  assert.deepEqual(await introspect(service, client, given.access_token), { active: false })
  assert.equal((await token(service, paused, await code(paused))).status, 200)
})

test('two tabs: both sign-ins are good, each with its own verifier; crossed ones burn', async () => {
  const tab = new Browser(service)
  const { tokens } = await signIn(service, client, { browser: tab, scope: 'openid offline_access' })
  const [one, two] = [await code(client), await code(client)]
  refused(await token(service, client, { ...one, code_verifier: two.code_verifier }), 'invalid_grant', 'crossed')
  assert.equal((await token(service, client, two)).status, 200)
  refused(await token(service, client, one), 'invalid_grant', 'burnt')
  assert.equal((await introspect(service, client, tokens.access_token)).active, true, 'the other tab lives')
})

test('bytes that are no text, and parameters that are too long or too many, in every parameter of every endpoint: refused, never worse', async () => {
  const parameters = {
    '/oauth2/token': ['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'resource', 'nothing'],
    '/oauth2/introspect': ['token', 'token_type_hint', 'client_id', 'nothing'],
    '/oauth2/revoke': ['token', 'token_type_hint', 'client_id', 'nothing'],
    '/oauth2/end_session': ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'logout_hint', 'ui_locales', 'csrf', 'nothing'],
    '/oauth2/authorize': ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'id_token_hint', 'login_hint', 'claims', 'code_challenge', 'code_challenge_method', 'response_mode', 'nothing'],
  }
  const send = (where, body, type = 'application/x-www-form-urlencoded') => fetch(service.url(where), { method: 'POST', body, redirect: 'manual', headers: { 'content-type': type, authorization: basic(client) } })
  for (const [where, names] of Object.entries(parameters)) {
    for (const name of names) {
      for (const value of ['%00', 'a%00b', '%ff', '%c0%80', '%ed%a0%80', '%f4%90%80%80', '%', '%4', '%zz', '\u0000']) {
        assert.equal((await send(where, `${name}=${value}`)).status, 400, `${where} ${name}=${JSON.stringify(value)}`)
        assert.equal((await send(where, `${name}${value}=x`)).status, 400, `${where} ${name}${JSON.stringify(value)}=x`)
      }
      for (const length of [2049, 60000]) {
        const { status } = await send(where, `grant_type=refresh_token&${name}=${'x'.repeat(length)}`)
        assert.ok(status < 500 && status !== 414, `${where} ${name} of ${length}: ${status}`)
      }
      assert.equal((await send(where, `${name}=x&${name}=x`)).status === 200, false, `${where} ${name} twice`)
    }
    for (const body of ['a&'.repeat(30000), Array.from({ length: 101 }, (_, i) => `p${i}=x`).join('&'), `x=${'x'.repeat(65536)}`, '='.repeat(70000)]) {
      const { status } = await send(where, body)
      assert.ok([400, 413].includes(status), `${where} ${body.slice(0, 10)} ${body.length}: ${status}`)
    }
  }
  assert.doesNotMatch(service.log, /"status":5\d\d/)
})

test('tokens of a key that is gone are nothing; those of the others hold', async () => {
  const own = await Database.create()
  try {
    await own.realm()
    await own.user('alice', password)
    const theirs = await own.client(webClient())
    const node = await Service.start(own, { environment: { LATCHKEY_WORKERS: '1' } })
    try {
      const { tokens, browser: signedIn } = await signIn(node, theirs, { scope: 'openid offline_access' })
      assert.equal((await introspect(node, theirs, tokens.access_token)).active, true)
      await own.sql("UPDATE signing_keys SET state = 'revoked' WHERE algorithm = 'ES256' AND state = 'active'")
      await until('it to be felt', async () => (await introspect(node, theirs, tokens.access_token)).active === false)
      assert.equal((await fetch(node.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401)
      assert.equal((await introspect(node, theirs, tokens.refresh_token)).active, true, 'a refresh token hangs on no signing key')
      assert.equal((await signedIn.fetch(`/oauth2/end_session?${new URLSearchParams({ id_token_hint: tokens.id_token })}`)).status, 303, 'that key stands')
    } finally { await node.stop() }
  } finally { await own.drop() }
})
