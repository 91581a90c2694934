// What fails, and what we do then: rows FM of the security catalogue, in short form. This file has a PostgreSQL of its own to break.
import assert from 'node:assert/strict'

import { once } from 'node:events'
import net from 'node:net'
import { after, before, test } from 'node:test'

import { Cluster } from './cluster.mjs'
import { isRunning, Database, Service, until } from './service.mjs'
import { introspect, signIn, token, webClient } from './flow.mjs'


const password = 'correct horse battery staple'
let cluster, database, service, client

before(async () => {
  cluster = await Cluster.start()
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await cluster?.stop() })


const jwks = () => fetch(service.url('/oauth2/jwks'))

// Load of one kind until stopped; every answer is kept.
function load(ask, width = 8) {
  const answers = []
  let stopped = false
  const lanes = Array.from({ length: width }, async () => {
    while (!stopped) {
      const began = Date.now()
      const answer = await ask().catch((error) => ({ status: 0, error }))
      answers.push({ status: answer.status, retryAfter: answer.headers?.get('retry-after'), at: began, error: answer.error })
    }
  })
  return { answers, async stop() { stopped = true; await Promise.all(lanes); return answers } }
}

const refreshing = (tokens) => async () => {
  const answer = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens.current })
  if (answer.status === 200) tokens.current = answer.body.refresh_token
  return answer
}
const asking = (text) => async () => {
  const answer = await fetch(service.url('/oauth2/introspect'), {
    method: 'POST', body: new URLSearchParams({ token: text }),
    headers: { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}` },
  })
  answer.body_ = await answer.text()
  return answer
}

test('FM-01: PostgreSQL restarts while nobody asks: nobody notices', async () => {
  const { tokens } = await signIn(service, client)
  await cluster.restart()
  await until('the database', async () => (await fetch(`http://127.0.0.1:${service.operationsPort}/health/ready`)).status === 200)
  for (let i = 0; i < 50; i++) assert.equal((await introspect(service, client, tokens.access_token)).active, true)
})

test('FM-02: PostgreSQL restarts under load: 503 with Retry-After while it lasts, the same workers after', async () => {
  const { tokens } = await signIn(service, client)
  const workers = await service.workers()
  const running = load(asking(tokens.access_token))
  await until('some answers', async () => running.answers.length > 50)
  await cluster.restart()
  await until('the database', async () => (await fetch(`http://127.0.0.1:${service.operationsPort}/health/ready`)).status === 200)
  const healed = Date.now()
  const before = running.answers.length
  await until('more answers', async () => running.answers.length > before + 50)
  const answers = await running.stop()
  assert.ok(answers.every((answer) => answer.status === 200 || (answer.status === 503 && answer.retryAfter)), JSON.stringify(answers.find((answer) => ![200, 503].includes(answer.status))))
  assert.ok(answers.filter((answer) => answer.at > healed + 1000).every((answer) => answer.status === 200))
  assert.deepEqual(await service.workers(), workers)
})

test('FM-04: PostgreSQL is frozen: what needs no database answers, the rest says 503; it heals', async () => {
  const { tokens } = await signIn(service, client)
  await jwks()
  await cluster.freeze()
  try {
    // Enough that time out for the breaker to open; each within its deadline.
    const stuck = await Promise.all(Array.from({ length: 12 }, () => asking(tokens.access_token)()))
    for (const answer of stuck) {
      assert.equal(answer.status, 503)
      assert.ok(answer.headers.get('retry-after'))
    }
    await until('the breaker to open', async () => { await asking(tokens.access_token)(); return (await service.metrics()).latchkey_database_breakers_open > 0 })
    for (let i = 0; i < 20; i++) assert.equal((await jwks()).status, 200)
    assert.equal((await fetch(service.url('/.well-known/openid-configuration'))).status, 200)
    assert.equal((await fetch(service.url('/assets/style.css'))).status, 200)
    assert.equal((await fetch(`http://127.0.0.1:${service.operationsPort}/health/live`)).status, 200)
    assert.equal((await fetch(`http://127.0.0.1:${service.operationsPort}/health/ready`)).status, 503)
  } finally { cluster.thaw() }
  await until('healing', async () => (await introspect(service, client, tokens.access_token)).active === true)
  await until('every breaker to close', async () => (await service.metrics()).latchkey_database_breakers_open === 0)
})

test('FM-11: workers are killed under load: grants hold, only answers in flight are lost', async () => {
  const { tokens } = await signIn(service, client, { scope: 'openid offline_access' })
  const lineage = { current: tokens.refresh_token }
  const running = load(asking(tokens.access_token), 4), rotating = load(refreshing(lineage), 1)
  for (let i = 0; i < 4; i++) {
    const before = running.answers.length
    await until('answers', async () => running.answers.length > before + 20)
    const workers = await service.workers()
    process.kill(workers[i % workers.length], 'SIGKILL')
    await until('another worker', async () => { const now = await service.workers(); return now.length >= 2 && !now.includes(workers[i % workers.length]) })
  }
  const answers = [...await running.stop(), ...await rotating.stop()]
  const lost = answers.filter((answer) => answer.status !== 200)
  assert.ok(lost.every((answer) => answer.status === 0 || answer.status === 503), JSON.stringify(lost[0]))
  assert.ok(lost.length <= 4 * 10, `${lost.length} lost`)
  // The lineage lives: the last token that was given out still rotates.
  assert.equal((await refreshing(lineage)()).status, 200)
})

test('FM-14: the parent is killed: its workers die with it, the port is free', async () => {
  const other = await Service.start(database)
  const workers = await other.workers()
  assert.ok(workers.length >= 2)
  await other.stop('SIGKILL')
  await until('the workers to die', async () => workers.every((pid) => !isRunning(pid)))
  const again = await Service.start(database, { port: other.port, operationsPort: other.operationsPort })
  assert.equal((await fetch(again.url('/oauth2/jwks'))).status, 200)
  await again.stop()
})

test('FM-15: SIGTERM drains: what is in flight is answered, then it leaves', async () => {
  const other = await Service.start(database)
  const { tokens } = await signIn(other, client)
  const body = new URLSearchParams({ token: tokens.access_token })
  const answers = Promise.all(Array.from({ length: 20 }, () => fetch(other.url('/oauth2/introspect'), {
    method: 'POST', body, headers: { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}` } })))
  const settled = answers.then((all) => all.map((answer) => answer.status))
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.race([settled, until('requests to have arrived', async () => { const metrics = await other.metrics(); return Object.entries(metrics).some(([name, value]) => /requests/.test(name) && value > 25) })])
  const { code } = await other.stop('SIGTERM')
  assert.ok((await settled).every((status) => status === 200))
  assert.equal(code, 0)
})

// A connection by hand: what came so far, and writing more.
async function connect(to) {
  const socket = net.connect(to.port, '127.0.0.1')
  const connection = { text: '', closed: false, write: (text) => socket.write(text) }
  socket.on('data', (data) => { connection.text += data })
  socket.on('close', () => { connection.closed = true })
  await once(socket, 'connect')
  return connection
}

test('FM-15: who has connected, and who is still sending, is answered after SIGTERM', async () => {
  const other = await Service.start(database)
  const host = `Host: localhost:${other.port}\r\n`
  const sending = await connect(other)
  sending.write(`POST /oauth2/token HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\n`)
  await until('100 Continue', async () => sending.text.includes('100 Continue'))
  const silent = await connect(other)
  await until('both to be accepted', async () => (await other.metrics()).latchkey_connections >= 2)
  other.child.kill('SIGTERM')
  await other.portsAreFree()
  silent.write(`GET /oauth2/jwks HTTP/1.1\r\n${host}\r\n`)
  await until('an answer', async () => silent.closed)
  assert.match(silent.text, /^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/)
  sending.write('grant_type=x')
  await until('an answer', async () => sending.closed)
  assert.match(sending.text, /HTTP\/1\.1 40[01] [^]*\r\nConnection: close\r\n/)
  assert.equal((await other.exited).code, 0)
})

test('SIGTERM while workers are being started stops them too', async () => {
  for (let i = 0; i < 12; i++) {
    const other = await Service.start(database, { waits: false, environment: { LATCHKEY_WORKERS: '4', LATCHKEY_DRAIN_SECONDS: '300' } })
    await until('the first line', async () => other.log.includes('"listening"'))
    other.child.kill('SIGTERM')
    await until('it to leave', async () => other.child.exitCode === 0 || other.child.signalCode === 'SIGTERM')
  }
})

test('FM-13: a worker that is stuck is killed and replaced', async () => {
  const workers = await service.workers()
  process.kill(workers[0], 'SIGSTOP')
  await until('another worker', async () => { const now = await service.workers(); return now.length >= workers.length && !now.includes(workers[0]) })
  assert.match(service.log, new RegExp(`"worker is stuck","worker":\\d+,"process":${workers[0]}\\b`))
  assert.equal((await jwks()).status, 200)
})

test('FM-12: a worker that keeps dying comes back slower each time, and the node says so', async () => {
  const other = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
  const waits = () => [...other.log.matchAll(/"worker waits before it starts","worker":1,"ms":(\d+)/g)].map((line) => Number(line[1]))
  for (let i = 0; i < 5; i++) {
    process.kill((await other.workers())[0], 'SIGKILL')
    await until('its successor', async () => waits().length > i)
  }
  assert.deepEqual(waits(), [100, 200, 400, 800, 1600])
  await until('the reason', async () => (await (await fetch(`http://127.0.0.1:${other.operationsPort}/health/ready`)).json()).reason === 'workers_crash')
  await other.stop()
})

test('FM-17: a worker that is told to stop alone is replaced; the node stays', async () => {
  const workers = await service.workers()
  process.kill(workers[0], 'SIGTERM')
  await until('another worker', async () => { const now = await service.workers(); return now.length >= workers.length && !now.includes(workers[0]) })
  assert.equal((await jwks()).status, 200)
  assert.equal(service.child.exitCode, null)
})

test('FM-41: a start without the database: alive, not ready, ready when it comes', async () => {
  await cluster.stopServer()
  const other = await Service.start(database, { waits: false })
  await until('liveness', async () => (await fetch(`http://127.0.0.1:${other.operationsPort}/health/live`)).status === 200)
  assert.equal((await fetch(`http://127.0.0.1:${other.operationsPort}/health/ready`)).status, 503)
  await cluster.startServer()
  await other.ready()
  await other.stop()
})

test('a schema that is older than the binary: not ready, not serving', async () => {
  const fresh = await Database.create({ migrated: false })
  const other = await Service.start(fresh, { waits: false })
  await until('liveness', async () => (await fetch(`http://127.0.0.1:${other.operationsPort}/health/live`)).status === 200)
  assert.equal((await fetch(`http://127.0.0.1:${other.operationsPort}/health/ready`)).status, 503)
  await fresh.migrate()
  await other.ready()
  await other.stop()
})
