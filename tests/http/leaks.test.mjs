// What must not come out, and what must not go in: SL-03, SL-04, Q-01, Q-02, Q-05.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Browser, Database, Service, conninfo, psql } from './service.mjs'
import { authorizeQuery, introspect, pkce, post, signIn, token, webClient } from './flow.mjs'

const run = promisify(execFile)
const password = 'canary-password-a1b2c3d4e5f6'
let database, service, client
before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  service = await Service.start(database, { environment: { LATCHKEY_LOG_LEVEL: 'debug' } })
})
after(async () => { await service?.stop(); await database?.drop() })

test('SL-03: no secret, token, code or query string in the log, the metrics, the command line or the environment of a worker', async () => {
  const { tokens, code, browser, redeem } = await signIn(service, client, { password, scope: 'openid profile email offline_access' })
  const refreshed = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  await introspect(service, client, tokens.access_token)
  await token(service, client, redeem)
  await token(service, { ...client, client_secret: 'canary-client-secret' }, { grant_type: 'client_credentials' })
  await browser.fetch(`/oauth2/end_session?id_token_hint=${tokens.id_token}&state=canary-state`)
  await fetch(service.url('/nowhere?canary-query=1'), { headers: { referer: 'https://canary-referer.example/?x', 'user-agent': 'canary-agent' } })
  const canaries = [password, client.client_secret, 'canary-client-secret', tokens.access_token, tokens.refresh_token, tokens.id_token, refreshed.body.refresh_token, code, 'canary-state', 'canary-query', 'canary-referer',
    database.key, redeem.code_verifier, ...browser.cookies.values()]
  const metrics = await (await fetch(`http://127.0.0.1:${service.operationsPort}/metrics`)).text()
  const { stdout: ps } = await run('ps', ['-ef'])
  const environments = process.getuid() === 0 ? (await service.workers()).map((pid) => readFileSync(`/proc/${pid}/environ`, 'latin1')).join() : ''
  await service.stop()
  for (const canary of canaries) {
    assert.ok(!service.log.includes(canary), `log has ${canary.slice(0, 12)}`)
    assert.ok(!service.log.includes(Buffer.from(canary).toString('base64').slice(0, 24)))
    assert.ok(!metrics.includes(canary))
    assert.ok(!ps.includes(canary))
    assert.ok(!environments.includes(canary), `the environment has ${canary.slice(0, 12)}`)
  }
  service = await Service.start(database)
})

test('SL-03: what the database stores is no password, token, code or secret in plain, base64 or hex', async () => {
  const { tokens, code, browser } = await signIn(service, client, { password, scope: 'openid offline_access' })
  const { stdout: dump } = await run('pg_dump', ['-d', conninfo('postgres', database.name), '--data-only', '--inserts'], { maxBuffer: 64 << 20 })
  for (const canary of [password, client.client_secret, tokens.access_token, tokens.refresh_token, code, ...browser.cookies.values()])
    for (const form of [canary, Buffer.from(canary).toString('base64').slice(0, 24), Buffer.from(canary).toString('hex').slice(0, 32), Buffer.from(canary, 'base64url').toString('hex').slice(0, 48)])
      assert.ok(!dump.includes(form), `${canary.slice(0, 10)} as ${form.slice(0, 12)}`)
})

test('SL-04: every log line is one JSON object, whatever is in a header', async () => {
  const before = service.log.length
  await fetch(service.url('/oauth2/authorize'), { headers: { 'user-agent': 'x\t"y\\' } })
  await fetch(service.url('/%1b%5b2J%0a'))
  const hostile = 'x"\n{"event":"forged"}\r\t\u009b2J\u2028\\'
  await token(service, { client_id: hostile, client_secret: 'y' }, { grant_type: 'client_credentials' })
  const lines = service.log.slice(before).trim().split('\n').filter(Boolean)
  assert.ok(lines.length > 0)
  for (const line of lines) assert.match(JSON.parse(line).event, /^[a-z]/)
  assert.ok(!lines.some((line) => JSON.parse(line).event === 'forged' || /[\x00-\x1f\x7f-\x9f]/.test(line)))
})

