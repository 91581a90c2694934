// Refresh tokens over two nodes, and what a client's policy makes of them: rows F of the security catalogue.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service, until } from './service.mjs'
import { authorize, authorizeQuery, claims, header, introspect, pkce, post, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
const DAY = 24 * 3600
let database, one, two, second, client, spa

const at = (node) => Object.assign(Object.create(Object.getPrototypeOf(node)), node, { issuer: `http://localhost:${node.port}` })
before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  spa = await database.client(publicClient())
  one = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1', LATCHKEY_CLIENT_FAILURES: '0' } })
  second = await Service.start(database, { issuer: one.issuer, environment: { LATCHKEY_WORKERS: '1', LATCHKEY_CLIENT_FAILURES: '0' } })
  two = at(second)
})
after(async () => { await one?.stop(); await second?.stop(); await database?.drop() })

const refresh = (node, who, text, more = {}) => token(node, who, { grant_type: 'refresh_token', refresh_token: text, ...more })
let browser
async function tokensOf(who = client, scope = 'openid offline_access', more = {}) {
  browser ??= new Browser(one)
  return (await signIn(one, who, { scope, browser, ...more })).tokens
}
async function later(seconds, work) {
  const node = await Service.start(database, { issuer: one.issuer, environment: { LATCHKEY_WORKERS: '1', LATCHKEY_CLIENT_FAILURES: '0', LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: String(seconds) } })
  try { return await work(at(node)) } finally { await node.stop() }
}
function refused(answer, error = 'invalid_grant', what = '') {
  assert.equal(answer.body.error, error, `${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`)
  assert.equal(answer.status, error === 'invalid_client' ? 401 : 400, what)
  assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'error_description'])
}
const grantOf = (tokens) => claims(tokens.access_token).grant
const row = (tokens, columns) => database.sql(`SELECT ${columns} FROM grants WHERE id = '${grantOf(tokens)}'`)

test('F-01: a token that is two rotations old revokes the family at once, with every access token', async () => {
  for (const who of [client, spa]) {
    const r1 = await tokensOf(who)
    const r2 = (await refresh(one, who, r1.refresh_token)).body
    const r3 = (await refresh(two, who, r2.refresh_token)).body
    assert.equal(new Set([r1, r2, r3].map((tokens) => tokens.refresh_token)).size, 3)
    for (const tokens of [r1, r2, r3]) assert.equal((await introspect(one, client, tokens.access_token)).active, true)
    refused(await refresh(two, who, r1.refresh_token))
    for (const tokens of [r3, r2, r1]) {
      refused(await refresh(one, who, tokens.refresh_token))
      assert.deepEqual(await introspect(one, client, tokens.access_token), { active: false })
      assert.deepEqual(await introspect(two, client, tokens.refresh_token), { active: false })
    }
    assert.equal(await row(r1, 'revoked_reason'), 'refresh_token_reuse')
    assert.equal(await database.sql(`SELECT count(*) FROM events WHERE kind = 'refresh_token.reused' AND user_id = '${claims(r1.id_token).sub}' AND session_id = '${claims(r1.id_token).sid}'
      AND client = (SELECT client FROM grants WHERE id = '${grantOf(r1)}')`), '1')
  }
})

test('F-01: a token that is cut, changed or another kind is refused and revokes nothing', async () => {
  const tokens = await tokensOf()
  const text = tokens.refresh_token
  const flip = (place) => text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1)
  const bytes = Buffer.from(text.slice(6), 'base64url')
  const generation = (value) => { const copy = Buffer.from(bytes); copy.writeUInt32BE(value >>> 0, 18); return `lk_rt_${copy.toString('base64url')}` }
  for (const wrong of ['lk_rt_', text.slice(0, -1), `${text}A`, `${text}=`, text.slice(6), text.toUpperCase(), flip(6), flip(8), flip(20), flip(31), flip(text.length - 1), generation(0), generation(2), generation(-1), 'lk_rt_'.padEnd(78, 'A'), tokens.access_token, tokens.id_token,
    'x'.repeat(60000), ` ${text}`, `${text}\n`, `lk_cs_${text.slice(6)}`])
    refused(await refresh(one, client, wrong), 'invalid_grant', wrong.slice(0, 40))
  refused(await refresh(one, spa, text), 'invalid_grant', 'another client')
  assert.equal((await refresh(one, client, text)).status, 200)
})

