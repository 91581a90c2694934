// The table of docs/architecture.md's "fast": each kind of work beside what this machine could do at best, in one run.
import { execFile, spawn } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Browser, Database, Service, conninfo, freePort, psql, until } from '../http/service.mjs'
import { authorizeQuery, basic, pkce, signIn, token, webClient } from '../http/flow.mjs'

const run = promisify(execFile)
const seconds = Number(process.env.SECONDS_EACH ?? 5)
const rows = Number(process.env.ROWS ?? 1000000)
const connections = 32, threads = 1
const password = 'correct horse battery staple'
const cluster = process.env.LATCHKEY_TEST_DATABASE_URL
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'))
const table = []
const children = new Set()
process.on('exit', () => { for (const child of children) try { child.kill('SIGKILL') } catch {}; rmSync(folder, { recursive: true, force: true }) })

async function wrk(script, url, environment = {}, width = connections) {
  const { stdout } = await run('wrk', ['-t', String(threads), '-c', String(width), '-d', `${seconds}s`, '--timeout', '10s', '-s', `tests/bench/wrk/${script}.lua`, url],
    { env: { PATH: process.env.PATH, THREADS: String(threads), ...environment }, maxBuffer: 1 << 20 })
  const [requests, duration, p50, p99, wrong] = stdout.match(/RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/).slice(1).map(Number)
  return { rate: requests / (duration / 1e6), p50: p50 / 1000, p99: p99 / 1000, wrong }
}

function row(work, figure, against, limit, aim, note = '') {
  table.push({ work, figure, against, limit, ratio: limit ? figure / limit : NaN, aim, note })
  console.log(`${work}: ${figure.toFixed(1)} ${limit ? `of ${limit.toFixed(1)} (${(100 * figure / limit).toFixed(0)} %)` : ''} ${note}`)
}

// Proportional set size of a process and its children, in megabytes.
async function memory(pid) {
  const { stdout } = await run('pgrep', ['-P', String(pid)])
  let kilobytes = 0
  for (const one of [pid, ...stdout.trim().split('\n').filter(Boolean).map(Number)])
    kilobytes += Number(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1])
  return kilobytes / 1024
}

async function bare() {
  const port = await freePort()
  const child = spawn('build/release/tests/bench_bare', ['2'], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, BARE_PORT: String(port) } })
  children.add(child)
  await until('the bare server', async () => (await fetch(`http://127.0.0.1:${port}/bytes`)).ok)
  return { url: `http://127.0.0.1:${port}`, stop: () => { child.kill('SIGTERM'); children.delete(child) } }
}

async function durable() {
  for (const sql of ['ALTER SYSTEM SET fsync = on', 'ALTER SYSTEM SET full_page_writes = on', "ALTER SYSTEM SET shared_buffers = '512MB'", 'ALTER SYSTEM SET autovacuum = on', "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"])
    await psql('postgres', sql)
  await run('tests/db/pg.sh', ['halt', cluster])
  await run('tests/db/pg.sh', ['resume', cluster])
}

// A million grants of others, so that a missing index shows.
async function fill(database) {
  await database.sql(`INSERT INTO grants (realm_id, id, user_id, client, session_id, scope, acr, amr, auth_time, idle_expires_at, expires_at)
    SELECT r.id, gen_random_uuid(), u.id, c.id, NULL, 'openid', '1', 'pwd', now(), now() + interval '14 days', now() + interval '90 days'
    FROM realms r JOIN users u ON u.realm_id = r.id AND u.login = 'alice' JOIN clients c ON c.realm_id = r.id CROSS JOIN generate_series(1, ${rows})`)
  await database.sql('VACUUM ANALYZE grants')
}

async function statements(database, work) {
  await psql(database.name, 'SELECT pg_stat_statements_reset()')
  await work()
  const [calls, commits] = (await psql(database.name, `SELECT coalesce(sum(calls), 0) || ' ' || coalesce(sum(calls) FILTER (WHERE wal_records > 0), 0)
    FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = 'latchkey' AND query NOT ILIKE '%pg_stat%'`)).split(' ').map(Number)
  return { calls, commits }
}

await durable()
const database = await Database.create()
await database.sql('CREATE EXTENSION pg_stat_statements')
await database.realm()
const environment = { LATCHKEY_PASSWORD_MEMORY_KIB: '19456', LATCHKEY_PASSWORD_PASSES: '2', LATCHKEY_LOG_LEVEL: 'warning' }
await database.user('alice', password)
const client = await database.client(webClient({ skip_consent: true }))
console.log(`${rows} grants of others...`)
await fill(database)