test('one line a request: request id, realm, client, reason code, milliseconds', async () => {
  const answer = await token(service, { ...client, client_secret: 'wrong' }, { grant_type: 'client_credentials' })
  const id = answer.headers.get('x-request-id')
  const line = service.log.split('\n').filter(Boolean).map((text) => JSON.parse(text)).find((event) => Object.values(event).includes(id))
  assert.ok(line, 'the request id is in the log')
  assert.equal(line.realm, 'main')
  assert.equal(line.client, client.client_id)
  assert.match(line.reason, /secret|client/)
  assert.equal(typeof line.ms, 'number')
  assert.equal(line.status, 401)
})

test('Q-02: the service\'s role can do no DDL and cannot change the audit trail', async () => {
  for (const sql of ['DROP TABLE events', 'CREATE TABLE x (y int)', "UPDATE events SET kind = 'x'", 'DELETE FROM events', 'TRUNCATE users', 'ALTER TABLE users ADD COLUMN x int', "SELECT pg_read_file('/etc/passwd')",
    'UPDATE schema_migrations SET version = 9', 'DELETE FROM partitioned_tables', 'CREATE ROLE x'])
    await assert.rejects(psql(database.name, sql, 'latchkey'), /permission denied|must be owner/, sql)
})

test('Q-05: text that is not UTF-8 or has NUL is refused at the edge', async () => {
  const browser = new Browser(service)
  const { challenge } = pkce()
  for (const bad of ['%ff', '%00', '%ed%a0%80', '%c0%80', '%f4%90%80%80', '%zz', '%1', '%']) {
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    for (const where of ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke', '/login']) {
      const answer = await fetch(service.url(where), { ...form, body: `grant_type=${bad}&token=${bad}&login=${bad}&client_id=${bad}` })
      assert.ok(answer.status >= 400 && answer.status < 500, `${where} ${bad}: ${answer.status}`)
    }
    const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', state: undefined })}&state=${bad}`)
    const location = answer.headers.get('location')
    assert.ok(answer.status === 400 || /error=invalid_request/.test(location), `state=${bad}: ${answer.status} ${location}`)
  }
})

async function friendly(tokens) {
  await introspect(service, client, tokens.refresh_token ?? tokens.access_token)
  await token(service, client, { grant_type: 'client_credentials' })
  await token(service, client, { grant_type: 'refresh_token', refresh_token: 'x' })
  await token(service, { client_id: 'nobody', client_secret: 'x' }, { grant_type: 'client_credentials' })
  await post(service, '/oauth2/revoke', { token: 'x' }, { client })
  await signIn(service, client, { password, scope: 'openid offline_access' })
  const browser = new Browser(service)
  const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`)
  await browser.submit(await browser.fetch(start.headers.get('location')), { login: 'nobody', password })
}

test('Q-01: hostile text in every parameter makes no new statement and no 500', async () => {
  const hostile = ["' OR 1=1 --", "'; DROP TABLE users; --", '\\', '"', "$1", '%', "x' UNION SELECT 1--", '{"a":1}', '\u{1F600}', 'a'.repeat(5000)]
  const { tokens } = await signIn(service, client, { password })
  await database.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  // Texts of the service's statements, without those of its connections' beginnings.
  const texts = () => database.sql(`SELECT count(DISTINCT query) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
    JOIN pg_database d ON d.oid = s.dbid WHERE r.rolname = 'latchkey' AND d.datname = current_database() AND query !~* '^(set|show|select pg_catalog)'`)
  // Every statement that the hostile round can reach is run once with friendly text before the count.
  await friendly(tokens)
  const known = await texts()
  for (const text of hostile) {
    const answers = [
      await token(service, client, { grant_type: text }), await token(service, client, { grant_type: 'authorization_code', code: text, redirect_uri: text, code_verifier: text }),
      await token(service, client, { grant_type: 'refresh_token', refresh_token: text }), await token(service, { client_id: text, client_secret: text }, { grant_type: 'client_credentials' }),
      await post(service, '/oauth2/introspect', { token: text, token_type_hint: text }, { client }), await post(service, '/oauth2/revoke', { token: text }, { client }),
    ]
    for (const answer of answers) assert.ok(answer.status < 500, `${text}: ${answer.status}`)
    for (const name of ['client_id', 'redirect_uri', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'login_hint', 'id_token_hint', 'response_type', 'response_mode', 'code_challenge', 'ui_locales']) {
      const answer = await fetch(`${service.issuer}/oauth2/authorize?${authorizeQuery(client, { [name]: text })}`, { redirect: 'manual' })
      assert.ok(answer.status < 500, `${name}=${text}: ${answer.status}`)
    }
    const browser = new Browser(service)
    const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`)
    const answer = await browser.submit(await browser.fetch(start.headers.get('location')), { login: text, password: text })
    assert.ok(answer.status < 500, `login ${text}: ${answer.status}`)
  }
  assert.equal((await introspect(service, client, tokens.access_token)).active, true)
  assert.equal(await database.sql('SELECT count(*) > 0 FROM users'), 't')
  assert.equal(await texts(), known, 'a new statement text')
})

