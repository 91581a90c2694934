// OpenID Connect Core 1.0, sentence by sentence: single claims, the whole of the standard claims, accounts, signed userinfo, algorithms.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service } from './service.mjs'
import { authorize, authorizeQuery, claims, header, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const scopes = 'openid profile email address phone offline_access'
const acr = 'urn:latchkey:acr:1'
const address = { formatted: '1 Example Road\nLondon', street_address: '1 Example Road', locality: 'London', region: 'Greater London', postal_code: 'N1 1AA', country: 'UK' }
const certified = (more = {}) => webClient({ scope: scopes, require_pkce: false, require_nonce: false, skip_consent: true, ...more })
let database, service, client, alice, bob, aliceSub, bobSub, keys

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.realm('form')
  await database.sql(`UPDATE realms SET settings = '{"userinfo_token_in_body": true}' WHERE name = 'form'`)
  for (const realm of [undefined, 'form']) await database.user('alice', password, realm)
  await database.user('bob', password)
  await database.sql(`UPDATE users SET given_name = 'Alice', family_name = 'Example', middle_name = 'Zo\u00eb', nickname = 'Al', profile = 'https://people.example/alice', picture = 'https://people.example/alice.png',
    website = 'https://alice.example/', gender = 'female', birthdate = '0000-03-22', zoneinfo = 'Europe/London', locale = 'en-GB', phone_number = '+44 20 7946 0000', phone_number_verified = true,
    email_verified = true, address = '${JSON.stringify(address)}' WHERE login = 'alice'`)
  client = await database.client(certified())
  service = await Service.start(database)
  const first = await signIn(service, client), second = await signIn(service, client, { login: 'bob' })
  alice = first.browser
  bob = second.browser
  aliceSub = claims(first.tokens.id_token).sub
  bobSub = claims(second.tokens.id_token).sub
  keys = jose.createRemoteJWKSet(new URL(service.url('/oauth2/jwks')))
})
after(async () => { await service?.stop(); await database?.drop() })

