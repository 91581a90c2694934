// What an application learns about a person: userinfo, single claims, introspection (OpenID Connect Core, RFC 6750, RFC 7662).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { Database, Service, until } from './service.mjs'
import { claims, header, introspect, post, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const scope = 'openid profile email address phone offline_access'
const person = {
  name: 'Alice Adams', given_name: 'Alice', family_name: 'Adams', middle_name: 'M', nickname: 'Al', profile: 'https://a.example/me', picture: 'https://a.example/p.png',
  website: 'https://a.example/', gender: 'female', birthdate: '0000-02-29', zoneinfo: 'Europe/Paris', locale: 'pt-BR', email: 'alice@a.example', email_verified: true,
  phone_number: '+1 (604) 555-1234;ext=5678', phone_number_verified: true,
  address: { formatted: '1 Way\r\nTown', street_address: '1 Way', locality: 'Town', region: 'North', postal_code: '1234 AB', country: 'NL' },
}
const names = {
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  email: ['email', 'email_verified'], address: ['address'], phone: ['phone_number', 'phone_number_verified'],
}
let database, service, client

const latchkey = (words, document) => database.latchkey(words, {}, document === undefined ? undefined : JSON.stringify(document))
const set = (document, login = 'alice') => latchkey(['user', 'set', login, '--file', '-'], document)
const refused = async (work) => (await assert.rejects(work, (error) => { refused.text = error.stderr; return error.code === 1 }), refused.text)
const userinfo = async (access, init = {}) => fetch(service.url('/oauth2/userinfo'), { ...init, headers: { ...(access ? { authorization: `Bearer ${access}` } : {}), ...init.headers } })
const inBody = (fields, headers = {}) => userinfo(undefined, { method: 'POST', body: new URLSearchParams(fields), headers })
const grantOf = (access) => claims(access).grant
// As the claims parameter of an authorization request leaves it.
const ask = (access, column, list) => database.sql(`UPDATE grants SET ${column} = '${list}' WHERE id = '${grantOf(access)}'`)

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  await database.user('bob', password)
  await set(person)
  client = await database.client(webClient({ scope }))
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

for (const [word, expected] of Object.entries(names)) {
  test(`OpenID Connect Core 5.4: scope ${word} opens exactly its claims`, async () => {
    const { tokens } = await signIn(service, client, { scope: `openid ${word}` })
    const answer = await userinfo(tokens.access_token)
    assert.equal(answer.headers.get('content-type'), 'application/json')
    const { sub, ...known } = await answer.json()
    assert.equal(sub, claims(tokens.id_token).sub)
    assert.deepEqual(Object.keys(known).sort(), [...expected].sort())
    for (const name of expected) if (name in person) assert.deepEqual(known[name], person[name], name)
    if (word === 'profile') assert.ok(known.preferred_username === 'alice' && Number.isInteger(known.updated_at))
  })
}

test('OpenID Connect Core 5.3.2: what is not known is left out', async () => {
  const { tokens } = await signIn(service, client, { scope, login: 'bob' })
  const known = await (await userinfo(tokens.access_token)).json()
  assert.deepEqual(Object.keys(known).sort(), ['email', 'email_verified', 'name', 'preferred_username', 'sub', 'updated_at'])
})

test('OpenID Connect Core 5.1: discovery names every claim that a scope opens', async () => {
  const metadata = await (await fetch(service.url('/.well-known/openid-configuration'))).json()
  for (const name of Object.values(names).flat()) assert.ok(metadata.claims_supported.includes(name), name)
  assert.equal(new Set(metadata.claims_supported).size, metadata.claims_supported.length)
  for (const word of ['address', 'phone']) assert.ok(metadata.scopes_supported.includes(word))
  assert.deepEqual(metadata.userinfo_signing_alg_values_supported, metadata.id_token_signing_alg_values_supported)
})

test('OpenID Connect Core 5.3.1: GET and POST with the header', async () => {
  const { tokens } = await signIn(service, client)
  assert.equal((await userinfo(tokens.access_token)).status, 200)
  assert.equal((await userinfo(tokens.access_token, { method: 'POST' })).status, 200)
})

test('I-05: a token in the URL or the body is not looked at', async () => {
  const { tokens } = await signIn(service, client)
  assert.equal((await fetch(service.url(`/oauth2/userinfo?access_token=${tokens.access_token}`))).status, 401)
  const answer = await inBody({ access_token: tokens.access_token })
  assert.equal(answer.status, 401)
  assert.doesNotMatch(answer.headers.get('www-authenticate'), /error/)
  const both = await inBody({ access_token: 'x' }, { authorization: `Bearer ${tokens.access_token}` })
  assert.equal(both.status, 200, 'a body that is not looked at does not matter')
})

test('RFC 6750 2.2: a token in the body, where the realm allows it', async (t) => {
  await latchkey(['realm', 'set', 'userinfo_token_in_body', 'true'])
  t.after(() => latchkey(['realm', 'set', 'userinfo_token_in_body', 'default']))
  // One whose workers have no older row of the realm.
  const allowing = await Service.start(database)
  t.after(() => allowing.stop())
  const { tokens } = await signIn(allowing, client)
  const post = (body, headers = {}) => fetch(allowing.url('/oauth2/userinfo'), { method: 'POST', body, headers })
  const inBody = (fields, headers) => post(new URLSearchParams(fields), headers)
  assert.equal((await inBody({ access_token: tokens.access_token })).status, 200)
  const fails = async (answer, status, code) => {
    assert.equal((await answer).status, status)
    assert.match((await answer).headers.get('www-authenticate'), code)
  }
  await fails(inBody({ access_token: tokens.access_token }, { authorization: `Bearer ${tokens.access_token}` }), 400, /invalid_request/)
  await fails(inBody(`access_token=${tokens.access_token}&access_token=${tokens.access_token}`), 400, /invalid_request/)
  await fails(inBody({ access_token: 'x' }), 401, /invalid_token/)
  await fails(inBody({ other: 'x' }), 401, /^Bearer realm="[^"]*"$/)
  const typed = (type, body) => post(body, { 'content-type': type })
  await fails(typed('text/plain', `access_token=${tokens.access_token}`), 401, /^Bearer realm="[^"]*"$/)
  await fails(typed('multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="access_token"\r\n\r\n${tokens.access_token}\r\n--x--`), 401, /^Bearer realm="[^"]*"$/)
  await fails(fetch(allowing.url(`/oauth2/userinfo?access_token=${tokens.access_token}`), { method: 'POST' }), 401, /^Bearer realm="[^"]*"$/)
})

test('OpenID Connect Core 5.3.2: signed with the algorithm that the client registered, iss and aud in it', async () => {
  const metadata = await (await fetch(service.url('/.well-known/openid-configuration'))).json()
  const jwks = await (await fetch(metadata.jwks_uri)).json()
  for (const alg of metadata.userinfo_signing_alg_values_supported) {
    const signing = await database.client(webClient({ scope, userinfo_signed_response_alg: alg }))
    const { tokens } = await signIn(service, signing, { scope: 'openid email address' })
    const answer = await userinfo(tokens.access_token)
    assert.match(answer.headers.get('content-type'), /^application\/jwt$/)
    const { payload, protectedHeader } = await jwtVerify(await answer.clone().text(), createLocalJWKSet(jwks), { algorithms: [alg], issuer: service.issuer, audience: signing.client_id })
    assert.equal(protectedHeader.alg, alg)
    assert.deepEqual(payload, { sub: claims(tokens.id_token).sub, iss: service.issuer, aud: signing.client_id, email: person.email, email_verified: true, address: person.address })
    // A strict client reads it, too, and checks the signature.
    const read = await oauth.processUserInfoResponse(metadata, { client_id: signing.client_id, userinfo_signed_response_alg: alg }, payload.sub, answer)
    assert.equal(read.email, person.email)
    await oauth.validateApplicationLevelSignature(metadata, answer, { [oauth.allowInsecureRequests]: true })
  }
})

test('J-05: signed userinfo is no access token, no ID token and no hint', async () => {
  const signing = await database.client(webClient({ scope, userinfo_signed_response_alg: 'RS256' }))
  const { tokens, browser } = await signIn(service, signing)
  const text = await (await userinfo(tokens.access_token)).text()
  assert.equal(header(text).typ, undefined)
  assert.ok(!('exp' in claims(text)) && !('iat' in claims(text)))
  assert.equal((await userinfo(text)).status, 401)
  assert.deepEqual(await introspect(service, signing, text), { active: false })
  const signOut = (hint) => browser.fetch(`/oauth2/end_session?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://app.example/' })}`)
  assert.notEqual((await signOut(text)).headers.get('location'), 'https://app.example/')
  assert.equal((await userinfo(tokens.access_token)).status, 200, 'nobody was signed out')
  assert.match((await signOut(tokens.id_token)).headers.get('location') ?? '', /^https:\/\/app\.example\//)
})

test('OpenID Connect Core 5.5: claims asked for one by one come in userinfo, each once', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid email' })
  await ask(tokens.access_token, 'userinfo_claims', 'email phone_number nonsense zoneinfo')
  const known = await (await userinfo(tokens.access_token)).text()
  assert.deepEqual(Object.keys(JSON.parse(known)).sort(), ['email', 'email_verified', 'phone_number', 'sub', 'zoneinfo'])
  assert.equal(known.split('"email":').length, 2)
})

test('OpenID Connect Core 5.5: claims asked for the ID token have present values, after a refresh too', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  assert.equal(claims(tokens.id_token).email, undefined)
  await ask(tokens.access_token, 'id_token_claims', 'nickname address email_verified website')
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const first = claims(refreshed.body.id_token)
  assert.deepEqual([first.nickname, first.address, first.email_verified, first.website, first.email, first.name], ['Al', person.address, true, person.website, undefined, undefined])
  await set({ nickname: 'Ally', website: null })
  const again = await token(service, client, { grant_type: 'refresh_token', refresh_token: refreshed.body.refresh_token })
  assert.equal(claims(again.body.id_token).nickname, 'Ally')
  assert.ok(!('website' in claims(again.body.id_token)))
  assert.equal(claims(again.body.id_token).sub, first.sub)
  await set({ nickname: 'Al', website: person.website })
})

test('F-06: what a client is no longer registered for, a refresh and single claims no longer give', async () => {
  const narrowed = await database.client(webClient({ scope }))
  const { tokens } = await signIn(service, narrowed, { scope: 'openid email phone offline_access' })
  await ask(tokens.access_token, 'id_token_claims', 'email nickname')
  await ask(tokens.access_token, 'userinfo_claims', 'address nickname')
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{scope}', '"openid phone profile offline_access"') WHERE client_id = '${narrowed.client_id}'`)
  let refreshToken = tokens.refresh_token
  const body = await until('the change to be felt by every worker', async () => {
    const answer = await token(service, narrowed, { grant_type: 'refresh_token', refresh_token: refreshToken })
    refreshToken = answer.body.refresh_token
    return answer.body.scope.includes('email') ? undefined : answer.body
  })
  assert.equal(body.scope, 'openid phone offline_access')
  assert.deepEqual([claims(body.id_token).email, claims(body.id_token).nickname], [undefined, 'Al'])
  await until('userinfo to be narrower', async () => {
    const known = await (await userinfo(body.access_token)).json()
    return !('address' in known) && !('email' in known) && known.nickname === 'Al' && known.phone_number === person.phone_number
  })
})

test('RFC 7662 2.2: introspection tells the person, when and how they signed in', async () => {
  const { tokens: bare } = await signIn(service, client, { scope: 'openid offline_access' })
  // The login belongs to the profile.
  for (const text of [bare.access_token, bare.refresh_token]) assert.ok(!('username' in await introspect(service, client, text)))
  const { tokens } = await signIn(service, client, { scope: 'openid profile offline_access' })
  const id = claims(tokens.id_token)
  for (const text of [tokens.access_token, tokens.refresh_token]) {
    const answer = await introspect(service, client, text)
    assert.equal(answer.active, true)
    assert.deepEqual([answer.username, answer.sub, answer.auth_time, answer.acr, answer.amr, answer.client_id], ['alice', id.sub, id.auth_time, id.acr, id.amr, client.client_id])
  }
  const { body } = await post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { client })
  const own = await introspect(service, client, body.access_token)
  assert.equal(own.active, true)
  for (const name of ['username', 'auth_time', 'acr', 'amr', 'sid']) assert.ok(!(name in own), name)
})

test('user set: every problem at once, nothing written; user show says what is there', async () => {
  const before = await latchkey(['user', 'show', 'alice', '--json'])
  const text = await refused(set({ name: 'X', birthdate: '2001-02-30', locale: 'en_US', phone_number: '112', picture: 'javascript:alert(1)', email_verified: 'yes', role: 'admin', address: { country: 1 } }))
  for (const name of ['birthdate', 'locale', 'phone_number', 'picture', 'email_verified', 'role', 'address.country'])
    assert.match(text, new RegExp(`: ${name.replace('.', '\\.')} `), name)
  assert.doesNotMatch(text, /: name /)
  assert.deepEqual(await latchkey(['user', 'show', 'alice', '--json']), before)
  assert.deepEqual(before.address, person.address)
  assert.equal(before.status, 'active')
  assert.match(await refused(set({ email: 'BOB@example.org' })), /somebody else/)
  assert.match(await refused(set({ name: 'X' }, 'nobody')), /no such user/)
  assert.match(await refused(latchkey(['user', 'set', 'alice', '--file', '/nowhere'])), /nowhere/)
  assert.match(await latchkey(['user', 'show', 'alice']), /^email +alice@a\.example$/m)
})

test('docs/claims.md: the document of the page is taken as it stands', async () => {
  const page = readFileSync('docs/claims.md', 'utf8')
  const document = page.match(/<<'JSON'\n([^]*?)\nJSON/)[1]
  await database.latchkey(['user', 'set', 'bob', '--file', '-'], {}, document)
  const shown = await latchkey(['user', 'show', 'bob', '--json'])
  for (const [name, value] of Object.entries(JSON.parse(document))) assert.deepEqual(shown[name], value, name)
  for (const name of Object.values(names).flat()) assert.ok(page.includes(`\`${name}\``), name)
})

test('realm set: within bounds, told when not; realm show says what is in force', async () => {
  assert.match(await refused(latchkey(['realm', 'set', 'code_lifetime', '601'])), /5 to 600/)
  assert.match(await refused(latchkey(['realm', 'set', 'code_lifetimes', '60'])), /no setting of a realm; there are: .*code_lifetime/)
  assert.equal((await latchkey(['realm', 'show', '--json'])).code_lifetime, 60)
  await latchkey(['realm', 'set', 'code_lifetime', '30'])
  assert.equal((await latchkey(['realm', 'show', '--json'])).code_lifetime, 30)
  await latchkey(['realm', 'set', 'code_lifetime', 'default'])
  assert.match(await latchkey(['realm', 'show']), /^code_lifetime +60$/m)
  assert.equal(await database.sql("SELECT count(*) FROM events WHERE kind = 'realm.setting_changed' AND reason = 'code_lifetime'"), '2')
})