test('DS-04: no parameter is so long that a worker dies of it', async () => {
  const workers = await service.workers()
  const names = ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'code_challenge', 'login_hint', 'id_token_hint', 'ui_locales', 'request', 'grant_type', 'code',
    'code_verifier', 'refresh_token', 'token', 'token_type_hint', 'client_secret', 'post_logout_redirect_uri', 'csrf', 'flow', 'login', 'password']
  const forms = {
    '/oauth2/authorize': Object.fromEntries(authorizeQuery(client, { code_challenge: pkce().challenge, code_challenge_method: 'S256' })),
    '/oauth2/end_session': { client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/' },
    '/oauth2/token': { grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret },
    '/oauth2/introspect': { client_id: client.client_id, client_secret: client.client_secret }, '/oauth2/revoke': {}, '/oauth2/userinfo': {}, '/login': {}, '/consent': {},
  }
  for (const [where, form] of Object.entries(forms)) for (const name of names) for (const value of ['x'.repeat(60000), '\u{1F600}'.repeat(4000), ' '.repeat(50000)]) {
    const answer = await fetch(service.url(where), { method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...form, [name]: value }) })
    assert.ok(answer.status < 500, `${where} ${name}: ${answer.status}`)
    await answer.arrayBuffer()
  }
  assert.deepEqual(await service.workers(), workers)
})

test('seccomp: the whole flow runs without one forbidden system call', async () => {
  if (process.env.LATCHKEY_BINARY?.includes('sanitize')) return
  const traced = await Service.start(database, { environment: { LATCHKEY_SECCOMP_TRACE: 'true' } })
  try {
    const { tokens } = await signIn(traced, client, { password, scope: 'openid offline_access' })
    await token(traced, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    assert.equal((await introspect(traced, client, tokens.access_token)).active, true)
  } finally { await traced.stop() }
  assert.doesNotMatch(traced.log, /seccomp violation/)
})

test('workers run under seccomp, are not dumpable and leave no core', async () => {
  if (process.env.LATCHKEY_BINARY?.includes('sanitize')) return
  for (const pid of await service.workers()) {
    assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /Seccomp:\s+2/)
    assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /Max core file size\s+0\s+0/)
    // The kernel gives what is not dumpable to root.
    if (process.getuid() !== 0) assert.equal(statSync(`/proc/${pid}/mem`).uid, 0)
  }
})