// What is an object is sent as JSON.
const written = (more) => Object.fromEntries(Object.entries(more).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]))
async function answered(browser, more = {}, who = client) {
  const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(who, written(more))}`)
  const location = answer.headers.get('location')
  if (answer.status !== 303 || !location.startsWith('https://app.example/')) return { page: location ?? await answer.text(), status: answer.status }
  return Object.fromEntries(new URL(location).searchParams)
}
const redeem = (code, who = client) => token(service, who, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb' })
async function tokens(browser, more = {}, who = client) {
  const { code, ...rest } = await answered(browser, more, who)
  assert.ok(code, JSON.stringify(rest).slice(0, 300))
  const { status, body } = await redeem(code, who)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const userinfo = (access, init = {}) => fetch(service.url('/oauth2/userinfo'), { ...init, headers: { authorization: `Bearer ${access}`, ...init.headers } })
const person = async (body) => (await userinfo(body.access_token)).json()

/* Authentication request: 3.1.2.1, 3.1.2.2, 3.1.2.6 */

test('OpenID Connect Core 3.1.2.1: prompt=select_account shows who is signed in, and goes on as them when they say so', async () => {
  const { page } = await answered(alice, { prompt: 'select_account' })
  assert.match(page, /\/select-account\?flow=/)
  const html = await (await alice.fetch(page)).text()
  assert.match(html, /alice/)
  for (const value of ['continue', 'other']) assert.match(html, new RegExp(`name="decision" value="${value}"`))
  let answer = await alice.submit(html, { decision: 'continue' })
  assert.equal(answer.status, 303)
  if (!answer.headers.get('location').startsWith('https://app.example/')) answer = await alice.fetch(answer.headers.get('location'))
  const code = new URL(answer.headers.get('location')).searchParams.get('code')
  assert.equal(claims((await redeem(code)).body.id_token).sub, aliceSub)
})

test('OpenID Connect Core 3.1.2.1: prompt=select_account and somebody else: the sign-in page, and the code is of who signed in', async () => {
  const { browser } = await signIn(service, client)
  let answer = await browser.submit(await (await browser.fetch((await answered(browser, { prompt: 'select_account' })).page)).text(), { decision: 'other' })
  while (answer.status === 303 && !/\/login\?/.test(answer.headers.get('location'))) answer = await browser.fetch(answer.headers.get('location'))
  answer = await browser.submit(await browser.fetch(answer.headers.get('location')), { login: 'bob', password })
  while (answer.status === 303 && !answer.headers.get('location').startsWith('https://app.example/')) answer = await browser.fetch(answer.headers.get('location'))
  const code = new URL(answer.headers.get('location')).searchParams.get('code')
  assert.equal(claims((await redeem(code)).body.id_token).sub, bobSub)
})

test('OpenID Connect Core 3.1.2.2: parameters that are not recognized are ignored, also when they are repeated', async () => {
  const base = `/oauth2/authorize?${authorizeQuery(client, { prompt: 'none' })}`
  for (const more of ['foo=1&foo=2', 'resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example', 'resource=', 'x'.repeat(20) + '=1'])
    assert.match((await alice.fetch(`${base}&${more}`)).headers.get('location'), /[?&]code=/, more)
  for (const more of ['max_age=1&max_age=1', 'claims={}&claims={}', 'acr_values=a&acr_values=b', 'display=page&display=page'])
    assert.match((await alice.fetch(`${base}&${more}`)).headers.get('location'), /error=invalid_request/, more)
})

test('OpenID Connect Core 3.1.2.6: a response mode that is not supported is 400 without error parameters', async () => {
  for (const response_mode of ['banana', 'jwt', 'query ', 'QUERY']) {
    const answer = await alice.fetch(`/oauth2/authorize?${authorizeQuery(client, { response_mode })}`)
    assert.equal(answer.status, 400, response_mode)
    assert.equal(answer.headers.get('location'), null)
  }
})

test('OpenID Connect Core 7.2.1: registration is refused with its own error', async () => {
  const refused = await answered(alice, { registration: { logo_uri: 'https://app.example/logo.png' } })
  assert.equal(refused.error, 'registration_not_supported')
  assert.equal(refused.state, 'st-1')
})

/* Standard claims: 5.1, 5.4 */

test('OpenID Connect Core 5.1: every standard claim has the type of the table', async () => {
  const body = await tokens(alice, { scope: scopes })
  assert.deepEqual(body.scope.split(' ').sort(), scopes.split(' ').sort())
  const { updated_at: updated, ...rest } = await person(body)
  assert.ok(Number.isInteger(updated))
  assert.deepEqual(rest, {
    sub: aliceSub, name: 'alice Example', given_name: 'Alice', family_name: 'Example', middle_name: 'Zo\u00eb', nickname: 'Al', preferred_username: 'alice', profile: 'https://people.example/alice',
    picture: 'https://people.example/alice.png', website: 'https://alice.example/', gender: 'female', birthdate: '0000-03-22', zoneinfo: 'Europe/London', locale: 'en-GB',
    email: 'alice@example.org', email_verified: true, phone_number: '+44 20 7946 0000', phone_number_verified: true, address,
  })
})

test('OpenID Connect Core 5.1.1: address is a JSON object of strings, and left out when there is none', async () => {
  const theirs = await person(await tokens(alice, { scope: 'openid address' }))
  assert.deepEqual(theirs, { sub: aliceSub, address })
  assert.deepEqual(await person(await tokens(bob, { scope: 'openid address phone' })), { sub: bobSub })
})

test('OpenID Connect Core 5.4: profile, email, address and phone open exactly the claims of the list', async () => {
  const lists = {
    profile: ['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
    email: ['email', 'email_verified'], address: ['address'], phone: ['phone_number', 'phone_number_verified'],
  }
  for (const [scope, names] of Object.entries(lists)) assert.deepEqual(Object.keys(await person(await tokens(alice, { scope: `openid ${scope}` }))).sort(), ['sub', ...names].sort(), scope)
})

/* The claims parameter: 5.5 */

test('OpenID Connect Core 5.5: single claims for userinfo come from there, besides those of the scopes', async () => {
  const body = await tokens(alice, { scope: 'openid email', claims: { userinfo: { given_name: { essential: true }, nickname: null, birthdate: { essential: false } } } })
  assert.deepEqual(await person(body), { sub: aliceSub, email: 'alice@example.org', email_verified: true, given_name: 'Alice', nickname: 'Al', birthdate: '0000-03-22' })
  for (const name of ['given_name', 'nickname', 'birthdate', 'email']) assert.ok(!(name in claims(body.id_token)), name)
})

test('OpenID Connect Core 5.5: single claims for the ID token are in it, besides its own, and in it after a refresh', async () => {
  const body = await tokens(alice, { scope: 'openid offline_access', claims: { id_token: { email: null, address: { essential: true }, auth_time: { essential: true } } } })
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: body.refresh_token })
  for (const id of [claims(body.id_token), claims(refreshed.body.id_token)]) {
    assert.equal(id.email, 'alice@example.org')
    assert.deepEqual(id.address, address)
    assert.ok(Number.isInteger(id.auth_time))
    assert.equal(id.given_name, undefined)
  }
  assert.deepEqual(await person(body), { sub: aliceSub })
})

test('OpenID Connect Core 5.5: userinfo keeps what was asked for after a refresh', async () => {
  const body = await tokens(alice, { scope: 'openid offline_access', claims: { userinfo: { nickname: null } } })
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: body.refresh_token })
  assert.deepEqual(await person(refreshed.body), { sub: aliceSub, nickname: 'Al' })
})

test('OpenID Connect Core 5.5: members and claims that are not understood are ignored, also with a language', async () => {
  const body = await tokens(alice, { claims: { id_token: { 'http://example.info/claims/groups': null, 'family_name#ja-Kana-JP': { essential: true }, nickname: { essential: true, shade: 'blue' } }, userinfo: { eye_color: null, nickname: null }, other: { a: 1 } } })
  assert.equal(claims(body.id_token).nickname, 'Al')
  assert.equal(claims(body.id_token)['http://example.info/claims/groups'], undefined)
  assert.deepEqual(await person(body), { sub: aliceSub, nickname: 'Al' })
})

test('OpenID Connect Core 5.5: what is not a JSON object is invalid_request', async () => {
  for (const text of ['{', '[]', '"x"', '{"userinfo":{"email":null}', 'null', '{}x']) assert.equal((await answered(alice, { prompt: 'none', claims: text })).error, 'invalid_request', text)
})

test('OpenID Connect Core 5.5: a client gets no claim by name that its registered scope does not open, nor one that the person did not agree to', async () => {
  const narrow = await database.client(certified({ scope: 'openid email' }))
  const body = await tokens(alice, { claims: { userinfo: { email: null, birthdate: { essential: true } }, id_token: { phone_number: null } } }, narrow)
  assert.deepEqual(await person(body), { sub: aliceSub, email: 'alice@example.org' })
  assert.equal(claims(body.id_token).phone_number, undefined)

  const asking = await database.client(certified({ skip_consent: false }))
  await signIn(service, asking, { browser: alice, scope: 'openid' })
  const { code, error } = await answered(alice, { prompt: 'none', scope: 'openid', claims: { userinfo: { email: null }, id_token: { birthdate: null } } }, asking)
  if (code === undefined) assert.equal(error, 'consent_required')
  else {
    const quiet = (await redeem(code, asking)).body
    assert.deepEqual(await person(quiet), { sub: aliceSub })
    assert.equal(claims(quiet.id_token).birthdate, undefined)
  }
})

test('OpenID Connect Core 5.5.1: a claim that is asked for with a value is there when it has that value, and left out otherwise', async () => {
  const wish = (email, more = {}) => ({ email: { essential: true, ...email }, ...more })
  for (const [email, is] of [[{ value: 'alice@example.org' }, true], [{ value: 'nobody@else.example' }, false], [{ values: ['x', 'alice@example.org'] }, true], [{ values: ['x', 'y'] }, false],
    [{ value: 'alice@example.org', values: ['x'] }, false], [{ value: 7 }, false], [{ value: null }, true]]) {
    const body = await tokens(alice, { scope: 'openid offline_access', claims: { id_token: wish(email), userinfo: wish(email) } })
    const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: body.refresh_token })
    for (const told of [claims(body.id_token), claims(refreshed.body.id_token), await person(body)]) assert.equal(told.email, is ? 'alice@example.org' : undefined, JSON.stringify(email))
  }
  // Also beside the scope that opens it, and of every type.
  const { country, ...rest } = address
  const body = await tokens(alice, { scope: 'openid email', claims: { userinfo: { email: { value: 'x' }, email_verified: { value: true }, phone_number_verified: { value: false }, address: { value: { country, ...rest } } } } })
  assert.deepEqual(await person(body), { sub: aliceSub, email_verified: true, address })
})

test('OpenID Connect Core 5.5.1: a claim that has no value is no error, essential or not', async () => {
  const body = await tokens(bob, { claims: { userinfo: { birthdate: { essential: true }, address: { essential: true }, gender: { value: 'female' } }, id_token: { phone_number: { essential: true } } } })
  assert.deepEqual(await person(body), { sub: bobSub })
  assert.equal(claims(body.id_token).phone_number, undefined)
})

test('OpenID Connect Core 5.5.1: sub with a value for the ID token: a code for that person alone', async () => {
  const wanted = (value) => ({ claims: { id_token: { sub: { value } } } })
  assert.equal(claims((await tokens(alice, { prompt: 'none', ...wanted(aliceSub) })).id_token).sub, aliceSub)
  for (const value of [bobSub, aliceSub.toUpperCase(), 'nobody']) assert.equal((await answered(alice, { prompt: 'none', ...wanted(value) })).error, 'login_required', value)
  const other = await authorize(new Browser(service), authorizeQuery(client, written(wanted(aliceSub))), { login: 'bob' })
  assert.equal(other.parameters.error, 'login_required')
  const right = await authorize(new Browser(service), authorizeQuery(client, written(wanted(aliceSub))))
  assert.equal(claims((await redeem(right.parameters.code)).body.id_token).sub, aliceSub)
})

test('OpenID Connect Core 5.5.1.1: acr as an essential claim is one of the values, or the authentication fails', async () => {
  for (const request of [{ value: acr }, { values: ['urn:mace:incommon:iap:silver', acr] }])
    assert.equal(claims((await tokens(alice, { claims: { id_token: { acr: { essential: true, ...request } } } })).id_token).acr, acr)
  for (const request of [{ value: 'urn:mace:incommon:iap:silver' }, { values: ['urn:latchkey:acr:9', 'phr'] }]) {
    const refused = await answered(alice, { claims: { id_token: { acr: { essential: true, ...request } } } })
    assert.equal(refused.error, 'unmet_authentication_requirements', JSON.stringify(request))
    assert.equal(refused.state, 'st-1')
  }
})

test('OpenID Connect Core 5.5.1.1: acr as a voluntary claim that cannot be met is the acr of the session', async () => {
  for (const more of [{ claims: { id_token: { acr: { values: ['urn:mace:incommon:iap:silver'] } } } }, { claims: { id_token: { acr: null } } }, { acr_values: 'urn:mace:incommon:iap:silver phr' }])
    assert.equal(claims((await tokens(alice, more)).id_token).acr, acr)
})

/* Userinfo: 5.3 */

test('OpenID Connect Core 5.3.1: RFC 6750 2.2: a token in the form body of a POST where the realm allows it', async () => {
  const realm = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/form` })
  const { tokens: theirs } = await signIn(realm, await database.client(certified(), 'form'))
  const ask = (where, access, headers = {}) => fetch(`${where}/oauth2/userinfo`, { method: 'POST', body: new URLSearchParams({ access_token: access }), headers })
  const answer = await ask(realm.issuer, theirs.access_token)
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), { sub: claims(theirs.id_token).sub })
  const both = await ask(realm.issuer, theirs.access_token, { authorization: `Bearer ${theirs.access_token}` })
  assert.equal(both.status, 400)
  assert.match(both.headers.get('www-authenticate'), /error="invalid_request"/)
  assert.equal((await fetch(`${realm.issuer}/oauth2/userinfo?access_token=${theirs.access_token}`)).status, 401)
  assert.equal((await ask(service.issuer, (await tokens(alice)).access_token)).status, 401)
})

