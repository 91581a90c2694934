// `latchkey dev`: from an empty folder to a demo in Chromium, and back to nothing.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import net from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { binary, until } from '../http/service.mjs'
import { launch, look } from './browser.mjs'

const isRoot = process.getuid() === 0
const places = [], started = new Set()
let browser

// Short, and open to every user: a clone in a home folder looks like that.
function emptyFolder(name = 'latchkey-dev-') {
  const folder = mkdtempSync(path.join('/var/tmp', name))
  chmodSync(folder, 0o755)
  places.push(folder)
  return folder
}

// Two ports next to each other that nobody listens on, below those the kernel gives to outgoing connections.
async function freePorts() {
  for (;;) {
    const port = randomInt(10000, 30000)
    if (await isFree(port) && await isFree(port + 1)) return port
  }
}

const isFree = (port) => new Promise((resolve) => {
  const server = net.createServer().once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
})

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
  try {
    const [state, parent, , session] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
    let cwd = ''
    try { cwd = readlinkSync(`/proc/${pid}/cwd`) } catch {}
    return state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), session: Number(session), cwd, name: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
  } catch { return [] }
})

class Dev {
  constructor(folder, port, { program = binary, ...options } = {}) {
    this.folder = folder
    this.port = port
    this.output = ''
    // A session of its own, as a terminal's.
    this.child = spawn(program, ['dev', '--port', String(port)], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => { this.output += bytes })
    this.exited = new Promise((resolve) => this.child.on('close', (code, signal) => { started.delete(this); resolve({ code, signal }) }))
    started.add(this)
  }

  static async ready(...given) {
    const dev = new Dev(...given)
    let gone
    dev.exited.then(() => { gone = true })
    await until(`the ready line of\n${dev.output}`, async () => {
      if (gone) throw new Error(`latchkey dev ended:\n${dev.output}`)
      return /Latchkey is ready/.test(dev.output) && /Ctrl-C stops it/.test(dev.output)
    }, 60000).catch((error) => { throw new Error(`${error.message}\n${dev.output}`) })
    return dev
  }

  record() { return JSON.parse(readFileSync(path.join(this.folder, '.run/dev.json'), 'utf8')) }

  get data() {
    const inside = path.join(this.folder, '.run/postgresql')
    try { return readlinkSync(inside) } catch { return inside }
  }

  // PostgreSQL's processes leave the session, but they work in its data.
  left() { return processes().filter(({ session, cwd }) => session === this.child.pid || cwd === this.data) }

