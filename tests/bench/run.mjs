// The table of docs/performance.md: each kind of work beside what this machine could do at best, in one run.
import { execFile, spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Browser, Database, Service, binary, freePort, psql, until } from '../http/service.mjs'
import { authorizeQuery, basic, pkce, signIn, token, webClient } from '../http/flow.mjs'
import { bareKore, catalogued, hashesAlone, pgbench, rotationScript, wrk } from './limits.mjs'

const run = promisify(execFile)
const seconds = Number(process.env.SECONDS_EACH ?? 5)
const rows = Number(process.env.ROWS ?? 1000000)
const only = process.env.ONLY
const WRITE_CONNECTIONS = 8, READ_CONNECTIONS = 4, FAMILIES = 8, SIGN_INS = 1000
const password = 'correct horse battery staple'
const cluster = process.env.LATCHKEY_TEST_DATABASE_URL
const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'latchkey-bench-'))
const table = []
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

function row(work, figure, against, limit, aim, note = '') {
  table.push({ work, figure, against, limit, aim, note })
  console.log(`${work}: ${figure.toFixed(1)}${limit ? ` of ${limit.toFixed(1)} (${(100 * figure / limit).toFixed(0)} %)` : ''} ${note}`)
}

// Measurements by turns, so that a busy neighbour disturbs all alike; rates are means over the turns, p99 is the middle one.
const byTurns = (...measurements) => takeTurns(seconds, 1, measurements)
async function takeTurns(turns, length, measurements) {
  const results = measurements.map(() => [])
  for (let turn = 0; turn < turns; turn++)
    for (const [i, measure] of measurements.entries()) results[i].push(await measure(length))
  return results.map((list) => typeof list[0] === 'number' ? mean(list) : {
    rate: mean(list.map((one) => one.rate)), p50: mean(list.map((one) => one.p50)), p99: middle(list.map((one) => one.p99)),
    wrong: list.reduce((sum, one) => sum + one.wrong, 0),
  })
}
const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1]
const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length
const said = (result) => `p50 ${result.p50.toFixed(1)}, p99 ${result.p99.toFixed(1)} ms, wrong ${result.wrong}`

// Proportional set size of a process and its children, in megabytes.
async function memory(pid) {
  const { stdout } = await run('pgrep', ['-P', String(pid)])
  let kilobytes = 0
  for (const one of [pid, ...stdout.trim().split('\n').filter(Boolean).map(Number)])
    kilobytes += Number(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1])
  return kilobytes / 1024
}

// A server as in production, on the tests' cluster: commits reach the disk, tables are looked after.
async function durable() {
  for (const [name, value] of Object.entries({ fsync: 'on', full_page_writes: 'on', autovacuum: 'on', shared_buffers: "'512MB'", max_wal_size: "'4GB'", shared_preload_libraries: "'pg_stat_statements'" }))
    await psql('postgres', `ALTER SYSTEM SET ${name} = ${value}`)
  await run('tests/db/pg.sh', ['halt', cluster])
  await run('tests/db/pg.sh', ['resume', cluster])
}

// A million grants of others, so that a missing index shows; and families for pgbench, like those of the service.
async function fill(database, client) {
  const grants = (count, generation) => `INSERT INTO grants (realm_id, id, user_id, user_epoch, client, session_id, scope, acr, amr, auth_time, is_offline, generation, idle_expires_at, expires_at)
    SELECT r.id, gen_random_uuid(), u.id, u.epoch, c.id, NULL, 'profile offline_access', '1', 'pwd', now(), true, ${generation}, now() + interval '14 days', now() + interval '90 days'
    FROM realms r JOIN users u ON u.realm_id = r.id AND u.login = 'alice' JOIN clients c ON c.realm_id = r.id AND c.client_id = '${client.client_id}' CROSS JOIN generate_series(1, ${count})`
  await database.sql(grants(rows, 7))
  await database.sql(`CREATE TABLE bench_families AS WITH made AS (${grants(WRITE_CONNECTIONS * FAMILIES, 1)} RETURNING realm_id, id, client)
    SELECT realm_id, id, client, (row_number() OVER () - 1) % ${WRITE_CONNECTIONS} AS owner, (row_number() OVER () - 1) / ${WRITE_CONNECTIONS} AS place FROM made`)
  await database.sql('GRANT SELECT ON bench_families TO latchkey')
  await database.sql("CREATE FUNCTION bench_uuid() RETURNS uuid LANGUAGE sql VOLATILE AS $$ SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid $$")
  await database.sql('VACUUM ANALYZE')
  await database.sql('CHECKPOINT')
}

