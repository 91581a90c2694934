// Single use and rotation, with many at once over two processes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, isSanitized } from './service.mjs'
import { authorize, authorizeQuery, claims, introspect, pkce, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const many = isSanitized ? 40 : 100
let database, one, two, client, spa

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  one = await Service.start(database)
  // A second node of the same issuer: another port, the same base URL.
  two = await Service.start(database, { issuer: one.issuer })
})
after(async () => { await one?.stop(); await two?.stop(); await database?.drop() })

// The other node answers for the same issuer: the request goes to its port with the issuer's host.
const at = (node) => Object.assign(Object.create(Object.getPrototypeOf(node)), node, { issuer: `http://localhost:${node.port}` })
async function code(who = client, scope = 'openid offline_access') {
  const { verifier, challenge } = pkce()
  const browser = new Browser(one)
  const ended = await authorize(browser, authorizeQuery(who, { scope, code_challenge: challenge, code_challenge_method: 'S256' }))
  return { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }
}

test('T-01: a code that comes twice is invalid_grant and revokes what it gave', async () => {
  const { redeem, tokens } = await signIn(one, client, { scope: 'openid offline_access' })
  const second = await token(one, client, redeem)
  assert.equal(second.status, 400)
  assert.equal(second.body.error, 'invalid_grant')
  assert.deepEqual(await introspect(one, client, tokens.access_token), { active: false })
  assert.deepEqual(await introspect(one, client, tokens.refresh_token), { active: false })
  assert.equal(await database.sql("SELECT count(*) > 0 FROM events WHERE reason LIKE '%code_reuse%' OR kind LIKE '%code_reuse%'"), 't')
})

test(`T-02: ${many} redemptions of one code at once over two processes: exactly one answer has tokens, and they are revoked`, async () => {
  for (let round = 0; round < 3; round++) {
    const redeem = await code()
    const answers = await Promise.all(Array.from({ length: many }, (_, i) => token(i % 2 ? one : at(two), client, redeem)))
    const won = answers.filter((answer) => answer.status === 200)
    assert.equal(won.length, 1)
    assert.ok(answers.every((answer) => answer.status === 200 || (answer.status === 400 && answer.body.error === 'invalid_grant')))
    assert.deepEqual(await introspect(one, client, won[0].body.access_token), { active: false })
    assert.deepEqual(await introspect(one, client, won[0].body.refresh_token), { active: false })
  }
})

test('T-03: a code with another client, redirect URI or verifier is refused alike, and burnt', async () => {
  const other = await database.client(webClient())
  const bodies = []
  for (const [who, change] of [[other, {}], [client, { redirect_uri: 'https://app.example/other' }], [client, { code_verifier: pkce().verifier }], [client, { redirect_uri: undefined }]]) {
    const redeem = await code()
    const wrong = { ...redeem, ...change }
    for (const name of Object.keys(wrong)) if (wrong[name] === undefined) delete wrong[name]
    const refused = await token(one, who, wrong)
    assert.equal(refused.body.error, 'invalid_grant', JSON.stringify(change))
    bodies.push(refused.body)
    assert.equal((await token(one, client, redeem)).body.error, 'invalid_grant', 'burnt')
  }
  for (const body of bodies) assert.deepEqual(body, bodies[0])
})