  async nothingIsLeft() {
    await until('the end of all processes', async () => this.left().length === 0)
      .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(this.left())}`) })
    await until('the ports', async () => await isFree(this.port) && isFree(this.port + 1))
  }

  // To every process of the foreground group, as a terminal does at Ctrl-C.
  async interrupt() { process.kill(-this.child.pid, 'SIGINT'); return this.exited }
  async stop(signal = 'SIGTERM') { this.child.kill(signal); return this.exited }
}

function latchkey(folder, words, options = {}) {
  const { status, stdout, stderr } = spawnSync(binary, words, { cwd: folder, encoding: 'utf8', ...options })
  return { code: status, stdout, stderr }
}

async function signInDirectly(dev, user) {
  const page = await browser.newPage()
  page.setDefaultTimeout(10000)
  await page.goto(`${dev.record().issuer}/demo`)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.fill('[name=login]', user.login)
  await page.fill('[name=password]', user.password)
  await page.click('button[type=submit]')
  if (/\/consent/.test(page.url())) await page.click('button[value=allow]')
  await page.waitForSelector('h1:text-is("You are signed in")')
  await page.close()
}

before(async () => { browser = await launch() })

function killAll() { for (const dev of started) try { process.kill(dev.child.pid, 'SIGKILL') } catch {} }
process.on('exit', killAll)

after(async () => {
  const ended = [...started].map((dev) => dev.exited)
  killAll()
  await Promise.all(ended)
  for (const folder of places.reverse()) {
    if (existsSync(folder)) spawnSync(binary, ['dev', '--forget'], { cwd: folder })
    rmSync(folder, { recursive: true, force: true })
  }
  await browser?.close()
})

test('latchkey dev: an empty folder, the demo in Chromium, sign-out, Ctrl-C, a second start on another port, --forget', { timeout: 120000 }, async (t) => {
  const folder = emptyFolder()
  let dev = await Dev.ready(folder, await freePorts())
  let record

  await t.test('.run/dev.json tells scripts what there is, and is for its owner only', async () => {
    record = dev.record()
    assert.equal(statSync(path.join(folder, '.run/dev.json')).mode & 0o777, 0o600)
    assert.equal(record.issuer, `http://localhost:${dev.port}`)
    assert.equal((await (await fetch(`${record.issuer}/.well-known/openid-configuration`)).json()).issuer, record.issuer)
    assert.equal(record.administrator.login, 'admin')
    assert.deepEqual(record.users.map(({ login }) => login), ['alice', 'bob'])
    const passwords = [record.administrator, ...record.users].map(({ password }) => password)
    assert.equal(new Set(passwords).size, 3)
    for (const password of passwords) {
      assert.match(password, /^[\w-]{20,}$/)
      assert.equal(dev.output.split(password).length, 2, 'printed once')
    }
    assert.match(record.clients.confidential.client_secret, /^lk_cs_/)
    assert.equal((await fetch(`${record.operations}/health/ready`)).status, 200)
    assert.match(await (await fetch(record.metrics)).text(), /^# HELP /m)
    const answer = await fetch(`${record.issuer}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${btoa(`${record.clients.confidential.client_id}:${record.clients.confidential.client_secret}`)}` },
    })
    assert.equal(answer.status, 200)
  })

  await t.test('the other commands work with .run/latchkey.conf', async () => {
    assert.equal(statSync(record.config).mode & 0o777, 0o600)
    writeFileSync(path.join(folder, 'client.json'), readFileSync('docs/add_sign_in.md', 'utf8').match(/<<'JSON'\n([\s\S]*?)\nJSON\n/)[1])
    const made = latchkey(folder, ['client', 'create', '--config', '.run/latchkey.conf', '--file', 'client.json', '--json'])
    assert.equal(made.code, 0, made.stderr)
    assert.match(JSON.parse(made.stdout).client_secret, /^lk_cs_/)
    const plan = latchkey(folder, ['migrate', '--plan', '--json', '--config', '.run/latchkey.conf'])
    assert.equal(JSON.parse(plan.stdout).applied, 0)
  })

  await t.test('a second start in the same folder says that one runs there', async () => {
    const second = latchkey(folder, ['dev', '--port', String(await freePorts())])
    assert.notEqual(second.code, 0)
    assert.match(second.stderr, new RegExp(`runs in this folder already, as process ${dev.child.pid}`))
    const forget = latchkey(folder, ['dev', '--forget'])
    assert.notEqual(forget.code, 0)
    assert.match(forget.stderr, /runs in this folder already/)
    assert.equal((await fetch(`${record.operations}/health/ready`)).status, 200)
  })

  await t.test('a port that is taken: one sentence, and nothing stays', async () => {
    for (const [taken, what] of [[0, 'the service'], [1, 'health and metrics']]) {
      const port = await freePorts(), server = net.createServer()
      await new Promise((resolve) => server.listen(port + taken, '127.0.0.1', resolve))
      const other = new Dev(emptyFolder(), port)
      assert.notEqual((await other.exited).code, 0)
      assert.match(other.output, new RegExp(`^latchkey: port ${port + taken}, for ${what}, is taken by another program: .*PORT=9000.*\n$`))
      assert.deepEqual(other.left(), [])
      server.close()
    }
  })

  await t.test('the demo, leg by leg: no console error, no foreign request, no accessibility problem, fits 320 pixels', () => driveDemo(dev, record))

  await t.test('Ctrl-C ends everything', async () => {
    assert.deepEqual(await dev.interrupt(), { code: 0, signal: null })
    await dev.nothingIsLeft()
  })

  await t.test('a second start keeps the data, on another port too; SIGTERM ends it', async () => {
    dev = await Dev.ready(folder, await freePorts())
    assert.doesNotMatch(dev.output, /Administrator/)
    assert.deepEqual({ ...dev.record().users }, { ...record.users })
    assert.equal(dev.record().clients.confidential.client_secret, record.clients.confidential.client_secret)
    await signInDirectly(dev, record.users[0])
    assert.deepEqual(await dev.stop('SIGTERM'), { code: 0, signal: null })
    await dev.nothingIsLeft()
  })

  await t.test('kill -9 leaves nothing behind, and the next start has its data', async () => {
    dev = await Dev.ready(folder, dev.port)
    await dev.stop('SIGKILL')
    dev = await Dev.ready(folder, await freePorts()) // at once: while PostgreSQL may still be leaving
    assert.deepEqual({ ...dev.record().users }, { ...record.users })
    await dev.stop('SIGKILL')
    await dev.nothingIsLeft()
  })

  await t.test('after a power cut, PostgreSQL’s lock files name a process that is somebody else', async () => {
    const { uid, gid } = statSync(dev.data)
    const stranger = spawn('sleep', ['600'], isRoot ? { uid, gid } : {})
    try {
      for (const [file, rest] of [[path.join(dev.data, 'postmaster.pid'), `${dev.data}\n0\n5432\n${folder}/.run/socket\n\n`], [path.join(folder, '.run/socket/.s.PGSQL.5432.lock'), '']]) {
        writeFileSync(file, `${stranger.pid}\n${rest}`, { mode: 0o600 })
        if (isRoot) chownSync(file, uid, gid)
      }
      dev = await Dev.ready(folder, dev.port)
      assert.equal(stranger.exitCode, null)
      assert.equal(stranger.signalCode, null)
      await dev.interrupt()
    } finally { stranger.kill() }
  })

  await t.test('data without the key that sealed it: says what to do', async () => {
    rmSync(path.join(folder, '.run/key_encryption_key'))
    const start = latchkey(folder, ['dev', '--port', String(dev.port)])
    assert.equal(start.code, 78)
    assert.match(start.stderr, /key_encryption_key is gone or damaged.*make clean-run/)
  })

  await t.test('--forget removes everything', () => {
    assert.equal(latchkey(folder, ['dev', '--forget']).code, 0)
    assert.deepEqual(readdirSync(folder), ['client.json'])
  })
})

