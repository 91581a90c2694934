// The real binary on ephemeral ports with a database of its own, for one test file.
import { spawn, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const binary = path.resolve(process.env.LATCHKEY_BINARY ?? 'build/release/latchkey')
let cluster = process.env.LATCHKEY_TEST_DATABASE_URL
// From here on databases are made in this cluster.
export function useCluster(url) { cluster = url }
export const isSanitized = binary.includes('/sanitize/')

// A port that nobody listens on now.
export async function freePort() {
  const server = net.createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

// libpq's words for this cluster with another user and database.
export function conninfo(user, database) {
  return cluster.replace(/user=\S+/, `user=${user}`).replace(/dbname=\S+/, `dbname=${database}`)
}

export async function psql(database, sql, user = 'postgres') {
  const { stdout } = await run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, conninfo(user, database)])
  return stdout.trim()
}

// Waits until ask() gives something, asking often; fails with what it was waiting for.
export async function until(what, ask, timeoutMs = 20000) {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export class Database {
  static async create({ migrated = true } = {}) {
    const database = new Database()
    database.name = `t_${randomBytes(6).toString('hex')}`
    database.key = randomBytes(32).toString('base64url')
    await psql('postgres', `CREATE DATABASE ${database.name}`)
    if (migrated) await database.migrate()
    else await psql('postgres', "DO $$ BEGIN CREATE ROLE latchkey_service NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
    await psql('postgres', "DO $$ BEGIN CREATE ROLE latchkey LOGIN IN ROLE latchkey_service; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
    return database
  }

  async migrate() { return this.latchkey(['migrate'], { LATCHKEY_DATABASE_URL: conninfo('postgres', this.name) }) }

  environment(more = {}) {
    return {
      PATH: process.env.PATH,
      ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '',
      UBSAN_OPTIONS: process.env.UBSAN_OPTIONS ?? '',
      LATCHKEY_DATABASE_URL: conninfo('latchkey', this.name),
      LATCHKEY_KEY_ENCRYPTION_KEY: this.key,
      LATCHKEY_PASSWORD_MEMORY_KIB: '8192',
      LATCHKEY_PASSWORD_PASSES: '1',
      ...more,
    }
  }

  // Runs a command of the command line; its JSON when --json was given.
  async latchkey(words, environment = {}, input = undefined) {
    const child = run(binary, words, { env: this.environment(environment) })
    if (input !== undefined) child.child.stdin.end(input)
    else child.child.stdin.end()
    const { stdout } = await child
    return words.includes('--json') ? JSON.parse(stdout) : stdout
  }

  async realm(name = 'main') { return this.latchkey(['realm', 'create', name, '--json']) }

  async user(login, password, realm = undefined) {
    return this.latchkey(['user', 'create', login, '--email', `${login}@example.org`, '--name', `${login} Example`, '--password-stdin', '--json',
      ...(realm ? ['--realm', realm] : [])], {}, `${password}\n`)
  }

  async client(metadata, realm = undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-client-'))
    const file = path.join(folder, 'client.json')
    writeFileSync(file, JSON.stringify(metadata))
    try {
      return await this.latchkey(['client', 'create', '--file', file, '--json', ...(realm ? ['--realm', realm] : [])])
    } finally { rmSync(folder, { recursive: true }) }
  }

  async sql(text) { return psql(this.name, text) }
  async drop() { await psql('postgres', `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`).catch(() => {}) }
}

// A process that nobody has waited for yet has died all the same.
export function isRunning(pid) {
  try { return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) } catch { return false }
}

const running = new Set()
process.on('exit', () => { for (const service of running) try { process.kill(service.child.pid, 'SIGKILL') } catch {} })

export class Service {
  // options: port, environment, stderr (a descriptor, instead of service.log), waits (false: do not wait until it is ready)
  static async start(database, options = {}) {
    const service = new Service()
    service.database = database
    service.port = options.port ?? await freePort()
    service.operationsPort = options.operationsPort ?? await freePort()
    service.issuer = options.issuer ?? `http://localhost:${service.port}`
    service.origin = `http://127.0.0.1:${service.port}`
    service.log = ''
    service.child = spawn(binary, ['serve'], {
      stdio: ['ignore', 'pipe', options.stderr ?? 'pipe'],
      env: database.environment({
        LATCHKEY_BASE_URL: service.issuer,
        LATCHKEY_LISTEN_PORT: String(service.port),
        LATCHKEY_OPERATIONS_PORT: String(service.operationsPort),
        LATCHKEY_WORKERS: '2',
        LATCHKEY_LOG_LEVEL: 'info',
        ...options.environment,
      }),
    })
    service.exited = new Promise((resolve) => service.child.on('exit', (code, signal) => { running.delete(service); resolve({ code, signal }) }))
    for (const stream of [service.child.stdout, service.child.stderr].filter(Boolean))
      stream.on('data', (bytes) => { service.log += bytes })
    running.add(service)
    if (options.waits !== false) await service.ready()
    return service
  }

  async ready() {
    await until(`readiness; the log says\n${this.log.slice(-2000)}`, async () =>
      (await fetch(`http://127.0.0.1:${this.operationsPort}/health/ready`)).status === 200)
  }

  async metrics() {
    const text = await (await fetch(`http://127.0.0.1:${this.operationsPort}/metrics`)).text()
    return Object.fromEntries(text.split('\n').filter((line) => line && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
  }

  async workers() {
    const { stdout } = await run('pgrep', ['-P', String(this.child.pid)])
    return stdout.trim().split('\n').map(Number)
  }

  // After SIGKILL of the parent its workers die too, a moment later.
  async portsAreFree() {
    await until('the ports', () => new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1')
      socket.on('connect', () => { socket.destroy(); resolve(false) })
      socket.on('error', () => resolve(true))
    }))
  }

  url(where) { return `${this.issuer}${where}` }

  async stop(signal = 'SIGTERM') {
    if (running.has(this)) this.child.kill(signal)
    return this.exited
  }
}

// A browser as far as HTTP goes: keeps cookies, follows nothing by itself.
export class Browser {
  constructor(service) { this.service = service; this.cookies = new Map() }

  async fetch(where, init = {}) {
    const url = new URL(where, this.service.issuer + '/')
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await fetch(url, { redirect: 'manual', ...init, headers })
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(pair.slice(0, at))
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }

  // Posts the page's form with these values besides its hidden ones.
  async submit(page, values, action = undefined) {
    const html = typeof page === 'string' ? page : await page.text()
    const fields = new URLSearchParams()
    for (const input of html.matchAll(/<input\b[^>]*>/g)) {
      const attribute = (name) => input[0].match(new RegExp(`\\b${name}="([^"]*)"`))?.[1]
      if (attribute('type') === 'hidden' && attribute('name')) fields.set(attribute('name'), unescapeHtml(attribute('value') ?? ''))
    }
    for (const [name, value] of Object.entries(values)) fields.set(name, value)
    const target = action ?? unescapeHtml(html.match(/<form\b[^>]*\baction="([^"]*)"/)?.[1] ?? '')
    return this.fetch(target, {
      method: 'POST', body: fields,
      headers: { origin: new URL(this.service.issuer).origin, 'sec-fetch-site': 'same-origin' },
    })
  }
}

export function unescapeHtml(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

// Raw bytes to a port, and everything that comes back until the other side closes or is silent.
export async function raw(port, bytes, { silentMs = 400 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let answer = ''
    let timer
    const finish = (closed) => { clearTimeout(timer); socket.destroy(); resolve({ answer, closed }) }
    socket.on('connect', () => { socket.write(bytes) })
    socket.on('data', (data) => { answer += data.toString('latin1'); clearTimeout(timer); timer = setTimeout(() => finish(false), silentMs) })
    socket.on('close', () => finish(true))
    socket.on('error', (error) => error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish(true) : reject(error))
    timer = setTimeout(() => finish(false), 5000)
  })
}