test('P-02: a verifier without a challenge, and a challenge without a verifier, are invalid_grant', async () => {
  const free = await database.client(webClient({ require_pkce: false }))
  const ended = await authorize(new Browser(one), authorizeQuery(free))
  const redeem = { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb' }
  assert.equal((await token(one, free, { ...redeem, code_verifier: pkce().verifier })).body.error, 'invalid_grant')
  const { code_verifier: dropped, ...without } = await code()
  assert.equal((await token(one, client, without)).body.error, 'invalid_grant')
})

test('T-04: a code that is older than a minute by the database\'s clock is refused, whatever the node thinks', async () => {
  const redeem = await code()
  const late = await Service.start(database, { issuer: one.issuer, environment: { LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '61', LATCHKEY_TEST_CLOCK_SHIFT: '-3600' } })
  try { assert.equal((await token(at(late), client, redeem)).body.error, 'invalid_grant') }
  finally { await late.stop() }
  assert.equal(await database.sql("SELECT reason FROM events WHERE kind = 'code.refused' ORDER BY at DESC LIMIT 1"), 'code_expired')
})

test('F-01: a spent refresh token that comes again, after the retry window, revokes the family', async () => {
  const { tokens } = await signIn(one, client, { scope: 'openid offline_access' })
  const rotated = await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  assert.equal(rotated.status, 200)
  const later = await Service.start(database, { issuer: one.issuer, environment: { LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '11' } })
  try {
    assert.equal((await token(at(later), client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
  } finally { await later.stop() }
  assert.equal((await token(one, client, { grant_type: 'refresh_token', refresh_token: rotated.body.refresh_token })).body.error, 'invalid_grant')
  assert.deepEqual(await introspect(one, client, rotated.body.access_token), { active: false })
})

test(`F-02: ${many / 2} refreshes of one token at once over two processes leave one lineage and nobody signed out`, async () => {
  const { tokens } = await signIn(one, client, { scope: 'openid offline_access' })
  const answers = await Promise.all(Array.from({ length: many / 2 }, (_, i) =>
    token(i % 2 ? one : at(two), client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })))
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200])
  assert.equal(new Set(answers.map((answer) => answer.body.refresh_token)).size, 1)
  const next = await token(two && at(two), client, { grant_type: 'refresh_token', refresh_token: answers[0].body.refresh_token })
  assert.equal(next.status, 200)
})

test('F-03: a revocation survives the death of every node', async () => {
  const { tokens } = await signIn(one, client, { scope: 'openid offline_access' })
  const rotated = await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  await one.stop('SIGKILL')
  await two.stop('SIGKILL')
  await one.portsAreFree()
  one = await Service.start(database, { port: one.port, issuer: one.issuer, environment: { LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '11' } })
  two = await Service.start(database, { issuer: one.issuer })
  assert.equal((await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
  assert.equal((await token(at(two), client, { grant_type: 'refresh_token', refresh_token: rotated.body.refresh_token })).body.error, 'invalid_grant')
})

test('F-04: a narrower scope for one token, never a wider one', async () => {
  const { tokens } = await signIn(one, client, { scope: 'openid profile offline_access' })
  const wider = await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, scope: 'openid email' })
  assert.equal(wider.body.error, 'invalid_scope')
  assert.equal(await database.sql(`SELECT generation FROM grants WHERE id = '${claims(tokens.access_token).grant}'`), '1', 'refused before the token is spent')
  const narrower = await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, scope: 'openid' })
  assert.equal(narrower.body.scope, 'openid')
  const whole = await token(one, client, { grant_type: 'refresh_token', refresh_token: narrower.body.refresh_token })
  assert.deepEqual(whole.body.scope.split(' ').sort(), ['offline_access', 'openid', 'profile'])
})

test('F-05: a new password and a disabled user end the families', async () => {
  for (const [login, end] of [['eve', ['user', 'disable', 'eve']], ['fay', ['user', 'password', 'fay', '--password-stdin']]]) {
    await database.user(login, password)
    const { tokens } = await signIn(one, client, { scope: 'openid offline_access', login })
    await database.latchkey(end, {}, 'a very different password\n')
    assert.equal((await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
    assert.deepEqual(await introspect(one, client, tokens.access_token), { active: false })
  }
})

test('RFC 6749 10.4: a refresh token of another client is refused', async () => {
  const { tokens } = await signIn(one, spa, { scope: 'openid offline_access' })
  assert.equal((await token(one, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).body.error, 'invalid_grant')
  assert.equal((await token(one, spa, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status, 200)
})
