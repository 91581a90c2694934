// What is revoked, who may know, and who may not: rows I of the security catalogue. This file has a PostgreSQL of its own to stop.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Cluster } from './cluster.mjs'
import { Database, Service, until } from './service.mjs'
import { basic, claims, introspect, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let cluster, database, service, client, other, spa

before(async () => {
  cluster = await Cluster.start()
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  other = await database.client(webClient())
  spa = await database.client(publicClient())
  service = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
})
after(async () => { await service?.stop(); await cluster?.stop() })

const revoke = (who, text, more = {}) => post(service, '/oauth2/revoke', who.client_secret ? { token: text, ...more } : { token: text, client_id: who.client_id, ...more }, { client: who.client_secret ? who : undefined })
const refresh = (who, text) => token(service, who, { grant_type: 'refresh_token', refresh_token: text })
const userinfo = async (text) => (await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${text}` } })).status
// Body and status to the byte: nothing but what RFC 7662, 2.2, wants of what is not active.
async function isNothing(who, text, what) {
  const answer = await fetch(service.url('/oauth2/introspect'), { method: 'POST', body: new URLSearchParams({ token: text }), headers: { authorization: basic(who) } })
  assert.equal(answer.status, 200, what)
  assert.match(answer.headers.get('content-type'), /^application\/json/)
  assert.equal((await answer.text()).replaceAll(/\s/g, ''), '{"active":false}', what)
}

test('I-01: a token for somebody else\'s ears is {"active":false} and nothing else, to the byte; so is every other that is not good', async () => {
  // A key that the realm knows and we hold: signs what the service itself does not issue yet, a token for one API.
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true })
  const kid = await jose.calculateJwkThumbprint(await jose.exportJWK(publicKey))
  const der = Buffer.from((await jose.exportSPKI(publicKey)).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').toString('hex')
  await database.sql(`INSERT INTO signing_keys (realm_id, kid, algorithm, state, public_der, sealed_private, retired_at)
    SELECT id, '${kid}', 'ES256', 'retired', '\\x${der}', '\\x00', db_now() FROM realms`)
  const { tokens } = await signIn(service, client)
  const real = claims(tokens.access_token)
  const mint = (change = {}, head = {}) => new jose.SignJWT(Object.fromEntries(Object.entries({ ...real, jti: randomUUID(), ...change }).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...head }).sign(privateKey)
  await until('the key to be known', async () => (await introspect(service, client, await mint())).active)
  assert.equal((await introspect(service, other, await mint())).active, true, 'for the realm as a whole')
  for (const aud of [other.client_id, 'https://api.example']) assert.equal((await introspect(service, client, await mint({ aud }))).active, true, 'who it was issued to')
  assert.equal((await introspect(service, other, await mint({ aud: other.client_id }))).active, true, 'who it is meant for')
  for (const aud of [client.client_id, spa.client_id, 'https://api.example', `${service.issuer}/`, `${service.issuer}/realms/x`, service.issuer.slice(0, -1), other.client_id.toUpperCase(), `${other.client_id} `, '', ' '])
    await isNothing(other, await mint({ aud }), `meant for ${aud}`)
  for (const change of [{ iss: 'https://evil.example' }, { iss: `${service.issuer}/` }, { exp: real.iat - 1 }, { exp: undefined }, { exp: String(real.exp) }, { jti: undefined }, { jti: 'x' }, { sub: undefined }, { sub: 'alice' }, { sub: randomUUID() }, { client_id: undefined },
    { client_id: 'nobody' }, { client_id: other.client_id }, { grant: randomUUID() }, { grant: 'x' }, { sid: 'x' }, { aud: undefined }, { aud: 1 }, { scope: undefined }, { scope: ['openid'] }])
    await isNothing(client, await mint(change), JSON.stringify(change))
  for (const head of [{ typ: 'JWT' }, { typ: undefined }, { typ: 'application/jwt' }, { kid: 'x' }, { kid: undefined }]) await isNothing(client, await mint({}, head), JSON.stringify(head))
  const refreshing = (await signIn(service, client, { scope: 'openid offline_access' })).tokens
  await isNothing(other, refreshing.refresh_token, 'another client\'s refresh token')
  for (const text of [tokens.id_token, client.client_secret, 'x', 'lk_rt_x', 'a.b.c', '{"active":true}', 'x'.repeat(60000), `${tokens.access_token} `, ` ${tokens.access_token}`, tokens.access_token.slice(0, -1), `${tokens.access_token}.`]) await isNothing(client, text, text.slice(0, 30))
  for (const init of [{}, { client_id: spa.client_id }, { client_id: client.client_id }, { client_id: client.client_id, client_secret: 'wrong' }]) {
    const answer = await post(service, '/oauth2/introspect', { token: tokens.access_token, ...init })
    assert.equal(answer.status, 401, JSON.stringify(init))
    assert.equal(answer.body.active, undefined)
  }
  assert.equal((await introspect(service, client, (await token(service, client, { grant_type: 'client_credentials' })).body.access_token)).active, true, 'a client about itself')
  await database.sql(`UPDATE signing_keys SET state = 'revoked' WHERE kid = '${kid}'`)
  await until('the key to be gone', async () => !(await introspect(service, client, await mint())).active)
})

// What each flag does, and its undoing. The token, its grant (the family), the session, the person, the client, the realm.
const flags = [
  ['token', (t) => `INSERT INTO revoked_tokens (realm_id, id, expires_at) SELECT id, '${t.jti}', db_now() + interval '1 hour' FROM realms`, (t) => `DELETE FROM revoked_tokens WHERE id = '${t.jti}'`],
  ['family', (t) => `UPDATE grants SET revoked_at = db_now() WHERE id = '${t.grant}'`, (t) => `UPDATE grants SET revoked_at = NULL WHERE id = '${t.grant}'`],
  ['session', (t) => `UPDATE sessions SET ended_at = db_now() WHERE id = '${t.sid}'`, (t) => `UPDATE sessions SET ended_at = NULL WHERE id = '${t.sid}'`],
  ['person', (t) => `UPDATE users SET status = 'disabled' WHERE id = '${t.sub}'`, (t) => `UPDATE users SET status = 'active' WHERE id = '${t.sub}'`],
  ['client', (t) => `UPDATE clients SET status = 'disabled' WHERE client_id = '${t.client_id}'`, (t) => `UPDATE clients SET status = 'active' WHERE client_id = '${t.client_id}'`],
]

// The whole realm is the sixth flag. A disabled one is not there: its URLs are 404 to everybody, so nothing of it is active.
test('I-02: 2^6 combinations of what can be revoked: active only when none is', async () => {
  const bearer = await database.client(webClient())
  const { tokens } = await signIn(service, bearer)
  const t = claims(tokens.access_token)
  const set = (mask) => database.sql(flags.map(([, on, off], bit) => `${off(t)};${mask & (1 << bit) ? on(t) : ''}`).join(';'))
  const seen = new Map()
  const ask = async () => (await post(service, '/oauth2/introspect', { token: tokens.access_token }, { client }))
  for (let mask = 0; mask < 32; mask++) {
    await set(mask)
    const answer = await ask()
    seen.set(mask, [answer.status, answer.body.active])
    const status = await userinfo(tokens.access_token)
    assert.equal(status, mask === 0 ? 200 : 401, `userinfo of ${mask}`)
    if (mask !== 0) assert.deepEqual(answer.body, { active: false }, `${mask}`)
  }
  await database.sql("UPDATE realms SET status = 'disabled'")
  try {
    await until('the realm to be gone', async () => (await ask()).status === 404)
    for (let mask = 0; mask < 32; mask++) {
      await set(mask)
      const answer = await ask()
      seen.set(32 + mask, [answer.status, answer.body.active])
      assert.equal(await userinfo(tokens.access_token), 404)
    }
    for (const where of ['/oauth2/token', '/oauth2/revoke']) assert.equal((await post(service, where, { grant_type: 'client_credentials', token: tokens.access_token }, { client })).status, 404)
    assert.equal((await fetch(service.url('/oauth2/authorize'))).status, 404)
  } finally { await database.sql("UPDATE realms SET status = 'active'") }
  assert.equal(seen.size, 64)
  for (const [mask, [status, active]] of seen) {
    assert.equal(active === true, mask === 0, `${mask}`)
    assert.equal(status, mask < 32 ? 200 : 404, `${mask}`)
  }
  await set(0)
  await until('all of it to be well', async () => (await ask()).body.active === true)
  assert.equal(await userinfo(tokens.access_token), 200)
})

test('I-02: each not-before counts, whatever the others say: the person\'s epoch, the client\'s', async () => {
  const bearer = await database.client(webClient())
  const { tokens } = await signIn(service, bearer)
  const t = claims(tokens.access_token)
  const is = async (active, what) => {
    assert.equal((await introspect(service, client, tokens.access_token)).active, active, what)
    assert.equal(await userinfo(tokens.access_token), active ? 200 : 401, what)
    if (active) assert.equal((await introspect(service, bearer, tokens.refresh_token)).active, true, what)
    else await isNothing(bearer, tokens.refresh_token, what)
  }
  const epoch = (step) => `UPDATE users SET epoch = epoch + ${step} WHERE id = '${t.sub}'`
  const from = (moment) => `UPDATE clients SET grants_from = ${moment} WHERE client_id = '${bearer.client_id}'`
  await is(true, 'begin')
  for (const [what, on, off] of [['the person\'s', epoch(1), epoch(-1)], ['the client\'s', from('db_now()'), from("'-infinity'")], ['the person\'s, the client\'s long ago', `${from("db_now() - interval '1 day'")};${epoch(1)}`, epoch(-1)],
    ['the client\'s, the person\'s an older one', `${epoch(-1)};${from('db_now()')}`, `${epoch(1)};${from("'-infinity'")}`], ['both', `${epoch(1)};${from('db_now()')}`, `${epoch(-1)};${from("'-infinity'")}`]]) {
    await database.sql(on)
    await is(false, what)
    await database.sql(off)
    await is(true, `${what}, undone`)
  }
})

test('I-02: a client\'s own token is over when it is revoked or the client is disabled', async () => {
  const machine = await database.client({ client_name: 'Machine', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read' })
  const own = async () => (await token(service, machine, { grant_type: 'client_credentials' })).body.access_token
  const [one, two] = [await own(), await own()]
  assert.equal((await revoke(machine, one)).status, 200)
  await isNothing(client, one, 'revoked')
  assert.equal((await introspect(service, client, two)).active, true)
  await database.latchkey(['client', 'disable', machine.client_id])
  await isNothing(client, two, 'disabled')
})

test('I-03: while PostgreSQL is down nobody is told that something was revoked; afterwards it is there, and then it is not', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const { tokens: second, browser } = await signIn(service, client, { scope: 'openid offline_access' })
  const unavailable = (answer, what) => {
    assert.equal(answer.status, 503, what)
    assert.equal(answer.body.error, 'temporarily_unavailable', what)
    assert.ok(answer.headers.get('retry-after'), what)
  }
  await cluster.stopServer()
  try {
    // Also while the client is still remembered, and when it no longer is.
    for (let i = 0; i < 6; i++)
      for (const text of [tokens.access_token, second.refresh_token]) {
        unavailable(await revoke(client, text), 'revoke')
        unavailable(await post(service, '/oauth2/introspect', { token: text }, { client }), 'introspect')
      }
    unavailable(await refresh(client, second.refresh_token), 'refresh')
    const signOut = await browser.fetch(`/oauth2/end_session?id_token_hint=${second.id_token}`)
    assert.equal(signOut.status, 503, 'O-04: nobody is told that he has signed out')
    assert.deepEqual(signOut.headers.getSetCookie(), [])
    assert.ok(signOut.headers.get('retry-after'))
    assert.equal(await userinfo(tokens.access_token), 503)
  } finally { await cluster.startServer() }
  await until('the database', async () => (await fetch(`http://127.0.0.1:${service.operationsPort}/health/ready`)).status === 200)
  await until('every breaker to close', async () => (await service.metrics()).latchkey_database_breakers_open === 0)
  for (const text of [tokens.access_token, second.refresh_token]) {
    assert.equal((await introspect(service, client, text)).active, true)
    await until('the retry', async () => (await revoke(client, text)).status === 200)
    await isNothing(client, text, 'revoked')
  }
  await isNothing(client, second.access_token, 'the grant of the refresh token')
  assert.equal((await introspect(service, client, tokens.refresh_token)).active, true, 'one access token only')
})

