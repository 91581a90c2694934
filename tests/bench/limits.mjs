// What the service is measured against, in the same run on the same machine: bare Kore, pgbench with the service's own statements, Argon2id alone.
import { execFile, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { conninfo, freePort, until } from '../http/service.mjs'

const run = promisify(execFile)
const children = new Set()
process.on('exit', () => { for (const child of children) child.kill('SIGKILL') })

// wrk with one of wrk/*.lua: answers a second, latencies in milliseconds, answers that were not the expected ones.
export async function wrk(script, url, seconds, environment = {}, connections = 32) {
  const { stdout } = await run('wrk', ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', `tests/bench/wrk/${script}.lua`, url],
    { env: { PATH: process.env.PATH, ...environment }, maxBuffer: 1 << 20 })
  const [count, duration, p50, p99, wrong] = stdout.match(/RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/).slice(1).map(Number)
  return { count, rate: count / (duration / 1e6), p50: p50 / 1000, p99: p99 / 1000, wrong }
}

// Kore as it is, with as many workers as the service (tests/bench/bare.c).
export async function bareKore() {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn('build/release/tests/bench_bare', ['2'], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, BARE_PORT: String(port) } })
  children.add(child)
  await until('the bare server', async () => (await fetch(`${url}/bytes`)).ok)
  return { url, stop: () => { child.kill('SIGTERM'); children.delete(child) } }
}

export async function hashesAlone(slots, seconds, kib, passes) {
  return Number((await run('build/release/tests/bench_argon2', [slots, seconds, kib, passes].map(String))).stdout)
}

// A statement of the catalogue with its parameters as pgbench's variables :p1.., or as given.
export function catalogued(file, name, given = {}) {
  const block = readFileSync(file, 'utf8').split(/^-- name: /m).find((part) => part.startsWith(`${name} `))
  if (!block) throw new Error(`${file} has no statement ${name}`)
  const text = block.slice(block.indexOf('\n') + 1).replace(/^--.*$/gm, '').trim()
  return text.replace(/\$(\d+)/g, (_, number) => given[number] ?? `:p${number}`) + ';\n'
}

// Transactions a second of a script, with the service's role and as many connections as the service has for such work.
export async function pgbench(database, folder, script, seconds, connections, variables = {}) {
  const file = `${folder}/script.sql`
  writeFileSync(file, script)
  const { stdout } = await run('/usr/lib/postgresql/15/bin/pgbench', ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-f', file,
    ...Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]), conninfo('latchkey', database.name)])
  const failed = Number(stdout.match(/number of failed transactions: (\d+)/)?.[1] ?? 0)
  if (failed > 0) throw new Error(`pgbench: ${failed} transactions failed`)
  return Number(stdout.match(/tps = ([\d.]+)/)[1])
}

// The rotation as the service does it: every connection goes round its own families, each at its right generation.
export function rotationScript(families) {
  const rotate = catalogued('src/grants/refresh_tokens.sql', 'refresh_tokens_rotate', { 2: ':family', 3: ':generation', 5: '1209600' })
  const ids = Array.from({ length: families }, (_, n) => `max(id::text) FILTER (WHERE place = ${n}) AS id${n}`)
  const turns = Array.from({ length: families }, (_, n) => `\\if :place = ${n}\n${rotate.replace(':family', `:id${n}`)}\\endif\n`)
  return `\\if :round = 0\nSELECT realm_id AS p1, client AS p4, ${ids.join(', ')} FROM bench_families WHERE owner = :client_id GROUP BY 1, 2 \\gset\n\\endif\n` +
    `\\set place :round % ${families}\n\\set generation 1 + :round / ${families}\n\\set round :round + 1\n${turns.join('')}`
}