// How long from exec to the first 200 on readiness, asked every millisecond.
async function startTime(environment) {
  const [port, operationsPort] = [await freePort(), await freePort()]
  const began = performance.now()
  const child = spawn(binary, ['serve'], { stdio: 'ignore', env: { ...environment, LATCHKEY_BASE_URL: `http://localhost:${port}`, LATCHKEY_LISTEN_PORT: String(port), LATCHKEY_OPERATIONS_PORT: String(operationsPort) } })
  const ask = () => new Promise((resolve) => {
    const socket = net.connect(operationsPort, '127.0.0.1', () => socket.write(`GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`))
    socket.on('data', (bytes) => { resolve(bytes.toString().startsWith('HTTP/1.1 200')); socket.destroy() })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
  while (!await ask()) await new Promise((resolve) => setTimeout(resolve, 1))
  const took = performance.now() - began
  const ended = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGTERM')
  await ended
  return took
}

async function crowd(service, size) {
  const sockets = []
  for (let i = 0; i < size; i++) {
    const socket = net.connect(service.port, '127.0.0.1')
    socket.on('error', () => {})
    sockets.push(socket)
    if (i % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await until(`${size} connections`, async () => sockets.every((socket) => socket.readyState === 'open'))
  return () => sockets.forEach((socket) => socket.destroy())
}

// Sent and received bytes are the same on both sides: the head that the service's answer has beyond Kore's own.
async function shape(request) {
  const bytes = async (url, init) => {
    const answer = await fetch(url, { redirect: 'manual', ...init })
    return { head: [...answer.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0), body: (await answer.arrayBuffer()).byteLength }
  }
  const [ours, kores] = [await bytes(request.url, request.init), await bytes(`${floor.url}/bytes`)]
  return { body: ours.body, query: `${ours.body},${Math.max(0, ours.head - kores.head - 8)}`, head: Math.max(0, ours.head - kores.head - 8) }
}

async function statements(database, times, work) {
  await work()
  await psql(database.name, 'SELECT pg_stat_statements_reset()')
  for (let i = 0; i < times; i++) await work()
  const [calls, commits] = (await psql(database.name, `SELECT coalesce(sum(calls), 0) || ' ' || coalesce(sum(calls) FILTER (WHERE wal_records > 0), 0)
    FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = 'latchkey' AND query NOT ILIKE '%pg_stat%'`)).split(' ').map(Number)
  return `${(calls / times).toFixed(2)} statements, ${(commits / times).toFixed(2)} commits`
}

await durable()
const database = await Database.create()
await database.sql('CREATE EXTENSION pg_stat_statements')
await database.realm()
await database.user('alice', password)
const application = (more) => database.client(webClient({ skip_consent: true, id_token_signed_response_alg: 'ES256', ...more }))
const client = await application(), clientOfRsa = await application({ id_token_signed_response_alg: 'RS256' })
await fill(database, client)

// As it is delivered: every default, a line of log for each request; the log goes into memory, so that no disk is measured but the database's.
const log = openSync(`${folder}/log`, 'a')
const environment = { LATCHKEY_PASSWORD_MEMORY_KIB: '19456', LATCHKEY_PASSWORD_PASSES: '2' }
const start = (more = {}, issuer = undefined) => Service.start(database, { environment: { ...environment, ...more }, issuer, stderr: log })
const floor = await bareKore()
const [realm, user, uuid] = (await database.sql("SELECT u.realm_id || ' ' || u.id || ' ' || (SELECT id FROM clients WHERE client_id = '" + client.client_id + "') FROM users u")).split(' ')
let service = await start()
const origin = () => `http://127.0.0.1:${service.port}`
const headers = (whose = client) => `Host: ${new URL(service.issuer).host}\nContent-Type: application/x-www-form-urlencoded\nAuthorization: ${basic(whose)}`
const posted = (body, whose = client) => ({ method: 'POST', body: new URLSearchParams(body), headers: { authorization: basic(whose) } })
let visit = await signIn(service, client, { scope: 'openid profile email' })
const cookie = () => [...visit.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
const { verifier, challenge } = pkce()
const authorizePath = (whose, scope = 'openid') => `/oauth2/authorize?${authorizeQuery(whose, { scope, code_challenge: challenge, code_challenge_method: 'S256' })}`

const measures = {
  async start() {
    const starts = []
    for (let i = 0; i < 5; i++) starts.push(await startTime({ ...database.environment(environment), LATCHKEY_WORKERS: '2' }))
    row('start, exec to the first 200 on readiness (ms, median of 5)', middle(starts), '', 0, '<= 150 ms')
  },

  async memory() {
    const fresh = await start()
    row('memory idle (MB PSS, all processes)', await memory(fresh.child.pid), '', 0, '<= 40 MB')
    const leave = await crowd(fresh, 10000)
    row('memory with 10,000 open connections (MB PSS)', await memory(fresh.child.pid), '', 0, '<= 300 MB')
    leave()
    await fresh.stop()
  },

  async introspection() {
    const body = { token: visit.tokens.access_token }
    const environment = { BODY: String(new URLSearchParams(body)), HEADERS: headers() }
    const { query } = await shape({ url: service.url('/oauth2/introspect'), init: posted(body) })
    const [ours, limit] = await byTurns((t) => wrk('post', `${origin()}/oauth2/introspect`, t, environment), (t) => wrk('post', `${floor.url}/bytes?${query}`, t, environment))
    row('introspection of a signed token (/s)', ours.rate, 'bare handler, same bytes', limit.rate, '>= 60 %', said(ours))
  },

  // An expired token goes the same way but for the question to the database: a node whose clock is ahead.
  async introspectionWithout() {
    const before = service
    service = await start({ LATCHKEY_TEST_CLOCK_SHIFT: '7200' }, before.issuer)
    const body = { token: visit.tokens.access_token }
    const environment = { BODY: String(new URLSearchParams(body)), HEADERS: headers() }
    const { query } = await shape({ url: `${origin()}/oauth2/introspect`, init: posted(body) })
    const [ours, limit] = await byTurns((t) => wrk('post', `${origin()}/oauth2/introspect`, t, environment), (t) => wrk('post', `${floor.url}/bytes?${query}`, t, environment))
    row('introspection without its question to the database (/s)', ours.rate, 'bare handler, same bytes', limit.rate, '', said(ours))
    await service.stop()
    service = before
  },

  async credentials() {
    const body = { grant_type: 'client_credentials', scope: 'profile' }
    const allowed = await token(service, client, body)
    if (allowed.status !== 200) delete body.scope
    const made = (await token(service, client, body)).body
    const environment = { BODY: String(new URLSearchParams(body)), HEADERS: headers() }
    const { head } = await shape({ url: service.url('/oauth2/token'), init: posted(body) })
    const length = Buffer.from(made.access_token.split('.')[1], 'base64url').length
    const [ours, limit] = await byTurns((t) => wrk('post', `${origin()}/oauth2/token`, t, environment), (t) => wrk('post', `${floor.url}/sign?${length},${head}`, t, environment))
    row('client credentials, ES256 (/s)', ours.rate, 'bare handler that signs ES256', limit.rate, '>= 70 %', said(ours))
  },

  async refresh() {
    const environment = { HEADERS: headers(), TOKENS: `${folder}/tokens` }
    let round = -1
    const families = async () => {
      const made = []
      for (let i = 0; i < WRITE_CONNECTIONS * FAMILIES; i++) made.push((await signIn(service, client, { browser: visit.browser, scope: 'profile offline_access' })).tokens.refresh_token)
      writeFileSync(environment.TOKENS, made.join('\n'))
    }
    const script = rotationScript(FAMILIES)
    const [ours, limit] = await byTurns(async (t) => { await families(); return wrk('refresh', `${origin()}/oauth2/token`, t, environment) },
      async (t) => { if (++round > 0) await database.sql('UPDATE grants g SET generation = 1 FROM bench_families f WHERE g.realm_id = f.realm_id AND g.id = f.id')
        return pgbench(database, folder, script, t, WRITE_CONNECTIONS, { round: 0 }) })
    const rotated = Number(await database.sql('SELECT sum(g.generation) FROM grants g JOIN bench_families f ON g.realm_id = f.realm_id AND g.id = f.id'))
    if (rotated < limit / 2) throw new Error('pgbench rotated nothing')
    row('refresh with rotation (/s)', ours.rate, `pgbench, same statement, ${WRITE_CONNECTIONS} connections`, limit, '>= 70 %', said(ours))
  },

  async code() {
    const flow = (whose) => (t) => wrk('code', origin(), t, {
      COOKIE: cookie(), HOST: `localhost:${service.port}`, BASIC: basic(whose), AUTHORIZE: authorizePath(whose),
      REDEEM: `grant_type=authorization_code&redirect_uri=${encodeURIComponent('https://app.example/cb')}&code_verifier=${verifier}`,
    })
    const claimed = Buffer.from(visit.tokens.access_token.split('.')[1], 'base64url').length
    const [digest, session] = (await database.sql("SELECT '\\x' || encode(digest, 'hex') || ' ' || id FROM sessions WHERE ended_at IS NULL ORDER BY auth_time DESC LIMIT 1")).split(' ')
    const micro = Date.now() * 1000
    const redeem = catalogued('src/grants/codes.sql', 'codes_redeem', { 2: 'bench_uuid()', 14: 'bench_uuid()', 15: 'NULL', 16: 'NULL', 17: 'true' })
    const variables = { p1: realm, p3: uuid, p4: user, p5: session, p6: 'openid', p7: '1', p8: 'pwd', p9: micro, p10: micro + 3600e6, p11: 'false', p12: 1209600, p13: 7776000 }
    const [ours, rsa, signed, read, redeemed] = await byTurns(flow(client), flow(clientOfRsa),
      (t) => wrk('post', `${floor.url}/sign?${claimed}`, t, { BODY: 'a=b', HEADERS: headers() }),
      (t) => pgbench(database, folder, catalogued('src/sessions/sessions.sql', 'sessions_find'), t, READ_CONNECTIONS, { p1: realm, p2: digest, p3: uuid }),
      (t) => pgbench(database, folder, redeem, t, WRITE_CONNECTIONS, variables))
    const limit = 1 / (1 / read + 1 / redeemed + 2 / signed.rate)
    row('code flow with a live session (flows/s)', ours.rate, 'its parts in a row', limit, '>= 70 %',
      `wrong ${ours.wrong}; parts: pgbench session read ${read.toFixed(0)}, pgbench redemption ${redeemed.toFixed(0)}, bare ES256 twice ${signed.rate.toFixed(0)}; with an RS256 ID token ${rsa.rate.toFixed(0)}/s, wrong ${rsa.wrong}`)
  },

  async passwords() {
    const browser = new Browser(service)
    const first = await browser.fetch(authorizePath(client))
    const page = await (await browser.fetch(first.headers.get('location'))).text()
    const hidden = Object.fromEntries([...page.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map((input) => [input[0].match(/name="([^"]*)"/)[1], input[0].match(/value="([^"]*)"/)[1]]))
    const action = page.match(/<form\b[^>]*action="([^"]*)"/)[1].replaceAll('&amp;', '&')
    const form = { STATUS: '303', BODY: String(new URLSearchParams({ ...hidden, login: 'alice', password })),
      HEADERS: `Host: localhost:${service.port}\nContent-Type: application/x-www-form-urlencoded\nOrigin: ${service.issuer}\nSec-Fetch-Site: same-origin\nCookie: ${[...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}` }
    const signOnce = (t) => wrk('post', new URL(action, origin()).href, t, form, 8)
    const slots = Math.max(1, cpus().length - 1)
    const [ours, hashes] = await takeTurns(2, seconds, [signOnce, (t) => hashesAlone(slots, t, 19456, 2)])
    row('password sign-in (/s)', ours.rate, `Argon2id alone, ${slots} thread${slots > 1 ? 's' : ''}`, hashes, '>= 95 %', said(ours))

    const introspection = { BODY: `token=${visit.tokens.access_token}`, HEADERS: headers() }
    const ask = (t) => wrk('post', `${origin()}/oauth2/introspect`, t, introspection)
    const storms = []
    const [calm, stormy] = await byTurns(ask, async (t) => {
      const storm = signOnce(t + 1)
      const during = await ask(t)
      storms.push(await storm)
      return during
    })
    row('introspection p99 while sign-ins saturate Argon2 (ms)', stormy.p99, 'itself without the storm', calm.p99, '<= 200 %',
      `${stormy.rate.toFixed(0)}/s of ${calm.rate.toFixed(0)}/s; ${mean(storms.map((one) => one.rate)).toFixed(1)} sign-ins/s`)

    const so_far = Number(await database.sql('SELECT count(*) FROM sessions'))
    if (so_far < SIGN_INS) await signOnce(Math.ceil((SIGN_INS - so_far) / ours.rate))
    row(`memory after ${SIGN_INS.toLocaleString('en')} sign-ins and all the load above (MB PSS)`, await memory(service.child.pid), '', 0, '<= 40 MB')
  },
}

for (const [name, measure] of Object.entries(measures)) if (!only || only.split(',').includes(name)) await measure()

// Counts, not times.
const counts = only ? {} : {
  'client credentials': await statements(database, 200, () => token(service, client, { grant_type: 'client_credentials' })),
  'introspection of a JWT': await statements(database, 200, () => fetch(service.url('/oauth2/introspect'), posted({ token: visit.tokens.access_token })).then((answer) => answer.text())),
  'userinfo': await statements(database, 200, () => fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${visit.tokens.access_token}` } }).then((answer) => answer.text())),
  'JWKS': await statements(database, 200, () => fetch(service.url('/oauth2/jwks')).then((answer) => answer.text())),
  'authorize with a live session, and redeem': await statements(database, 200, () => signIn(service, client, { browser: visit.browser })),
}
floor.stop()
await service.stop()
await database.drop()

const percent = (line) => line.limit ? `${(100 * line.figure / line.limit).toFixed(0)} %` : ''
console.log(`\n${'work'.padEnd(68)}${'figure'.padStart(9)}${'limit'.padStart(10)}${'ratio'.padStart(8)}   aim        against`)
for (const line of table)
  console.log(`${line.work.padEnd(68)}${line.figure.toFixed(1).padStart(9)}${(line.limit ? line.limit.toFixed(1) : '').padStart(10)}${percent(line).padStart(8)}   ${line.aim.padEnd(10)} ${line.against}`)
console.log('\nnotes')
for (const line of table.filter((one) => one.note)) console.log(`  ${line.work}: ${line.note}`)
console.log('\nstatements and commits of one, by pg_stat_statements (caches renewed each second included)')
for (const [work, count] of Object.entries(counts)) console.log(`  ${work.padEnd(44)} ${count}`)