test('latchkey dev recovers from a first start that was cut off, and from a folder whose path is longer than a socket’s may be', async () => {
  const folder = path.join(emptyFolder(), 'long'.repeat(30))
  mkdirSync(folder)
  places.push(folder)
  const port = await freePorts()
  const cut = new Dev(folder, port)
  await until('initdb', async () => existsSync(path.join(folder, '.run/postgresql.new/PG_VERSION')) || existsSync(path.join(folder, '.run/postgresql/PG_VERSION')))
  for (const { pid, session, cwd } of processes().reverse())
    if (session === cut.child.pid || cwd.startsWith(`${folder}/.run/postgresql`)) try { process.kill(pid, 'SIGKILL') } catch {}
  await cut.exited

  const dev = await Dev.ready(folder, port)
  assert.match(readlinkSync(path.join(folder, '.run/socket')), /^\/tmp\/latchkey-[0-9a-f]{12}$/)
  await signInDirectly(dev, dev.record().users[1])
  await dev.interrupt()
  await dev.nothingIsLeft()
})

test('latchkey dev as an ordinary user, and as root in a folder that only root can enter', { skip: !isRoot && 'needs root' }, async (t) => {
  await t.test('an ordinary user: everything belongs to that user', async () => {
    const folder = emptyFolder(), program = path.join(folder, 'latchkey')
    copyFileSync(binary, program)
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })))
    chownSync(folder, uid, gid)
    const dev = await Dev.ready(folder, await freePorts(), { program, uid, gid })
    for (const { pid } of dev.left()) assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), new RegExp(`^Uid:(\\s+${uid}){4}$`, 'm'))
    assert.equal(statSync(dev.data).uid, uid)
    await signInDirectly(dev, dev.record().users[0])
    await dev.interrupt()
    await dev.nothingIsLeft()
    const root = latchkey(folder, ['dev', '--port', String(dev.port)])
    assert.match(root.stderr, /\.run was made by nobody: start as that user/)
    assert.equal(statSync(dev.data).uid, uid, 'root took nothing over')
  })

  await t.test('root, in a closed folder: the data goes elsewhere, a lost .run is forgotten there too', async () => {
    const closed = emptyFolder(), folder = path.join(closed, 'clone')
    mkdirSync(folder)
    places.push(folder)
    chmodSync(closed, 0o700)
    let dev = await Dev.ready(folder, await freePorts())
    const { data } = dev
    assert.match(data, /^\/var\/tmp\/latchkey-[0-9a-f]{12}$/)
    assert.match(dev.output, new RegExp(`its data is in ${data}`))
    await dev.interrupt()
    await dev.nothingIsLeft()

    rmSync(path.join(folder, '.run'), { recursive: true })
    dev = await Dev.ready(folder, dev.port)
    assert.match(dev.output, /\.run is gone/)
    assert.match(dev.output, /Administrator/)
    await signInDirectly(dev, dev.record().users[0])
    await dev.interrupt()
    assert.equal(latchkey(folder, ['dev', '--forget']).code, 0)
    assert.equal(existsSync(data), false)
    assert.deepEqual(readdirSync(folder), [])
  })
})

const legs = (page) => page.$$eval('#legs > li', (items) => items.map((item) => ({
  title: item.querySelector('.leg-title').textContent,
  checked: item.querySelectorAll('.checks .holds, .checks .note').length,
  sources: [...item.querySelectorAll('.checks a')].every((link) => link.href.startsWith('https://')),
  broken: item.classList.contains('broken'),
})))