test('OpenID Connect Core 5.3.2: userinfo signed for a client that registered so: application/jwt with iss and aud', async () => {
  for (const alg of ['RS256', 'ES256']) {
    const signed = await database.client(certified({ userinfo_signed_response_alg: alg }))
    const body = await tokens(alice, { scope: 'openid email' }, signed)
    const answer = await userinfo(body.access_token)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/jwt$/i)
    const { payload } = await jose.jwtVerify(await answer.text(), keys, { issuer: service.issuer, audience: signed.client_id, algorithms: [alg] })
    assert.equal(payload.sub, claims(body.id_token).sub)
    assert.equal(payload.email, 'alice@example.org')
  }
})

/* Algorithms: 3.1.3.6, 3.1.3.7, 10.1 */

test('OpenID Connect Core 10.1: an ID token is signed with the algorithm that the client registered, at_hash by its hash', async () => {
  const hashes = { RS256: 'sha256', PS256: 'sha256', ES256: 'sha256', ES384: 'sha384', EdDSA: 'sha512' }
  for (const [alg, hash] of Object.entries(hashes)) {
    const theirs = await database.client(certified({ id_token_signed_response_alg: alg }))
    const body = await tokens(alice, {}, theirs)
    assert.equal(header(body.id_token).alg, alg)
    await jose.jwtVerify(body.id_token, keys, { issuer: service.issuer, audience: theirs.client_id, algorithms: [alg] })
    const digest = createHash(hash).update(body.access_token).digest()
    assert.equal(claims(body.id_token).at_hash, digest.subarray(0, digest.length / 2).toString('base64url'), alg)
    assert.ok((await answered(alice, { prompt: 'none', id_token_hint: body.id_token }, theirs)).code, `${alg}: as a hint`)
  }
})

/* Discovery 3: what comes with all this */

test('OpenID Connect Discovery 1.0 3: claims, acr, display and locales are announced as they are', async () => {
  const metadata = await (await fetch(service.url('/.well-known/openid-configuration'))).json()
  assert.equal(metadata.claims_parameter_supported, true)
  assert.deepEqual(metadata.acr_values_supported, [acr])
  assert.ok(metadata.scopes_supported.includes('address'))
  for (const name of ['address', 'phone_number_verified', 'middle_name', 'nickname', 'profile', 'website', 'gender', 'birthdate']) assert.ok(metadata.claims_supported.includes(name), name)
  assert.ok(metadata.display_values_supported.includes('page'))
  for (const name of ['ui_locales_supported', 'claims_locales_supported']) for (const tag of metadata[name] ?? ['en']) assert.match(tag, /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/)
  for (const name of ['id_token_signing_alg_values_supported', 'userinfo_signing_alg_values_supported'])
    for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) assert.ok(metadata[name].includes(alg), `${name}: ${alg}`)
})