// Start: exec to the first 200 on readiness.
const starts = []
for (let i = 0; i < 5; i++) {
  const operationsPort = await freePort()
  const began = performance.now()
  const service = await Service.start(database, { environment, operationsPort, waits: false })
  await until('readiness', async () => (await fetch(`http://127.0.0.1:${operationsPort}/health/ready`)).status === 200)
  starts.push(performance.now() - began)
  await service.stop()
}
row('start, exec to ready (ms, median of 5, asked every 20 ms)', starts.sort((a, b) => a - b)[2], 'a bound', 0, '<= 150 ms')

const service = await Service.start(database, { environment })
const host = `localhost:${service.port}`
const form = `Host: ${host}\nContent-Type: application/x-www-form-urlencoded\nAuthorization: ${basic(client)}`
row('memory idle (MB PSS, all processes)', await memory(service.child.pid), 'a bound', 0, '<= 40 MB')
const idle = []
for (let i = 0; i < 10000; i++) {
  const socket = net.connect(service.port, '127.0.0.1')
  socket.on('error', () => {})
  idle.push(socket)
  if (i % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 10))
}
await until('10,000 connections', async () => idle.every((socket) => socket.readyState === 'open'))
row('memory with 10,000 open connections (MB PSS)', await memory(service.child.pid), 'a bound', 0, '<= 300 MB')
for (const socket of idle) socket.destroy()

const visit = await signIn(service, client, { scope: 'openid profile email' })
const machine = await token(service, client, { grant_type: 'client_credentials', scope: 'profile' })
const floor = await bare()

const introspection = { BODY: `token=${visit.tokens.access_token}`, HEADERS: form }
const ours = await wrk('post', `http://127.0.0.1:${service.port}/oauth2/introspect`, introspection)
const answer = await fetch(service.url('/oauth2/introspect'), { method: 'POST', body: new URLSearchParams({ token: visit.tokens.access_token }), headers: { authorization: basic(client) } })
const size = (await answer.text()).length
const limit = await wrk('post', `${floor.url}/bytes?${size}`, introspection)
row('introspection of a signed token (/s)', ours.rate, 'bare handler, same body', limit.rate, '>= 60 %', `p99 ${ours.p99.toFixed(2)} ms, wrong ${ours.wrong}`)

const credentials = { BODY: 'grant_type=client_credentials&scope=profile', HEADERS: form }
const issued = await wrk('post', `http://127.0.0.1:${service.port}/oauth2/token`, credentials)
const signed = await wrk('post', `${floor.url}/sign?${claimsLength(machine.body.access_token)}`, credentials)
row('client credentials (/s)', issued.rate, 'bare handler that signs ES256', signed.rate, '>= 70 %', `p99 ${issued.p99.toFixed(2)} ms, wrong ${issued.wrong}`)
function claimsLength(jwt) { return Buffer.from(jwt.split('.')[1], 'base64url').length }

// Refresh: families of alice, made by redeeming codes with her session.
const families = []
for (let i = 0; i < 64; i++) families.push((await signIn(service, client, { browser: visit.browser, scope: 'openid offline_access' })).tokens.refresh_token)
writeFileSync(`${folder}/tokens`, families.join('\n'))
const refreshed = await wrk('refresh', `http://127.0.0.1:${service.port}/oauth2/token`, { TOKENS: `${folder}/tokens`, HEADERS: form })
const rotate = readFileSync('src/grants/refresh_tokens.sql', 'utf8').match(/-- name: (refresh_tokens_rotate|refresh_tokens_use)[^\n]*\n([\s\S]*?)(?=\n-- name:|$)/)
let rotations = NaN
if (rotate) {
  writeFileSync(`${folder}/rotate.sql`, pgbenchScript(rotate[2]))
  await database.sql("CREATE TABLE bench_families AS SELECT row_number() OVER () AS n, realm_id, id, client FROM grants WHERE scope LIKE '%offline_access%'")
  await database.sql('CREATE UNIQUE INDEX ON bench_families (n); GRANT SELECT ON bench_families TO latchkey')
}
const update = `\\set n random(1, 64)\nUPDATE grants g SET generation = g.generation + 1, rotated_at = db_now(), idle_expires_at = db_now() + interval '14 days' FROM bench_families f WHERE f.n = :n AND g.realm_id = f.realm_id AND g.id = f.id AND g.revoked_at IS NULL RETURNING g.generation, g.scope;\n`
writeFileSync(`${folder}/update.sql`, update)
const { stdout: pgbench } = await run('/usr/lib/postgresql/15/bin/pgbench', ['-n', '-M', 'prepared', '-c', '8', '-j', '1', '-T', String(seconds), '-f', `${folder}/update.sql`, conninfo('latchkey', database.name)])
rotations = Number(pgbench.match(/tps = ([\d.]+)/)[1])
function pgbenchScript(text) { return text }
row('refresh with rotation (/s)', refreshed.rate, 'pgbench, the same update, 8 clients', rotations, '>= 70 %', `p99 ${refreshed.p99.toFixed(2)} ms, wrong ${refreshed.wrong}`)