test('F-02: within the window a retry gives the same successor, and none of it is a second branch', async () => {
  const first = await tokensOf()
  const second = (await refresh(one, client, first.refresh_token)).body
  const retried = (await refresh(two, client, first.refresh_token)).body
  assert.equal(retried.refresh_token, second.refresh_token)
  assert.equal(await row(first, 'generation'), '2')
  await later(4, async (node) => assert.equal((await refresh(node, client, first.refresh_token)).body.refresh_token, second.refresh_token))
  await later(11, async (node) => refused(await refresh(node, client, first.refresh_token)))
  refused(await refresh(one, client, second.refresh_token))
})

test('F-02: a client without a window: of many at once one gets tokens, and the family is over', async () => {
  const strict = await database.client(webClient({ refresh_retry_window: 0 }))
  const quiet = await tokensOf(strict)
  const next = (await refresh(one, strict, quiet.refresh_token)).body
  assert.equal((await refresh(two, strict, next.refresh_token)).status, 200)
  refused(await refresh(one, strict, next.refresh_token), 'invalid_grant', 'at once, a single time')
  assert.equal(await row(quiet, 'revoked_reason'), 'refresh_token_reuse')

  const tokens = await tokensOf(strict)
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => refresh(i % 2 ? one : two, strict, tokens.refresh_token)))
  const won = answers.filter((answer) => answer.status === 200)
  assert.equal(won.length, 1)
  for (const answer of answers) if (answer.status !== 200) refused(answer)
  refused(await refresh(one, strict, won[0].body.refresh_token))
  assert.deepEqual(await introspect(two, client, won[0].body.access_token), { active: false })
})

test('F-02: a client with a window of its own has that one', async () => {
  const patient = await database.client(webClient({ refresh_retry_window: 60 }))
  const tokens = await tokensOf(patient)
  const next = (await refresh(one, patient, tokens.refresh_token)).body
  await later(40, async (node) => assert.equal((await refresh(node, patient, tokens.refresh_token)).body.refresh_token, next.refresh_token))
  await later(61, async (node) => refused(await refresh(node, patient, tokens.refresh_token)))
})

test('F-02: a confidential client may keep its token: the same one each time, 20 at once, and nothing is spent', async () => {
  const keeper = await database.client(webClient({ rotate_refresh_tokens: false, refresh_idle_lifetime: 600 }))
  const tokens = await tokensOf(keeper)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => refresh(i % 2 ? one : two, keeper, tokens.refresh_token)))
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200])
  assert.deepEqual([...new Set(answers.map((answer) => answer.body.refresh_token))], [tokens.refresh_token])
  assert.equal(await row(tokens, 'generation'), '1')
  assert.equal((await introspect(one, keeper, tokens.refresh_token)).active, true)
  // Each use moves the idle limit, which holds all the same.
  await later(500, async (node) => assert.equal((await refresh(node, keeper, tokens.refresh_token)).status, 200))
  await later(1000, async (node) => assert.equal((await refresh(node, keeper, tokens.refresh_token)).status, 200))
  await later(1700, async (node) => refused(await refresh(node, keeper, tokens.refresh_token)))
  const revoked = await tokensOf(keeper)
  assert.equal((await post(one, '/oauth2/revoke', { token: revoked.refresh_token }, { client: keeper })).status, 200)
  refused(await refresh(two, keeper, revoked.refresh_token))
})

test('F-02: a client without a secret always rotates: not registered otherwise, and not even if the database says so', async () => {
  await assert.rejects(database.client(publicClient({ rotate_refresh_tokens: false })), /rotate_refresh_tokens false does not go with token_endpoint_auth_method none/)
  const open = await database.client(publicClient())
  await database.sql(`UPDATE clients SET policy = policy || '{"rotate_refresh_tokens": false, "require_pkce": false}' WHERE client_id = '${open.client_id}'`)
  const keeper = await database.client(webClient({ rotate_refresh_tokens: false }))
  const kept = await tokensOf(keeper)
  // It was confidential once.
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{token_endpoint_auth_method}', '"none"') WHERE client_id = '${keeper.client_id}'`)
  const bare = { client_id: keeper.client_id }
  await until('the change', async () => (await refresh(one, bare, 'x')).body.error === 'invalid_grant')
  for (const [who, tokens] of [[open, await tokensOf(open)], [bare, kept]]) {
    const next = (await refresh(one, who, tokens.refresh_token)).body
    assert.notEqual(next.refresh_token, tokens.refresh_token)
    await later(11, async (node) => refused(await refresh(node, who, tokens.refresh_token)))
    refused(await refresh(one, who, next.refresh_token))
  }
})