async function driveDemo(dev, record) {
  const context = await browser.newContext(), page = await context.newPage(), complaints = []
  page.setDefaultTimeout(10000)
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url.slice(0, 60)}`) })
  page.on('pageerror', (error) => complaints.push(String(error)))
  context.on('request', (request) => { if (new URL(request.url()).origin !== record.issuer) complaints.push(`foreign request ${request.url()}`) })
  const press = (name) => page.getByRole('button', { name, exact: true }).click()
  const claim = async (card, name) => page.locator(`article:has(h2:text-is("${card}")) tr:has(th code:text-is("${name}")) td code`).textContent()

  await page.goto(record.issuer)
  await look(page, 'dev-welcome')
  await page.click('text=Open the demo application')
  await page.waitForSelector('text=Sign in, and watch how it works')
  await look(page, 'dev-demo')

  await press('Sign in')
  await page.waitForURL(/\/login/)
  await look(page, 'dev-login')
  const [alice] = record.users
  await page.fill('[name=login]', alice.login)
  await page.fill('[name=password]', `not ${alice.password}`)
  await page.click('button[type=submit]')
  await page.waitForSelector('[role=alert]')
  await look(page, 'dev-login-refused')
  await page.fill('[name=password]', alice.password)
  await page.click('button[type=submit]')
  await page.waitForURL(/\/consent/)
  await look(page, 'dev-consent')
  await page.click('button[value=allow]')
  await page.waitForSelector('h1:text-is("You are signed in")')

  assert.equal(await claim('ID token', 'iss'), record.issuer)
  assert.equal(await claim('ID token', 'aud'), record.clients.public.client_id)
  assert.equal(await claim('Access token', 'typ'), 'at+jwt')
  assert.equal(await claim('Access token', 'client_id'), record.clients.public.client_id)
  const subject = await claim('ID token', 'sub')

  await press('Read userinfo')
  await page.waitForSelector('h2:text-is("Userinfo")')
  assert.equal(await claim('Userinfo', 'sub'), subject)
  assert.equal(await claim('Userinfo', 'email'), alice.email)
  assert.equal(await page.textContent('h1'), 'Hello, Alice Example')
  const before = await claim('Access token', 'jti')
  await press('Refresh')
  await page.waitForFunction((jti) => !document.querySelector('#application').textContent.includes(jti), before)
  await press('Introspect')
  await page.waitForSelector('h2:text-is("Introspection")')
  assert.equal(await claim('Introspection', 'active'), 'true')
  assert.equal(await claim('Introspection', 'sub'), subject)
  await look(page, 'dev-demo-signed-in')

  await press('Sign out')
  await page.waitForSelector('text=Sign in, and watch how it works')
  const trace = await legs(page)
  assert.deepEqual(trace.map(({ title }) => title).filter((title, at, all) => title !== 'ID token' || all[at - 1] === 'Token request'), [
    'Discovery', 'Authorization request', 'Authorization response', 'Token request', 'ID token', 'Userinfo', 'Refresh', 'Introspection, by the demo’s backend',
    'Sign-out request', 'Signed out'])
  for (const leg of trace) {
    assert.ok(leg.checked > 0 && leg.sources, `${leg.title} names the rules it checked`)
    assert.equal(leg.broken, false, leg.title)
  }
  assert.match(await page.textContent('#legs'), /The refresh token was rotated/)
  await look(page, 'dev-demo-signed-out')

  await press('Sign in')
  await page.fill('[name=login]', alice.email.toUpperCase())
  await page.fill('[name=password]', alice.password)
  await page.click('button[type=submit]')
  await page.waitForSelector('h1:text-is("You are signed in")')
  await page.goto(`${record.issuer}/oauth2/end_session`)
  await look(page, 'dev-sign-out-confirmation')
  await page.click('button[type=submit]')
  await page.waitForSelector('text=You are signed out')
  await look(page, 'dev-signed-out')

  // Chromium tells of every answer that is an error page.
  assert.deepEqual(complaints.filter((complaint) => !/status of 400 .*\/login$/.test(complaint)), [])
  await page.goto(`${record.issuer}/oauth2/authorize?client_id=nobody&response_type=code`)
  await look(page, 'dev-error')
  await page.goto(`${record.issuer}/nothing-here`)
  await look(page, 'dev-not-found')
  assert.deepEqual(complaints.filter((complaint) => !/status of 40[04] /.test(complaint)), [])
  await context.close()
}