test('I-03: what was answered 200 is revoked also after the service was killed', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const node = await Service.start(database, { issuer: service.issuer })
  const at = Object.assign(Object.create(Object.getPrototypeOf(node)), node, { issuer: `http://localhost:${node.port}` })
  assert.equal((await post(at, '/oauth2/revoke', { token: tokens.refresh_token }, { client })).status, 200)
  await node.stop('SIGKILL')
  await isNothing(client, tokens.refresh_token, 'revoked')
  assert.equal((await refresh(client, tokens.refresh_token)).body.error, 'invalid_grant')
})

test('I-04: the token of another client: 200, no effect, and the trail says who tried; also for spent ones and by public clients', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const trail = (who) => database.sql(`SELECT count(*) FROM events e JOIN clients c ON c.id = e.client WHERE e.kind = 'token.revocation_refused' AND e.reason = 'token_of_other_client'
    AND c.client_id = '${who.client_id}' AND e.user_id = '${claims(tokens.id_token).sub}' AND e.session_id = '${claims(tokens.id_token).sid}'`)
  const next = (await refresh(client, tokens.refresh_token)).body
  for (const thief of [other, spa]) {
    let tried = 0
    for (const text of [tokens.access_token, next.access_token, tokens.refresh_token, next.refresh_token]) {
      for (const hint of [undefined, 'access_token', 'refresh_token', 'nonsense']) {
        const answer = await revoke(thief, text, hint === undefined ? {} : { token_type_hint: hint })
        assert.equal(answer.status, 200)
        tried++
      }
    }
    assert.equal(await trail(thief), String(tried))
  }
  for (const text of [tokens.access_token, next.access_token, next.refresh_token]) assert.equal((await introspect(service, client, text)).active, true)
  const last = (await refresh(client, next.refresh_token)).body
  assert.ok(last.refresh_token)
  for (const text of ['x', tokens.id_token, client.client_secret, `${next.access_token}x`]) assert.equal((await revoke(client, text)).status, 200, 'RFC 7009, 2.2')
  assert.equal((await introspect(service, client, last.refresh_token)).active, true)
  // A spent token of one's own is enough to end the whole grant.
  assert.equal((await revoke(client, tokens.refresh_token)).status, 200)
  for (const text of [last.refresh_token, last.access_token, tokens.access_token]) await isNothing(client, text, 'revoked by its own client')
  assert.equal(await database.sql(`SELECT count(*) FROM events WHERE kind = 'grant.revoked' AND reason = 'revoked_by_client' AND user_id = '${claims(tokens.id_token).sub}' AND session_id = '${claims(tokens.id_token).sid}'`), '1')
})

test('I-04: revoking needs the client itself', async () => {
  const { tokens } = await signIn(service, client)
  for (const parameters of [{}, { client_id: client.client_id }, { client_id: client.client_id, client_secret: 'wrong' }, { client_id: 'nobody' }]) {
    const answer = await post(service, '/oauth2/revoke', { token: tokens.access_token, ...parameters })
    assert.equal(answer.status, 401, JSON.stringify(parameters))
  }
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
})