test('F-02: turning rotation off for a client brings no spent token back', async () => {
  const turned = await database.client(webClient())
  const tokens = await tokensOf(turned)
  const next = (await refresh(one, turned, tokens.refresh_token)).body
  await database.sql(`UPDATE clients SET policy = policy || '{"rotate_refresh_tokens": false}' WHERE client_id = '${turned.client_id}'`)
  let kept
  await until('the change', async () => {
    const answer = (await refresh(one, turned, (kept ?? next).refresh_token)).body
    const same = answer.refresh_token === (kept ?? next).refresh_token
    kept = answer
    return same
  })
  refused(await refresh(one, turned, tokens.refresh_token))
  refused(await refresh(one, turned, kept.refresh_token), 'invalid_grant', 'revoked with the spent one')
})

test('what a client\'s policy says of lifetimes and algorithms is what its tokens have', async () => {
  const own = await database.client(webClient({ access_token_lifetime: 77, id_token_lifetime: 88, refresh_idle_lifetime: 120, refresh_absolute_lifetime: 180, access_token_signed_response_alg: 'RS256', id_token_signed_response_alg: 'ES256' }))
  const tokens = await tokensOf(own)
  assert.equal(tokens.expires_in, 77)
  assert.equal(claims(tokens.access_token).exp - claims(tokens.access_token).iat, 77)
  assert.equal(claims(tokens.id_token).exp - claims(tokens.id_token).iat, 88)
  assert.deepEqual([header(tokens.access_token).alg, header(tokens.id_token).alg], ['RS256', 'ES256'])
  const keys = jose.createLocalJWKSet(await (await fetch(one.url('/oauth2/jwks'))).json())
  await jose.jwtVerify(tokens.access_token, keys, { issuer: one.issuer, typ: 'at+jwt', algorithms: ['RS256'] })
  assert.equal((await introspect(one, client, tokens.access_token)).active, true)
  assert.equal((await fetch(one.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 200)
  const machine = (await token(one, own, { grant_type: 'client_credentials' })).body
  assert.deepEqual([header(machine.access_token).alg, machine.expires_in], ['RS256', 77])
  assert.equal(await row(tokens, "extract(epoch FROM idle_expires_at - created_at)::int || ' ' || extract(epoch FROM expires_at - created_at)::int"), '120 180')
  await later(100, async (node) => {
    const next = await refresh(node, own, tokens.refresh_token)
    assert.equal(next.status, 200)
    assert.equal(next.body.expires_in, 77)
    assert.equal(await row(tokens, 'expires_at = idle_expires_at'), 't', 'the idle limit stops at the absolute one')
    await later(150, async (then) => assert.equal((await introspect(then, own, next.body.refresh_token)).active, true))
    await later(181, async (then) => refused(await refresh(then, own, next.body.refresh_token)))
  })
  for (const bad of [{ access_token_lifetime: 9 }, { access_token_lifetime: DAY + 1 }, { refresh_retry_window: 61 }, { refresh_retry_window: -1 }, { refresh_idle_lifetime: '60' }, { refresh_idle_lifetime: 1e30 }, { access_token_signed_response_alg: 'none' }, { access_token_signed_response_alg: 'HS256' }, { rotate_refresh_tokens: 'false' }])
    await assert.rejects(database.client(webClient(bad)), new RegExp(Object.keys(bad)[0]), JSON.stringify(bad))
})

test('F-04: a part of what was granted, never more; without a scope the whole again', async () => {
  const tokens = await tokensOf(client, 'openid profile offline_access')
  for (const scope of ['openid admin', 'openid email', 'admin', 'openid profile offline_access email', 'OPENID', 'openid  profile', ' openid', 'openid ', '"', 'openid\tprofile', '\u00e4', 'x'.repeat(5000)])
    refused(await refresh(one, client, tokens.refresh_token, { scope }), 'invalid_scope', scope.slice(0, 40))
  assert.equal(await row(tokens, 'generation'), '1', 'a wrong scope spends nothing')
  const narrower = (await refresh(one, client, tokens.refresh_token, { scope: 'profile' })).body
  assert.equal(narrower.scope, 'profile')
  assert.equal(claims(narrower.access_token).scope, 'profile')
  assert.equal(narrower.id_token, undefined)
  refused(await refresh(two, client, narrower.refresh_token, { scope: 'openid email' }), 'invalid_scope')
  const whole = (await refresh(two, client, narrower.refresh_token)).body
  assert.deepEqual(whole.scope.split(' ').sort(), ['offline_access', 'openid', 'profile'])
  const again = (await refresh(two, client, whole.refresh_token, { scope: '' })).body
  assert.deepEqual(again.scope.split(' ').sort(), ['offline_access', 'openid', 'profile'])
})

const people = new Map()
async function person(name) {
  await database.user(name, password)
  const { browser: theirs, tokens } = await signIn(one, client, { login: name })
  const offline = await signIn(one, client, { login: name, browser: theirs, scope: 'openid offline_access' })
  people.set(name, { browser: theirs, online: tokens, offline: offline.tokens })
  return people.get(name)
}
async function over(tokens, what) {
  refused(await refresh(two, client, tokens.refresh_token), 'invalid_grant', what)
  for (const node of [one, two]) {
    assert.deepEqual(await introspect(node, client, tokens.access_token), { active: false }, what)
    assert.deepEqual(await introspect(node, client, tokens.refresh_token), { active: false }, what)
    assert.equal((await fetch(`${node.issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401, what)
  }
}

test('F-05: a sign-out ends what is not offline, on every node; a new password, a disabled person, a withdrawn consent end all', async () => {
  const ends = [
    ['signed out', 'zoe', (who) => who.browser.fetch(`/oauth2/end_session?id_token_hint=${who.online.id_token}`), false],
    ['another person signed in at that browser', 'yan', async (who) => { await signIn(one, client, { login: 'alice', browser: who.browser, prompt: 'login' }) }, false],
    ['new password', 'xia', () => database.latchkey(['user', 'password', 'xia', '--password-stdin'], {}, 'a very different password\n'), true],
    ['disabled', 'wim', () => database.latchkey(['user', 'disable', 'wim']), true],
    ['consent withdrawn', 'vera', () => database.latchkey(['consent', 'withdraw', 'vera', client.client_id]), true],
    ['deleted', 'uli', () => database.sql("DELETE FROM users WHERE login = 'uli'"), true],
  ]
  for (const [what, name, end, endsOffline] of ends) {
    const who = await person(name)
    for (const tokens of [who.online, who.offline]) assert.equal((await introspect(two, client, tokens.access_token)).active, true, what)
    await end(who)
    await over(who.online, what)
    if (endsOffline) await over(who.offline, `${what}, offline`)
    else assert.equal((await refresh(two, client, who.offline.refresh_token)).status, 200, what)
  }
})

test('F-05: of many refreshes while somebody signs out, none gives what lives on', async () => {
  // Of a client that keeps its token: lanes that are out of step would be a reuse.
  const keeper = await database.client(webClient({ rotate_refresh_tokens: false }))
  for (let round = 0; round < 3; round++) {
    const { browser: theirs, tokens } = await signIn(one, keeper)
    const answers = []
    let stopped = false
    const lanes = Array.from({ length: 6 }, async (_, lane) => {
      while (!stopped) answers.push(await refresh(lane % 2 ? one : two, keeper, tokens.refresh_token))
    })
    try {
      await until('some answers', async () => answers.length > 20)
      assert.equal((await theirs.fetch(`/oauth2/end_session?id_token_hint=${tokens.id_token}`)).status, 303)
      const given = answers.filter((answer) => answer.status === 200).map((answer) => answer.body.access_token)
      for (const state of await Promise.all(given.map((text) => introspect(two, client, text)))) assert.deepEqual(state, { active: false })
    } finally {
      stopped = true
      await Promise.all(lanes)
    }
    for (const answer of answers.slice(-12)) {
      if (answer.status !== 200) { refused(answer); continue }
      assert.deepEqual(await introspect(one, client, answer.body.access_token), { active: false })
    }
  }
})

test('F-05: a withdrawn consent is asked for again, ends that client\'s tokens only, and a code of before gives nothing', async () => {
  const other = await database.client(webClient())
  await database.user('tom', password)
  const mine = await signIn(one, client, { login: 'tom', scope: 'openid offline_access' })
  const theirs = await signIn(one, other, { browser: mine.browser, scope: 'openid offline_access' })
  const { verifier, challenge } = pkce()
  const query = authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', prompt: 'none' })
  const ended = await authorize(mine.browser, query)
  const answer = await database.latchkey(['consent', 'withdraw', 'TOM', client.client_id, '--json'])
  assert.deepEqual(answer, { login: 'tom', client_id: client.client_id, status: 'withdrawn' })
  refused(await token(two, client, { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }))
  await over(mine.tokens, 'withdrawn')
  assert.equal((await refresh(two, other, theirs.tokens.refresh_token)).status, 200)
  assert.equal((await authorize(mine.browser, query)).parameters.error, 'consent_required')
  assert.equal(await database.sql(`SELECT count(*) FROM events WHERE kind = 'consent.withdrawn' AND reason = 'command_line' AND user_id = '${claims(mine.tokens.id_token).sub}'`), '1')
  for (const words of [['tom', client.client_id], ['nobody', client.client_id], ['tom', 'nobody']]) await assert.rejects(database.latchkey(['consent', 'withdraw', ...words]), (error) => error.code === 1)
  assert.equal((await signIn(one, client, { browser: mine.browser })).answer.status, 200)
})

test('F-05: a disabled client can do nothing on any node, and what it had stays over when it is enabled', async () => {
  const paused = await database.client(webClient())
  const tokens = await tokensOf(paused)
  assert.equal((await refresh(two, paused, tokens.refresh_token)).status, 200)
  const fresh = await tokensOf(paused)
  const { body: own } = await token(one, paused, { grant_type: 'client_credentials' })
  assert.equal((await introspect(one, client, own.access_token)).active, true)
  assert.deepEqual(await database.latchkey(['client', 'disable', paused.client_id, '--json']), { client_id: paused.client_id, status: 'disabled' })
  for (const node of [one, two]) {
    const answer = await refresh(node, paused, fresh.refresh_token)
    assert.ok(['invalid_client', 'invalid_grant'].includes(answer.body.error), JSON.stringify(answer.body))
    assert.deepEqual(await introspect(node, client, fresh.access_token), { active: false })
    await until('the client to be unknown', async () => (await refresh(node, paused, fresh.refresh_token)).body.error === 'invalid_client')
    const page = await fetch(`${node.issuer}/oauth2/authorize?${authorizeQuery(paused, { code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`, { redirect: 'manual' })
    assert.equal(page.status, 400)
    assert.equal(page.headers.get('location'), null)
  }
  assert.equal((await database.latchkey(['client', 'show', paused.client_id, '--json'])).status, 'disabled')
  assert.deepEqual(await database.latchkey(['client', 'enable', paused.client_id, '--json']), { client_id: paused.client_id, status: 'active' })
  for (const node of [one, two]) {
    await until('the client to be known', async () => (await token(node, paused, { grant_type: 'client_credentials' })).status === 200)
    refused(await refresh(node, paused, fresh.refresh_token), 'invalid_grant', 'enabled again')
    for (const text of [fresh.access_token, own.access_token]) assert.deepEqual(await introspect(node, client, text), { active: false })
    const { body: now } = await token(node, paused, { grant_type: 'client_credentials' })
    assert.equal((await introspect(node, client, now.access_token)).active, true)
  }
  await until('a sign-in', async () => (await signIn(one, paused, { browser })).answer.status === 200)
  await assert.rejects(database.latchkey(['client', 'disable', 'nobody']), (error) => error.code === 1)
  assert.equal(await database.sql("SELECT string_agg(kind, ' ' ORDER BY id) FROM events WHERE kind LIKE 'client.%abled'"), 'client.disabled client.enabled')
})

test('F-05: idle and absolute limits: offline by the refresh lifetimes, the rest with its session at the latest', async () => {
  const [idle, online, offline] = [await tokensOf(), await tokensOf(client, 'openid'), await tokensOf()]
  await later(14 * DAY + 2, async (node) => refused(await refresh(node, client, idle.refresh_token), 'invalid_grant', 'idle'))
  await later(DAY + 2, async (node) => {
    refused(await refresh(node, client, online.refresh_token), 'invalid_grant', 'the session is over')
    assert.equal((await refresh(node, client, offline.refresh_token)).status, 200)
  })
  const long = await database.client(webClient({ refresh_idle_lifetime: 60 * DAY }))
  let { refresh_token: current } = await tokensOf(long)
  for (const days of [50, 89]) await later(days * DAY, async (node) => { current = (await refresh(node, long, current)).body.refresh_token; assert.ok(current) })
  await later(90 * DAY + 2, async (node) => refused(await refresh(node, long, current), 'invalid_grant', 'absolute'))
})

async function narrow(who, scope) {
  await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{scope}', '"${scope}"') WHERE client_id = '${who.client_id}'`)
}

test('F-06: what client or realm allow no longer is not refreshed', async () => {
  const drifting = await database.client(webClient({ scope: 'openid profile email offline_access' }))
  let tokens = await tokensOf(drifting, 'openid profile email offline_access')
  const next = async () => { const answer = await refresh(one, drifting, tokens.refresh_token); if (answer.status === 200) tokens = answer.body; return answer }
  await narrow(drifting, 'openid email offline_access')
  await until('the client to be narrower', async () => (await next()).body.scope === 'openid email offline_access')
  assert.equal(claims(tokens.access_token).scope, 'openid email offline_access')
  refused(await refresh(one, drifting, tokens.refresh_token, { scope: 'profile' }), 'invalid_scope')
  await database.sql("UPDATE realms SET settings = settings || '{\"scopes\": \"openid offline_access\"}'")
  await until('the realm to be narrower', async () => (await next()).body.scope === 'openid offline_access')
  await database.sql("UPDATE realms SET settings = settings - 'scopes'")
  await until('the realm to be as before', async () => (await next()).body.scope === 'openid email offline_access')
  await narrow(drifting, 'orders:read')
  await until('nothing to be left', async () => (await next()).status === 400)
})

test('F-06: nothing of a grant\'s scope is left: invalid_scope, by either way', async () => {
  const drifting = await database.client(webClient({ scope: 'openid profile' }))
  const tokens = await tokensOf(drifting, 'openid profile')
  await narrow(drifting, 'orders:read')
  await until('nothing to be left', async () => (await refresh(one, drifting, tokens.refresh_token, { scope: 'openid' })).body.error === 'invalid_scope')
  refused(await refresh(one, drifting, tokens.refresh_token), 'invalid_scope')
})

test('F-06: a client that may not have offline_access any more has no offline tokens any more', async () => {
  const drifting = await database.client(webClient())
  const { browser: theirs, tokens } = await signIn(one, drifting, { scope: 'openid offline_access' })
  await narrow(drifting, 'openid')
  await theirs.fetch(`/oauth2/end_session?id_token_hint=${tokens.id_token}`)
  let current = tokens.refresh_token, last
  await until('the change', async () => {
    last = await refresh(one, drifting, current)
    current = last.body.refresh_token ?? current
    return last.body.error === 'invalid_grant'
  }, 4000)
  refused(await refresh(two, drifting, current))
})

test('a refresh token is good in its realm only, for a client and a person of the same names', async () => {
  await database.realm('twin')
  await database.user('alice', password, 'twin')
  const ours = await database.client(webClient({ client_id: 'twins' })), theirs = await database.client(webClient({ client_id: 'twins' }), 'twin')
  const twin = Object.assign(Object.create(Object.getPrototypeOf(one)), one, { issuer: `${one.issuer}/realms/twin` })
  const { tokens } = await signIn(twin, theirs, { scope: 'openid offline_access' })
  refused(await refresh(one, ours, tokens.refresh_token))
  assert.equal((await post(one, '/oauth2/revoke', { token: tokens.refresh_token }, { client: ours })).status, 200)
  assert.equal((await refresh(twin, theirs, tokens.refresh_token)).status, 200)
})