// The code flow with a live session: one flow is an authorization request and a redemption.
const { verifier, challenge } = pkce()
const session = [...visit.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
const flow = await wrk('code', `http://127.0.0.1:${service.port}`, {
  COOKIE: session, HOST: host, BASIC: basic(client),
  AUTHORIZE: `/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256' })}`,
  REDEEM: `grant_type=authorization_code&redirect_uri=${encodeURIComponent('https://app.example/cb')}&code_verifier=${verifier}`,
})
row('authorization code flow with a live session (flows/s)', flow.rate, '', 0, '', `wrong ${flow.wrong}`)

// Sign-in: the same valid form again and again; each is an Argon2id hash and a session.
const browser = new Browser(service)
const start = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256' })}`)
const page = await (await browser.fetch(start.headers.get('location'))).text()
const hidden = Object.fromEntries([...page.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map((input) => [input[0].match(/name="([^"]*)"/)[1], input[0].match(/value="([^"]*)"/)[1]]))
const signing = {
  STATUS: '303', BODY: String(new URLSearchParams({ ...hidden, login: 'alice', password })),
  HEADERS: `Host: ${host}\nContent-Type: application/x-www-form-urlencoded\nOrigin: ${service.issuer}\nSec-Fetch-Site: same-origin\nCookie: ${[...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`,
}
const action = page.match(/<form\b[^>]*action="([^"]*)"/)[1].replaceAll('&amp;', '&')
const calm = await wrk('post', `http://127.0.0.1:${service.port}/oauth2/introspect`, introspection)
const storm = wrk('post', new URL(action, `http://127.0.0.1:${service.port}`).href, signing, 8)
const during = await wrk('post', `http://127.0.0.1:${service.port}/oauth2/introspect`, introspection)
const stormed = await storm
const alone = await wrk('post', new URL(action, `http://127.0.0.1:${service.port}`).href, signing, 8)
const slots = Math.max(1, cpus().length - 1)
const hashes = Number((await run('build/release/tests/bench_argon2', [String(slots), String(seconds), '19456', '2'])).stdout)
row('password sign-in (/s)', alone.rate, `Argon2id alone on ${slots} core(s)`, hashes, '>= 95 %', `p99 ${alone.p99.toFixed(0)} ms, wrong ${alone.wrong}; in the storm ${stormed.rate.toFixed(1)}/s`)
row('introspection p99 during a storm of sign-ins (ms)', during.p99, 'itself without the storm', calm.p99, '<= 2 x', `${during.rate.toFixed(0)}/s of ${calm.rate.toFixed(0)}/s`)

// Counts, not times.
const rounds = 200
const counted = async (work, times = rounds) => { await work(); const { calls, commits } = await statements(database, async () => { for (let i = 0; i < times; i++) await work() }); return `${(calls / times).toFixed(2)} statements, ${(commits / times).toFixed(2)} commits` }
const counts = {
  'client credentials': await counted(() => token(service, client, { grant_type: 'client_credentials', scope: 'profile' })),
  'introspection of a JWT': await counted(() => fetch(service.url('/oauth2/introspect'), { method: 'POST', body: new URLSearchParams({ token: visit.tokens.access_token }), headers: { authorization: basic(client) } }).then((a) => a.text())),
  'userinfo': await counted(() => fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${visit.tokens.access_token}` } }).then((a) => a.text())),
  'JWKS': await counted(() => fetch(service.url('/oauth2/jwks')).then((a) => a.text())),
  'authorize with a live session and redeem': await counted(() => signIn(service, client, { browser: visit.browser })),
}
floor.stop()
row('memory after the load (MB PSS)', await memory(service.child.pid), 'a bound', 0, '')
await service.stop()
await database.drop()

console.log(`\n${'work'.padEnd(62)}${'figure'.padStart(10)}${'limit'.padStart(10)}${'ratio'.padStart(8)}   aim`)
for (const line of table)
  console.log(`${line.work.padEnd(62)}${line.figure.toFixed(1).padStart(10)}${line.limit ? line.limit.toFixed(1).padStart(10) : ''.padStart(10)}${line.limit ? `${(100 * line.ratio).toFixed(0)} %`.padStart(8) : ''.padStart(8)}   ${line.aim}  ${line.against ? `(against ${line.against})` : ''} ${line.note}`)
console.log('\nstatements and commits, by pg_stat_statements:')
for (const [work, count] of Object.entries(counts)) console.log(`  ${work.padEnd(44)} ${count}`)
