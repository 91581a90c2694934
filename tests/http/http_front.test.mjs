// Rows H-01 to H-08: bytes on a socket, straight at the listener.
import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { Database, Service, raw, until } from './service.mjs'

let database, service
before(async () => {
  database = await Database.create()
  await database.realm()
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

const host = () => `Host: localhost:${service.port}\r\n`
const send = (text, options) => raw(service.port, Buffer.from(text, 'latin1'), options)
const status = (answer) => Number(answer.match(/^HTTP\/1\.[01] (\d{3})/)?.[1])
const answers = (text) => (text.match(/HTTP\/1\.[01] \d{3}/g) ?? []).length

async function refused(text, ...expected) {
  const { answer, closed } = await send(text)
  assert.ok(expected.includes(status(answer)), `${JSON.stringify(text.slice(0, 90))} -> ${status(answer)}, not ${expected}`)
  assert.equal(answers(answer), 1, 'one answer only')
  assert.ok(closed, 'closed')
}

test('H-01: any Transfer-Encoding is 501 and closes', async () => {
  for (const value of ['chunked', 'identity', 'gzip, chunked', ' chunked', 'Chunked', 'xchunked'])
    await refused(`POST /oauth2/token HTTP/1.1\r\n${host()}Content-Length: 6\r\nTransfer-Encoding: ${value}\r\n\r\n0\r\n\r\nG`, 501)
  await refused(`POST /oauth2/token HTTP/1.1\r\n${host()}transfer-encoding:chunked\r\n\r\n0\r\n\r\n`, 501)
})

test('H-02: a Content-Length that is doubled, signed, spaced or huge is 400 and closes', async () => {
  for (const line of ['Content-Length: 2,5', 'Content-Length: +2', 'Content-Length: -0', 'Content-Length: 2 ', 'Content-Length: 99999999999999999999', 'Content-Length: 0x2', 'Content-Length: 2\r\nContent-Length: 2',
    'Content-Length: 2\r\ncontent-length: 5', 'Content-Length:'])
    await refused(`POST /oauth2/token HTTP/1.1\r\n${host()}${line}\r\n\r\nab`, 400, 413)
})

test('H-03: a body on GET, HEAD, DELETE or OPTIONS is 400 and closes', async () => {
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS']) {
    await refused(`${method} / HTTP/1.1\r\n${host()}Content-Length: 5\r\n\r\nhello`, 400)
    await refused(`${method} / HTTP/1.1\r\n${host()}Content-Length: 40\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`, 400)
  }
})

test('H-04: more body than Content-Length, and pipelining, are 400 and close', async () => {
  await refused(`POST /oauth2/token HTTP/1.1\r\n${host()}Content-Length: 1\r\n\r\nab`, 400)
  await refused(`GET / HTTP/1.1\r\n${host()}\r\nGET / HTTP/1.1\r\n${host()}\r\n`, 400)
})

test('H-05: bare CR or LF, NUL, folding, odd names are 400 and close', async () => {
  for (const lines of ['A: b\rC: d\r\n', 'A: b\nC: d\r\n', 'A: b\0c\r\n', 'A: b\r\n folded\r\n', 'A : b\r\n', ' A: b\r\n', 'A\x80: b\r\n', 'A b: c\r\n', ': b\r\n', 'novalue\r\n'])
    await refused(`GET / HTTP/1.1\r\n${host()}${lines}\r\n`, 400)
  for (const start of ['GET  / HTTP/1.1', 'get / HTTP/1.1', 'GET /', 'GET / HTTP/2.0', 'GET / HTTP/1.1 ', 'GET\t/ HTTP/1.1', 'BREW / HTTP/1.1', 'GET nowhere HTTP/1.1', ' GET / HTTP/1.1'])
    await refused(`${start}\r\n${host()}\r\n`, 400, 405, 501, 505)
  const fine = await send(`GET / HTTP/1.1\r\n${host()}X-Odd: a\tb \xe9\r\nX-Empty:\r\nConnection: close\r\n\r\n`)
  assert.equal(status(fine.answer), 200)
})

test('H-06: exactly one Host, and it must be ours', async () => {
  await refused('GET / HTTP/1.1\r\n\r\n', 400)
  await refused(`GET / HTTP/1.1\r\n${host()}${host()}\r\n`, 400)
  await refused(`GET / HTTP/1.1\r\nHostX: localhost\r\n\r\n`, 400)
  for (const value of ['evil.example', `user@localhost:${service.port}`, 'localhost:1', 'localhost/', ''])
    await refused(`GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`, 400, 421)
  await refused(`GET http://evil.example/ HTTP/1.1\r\n${host()}\r\n`, 400, 421)
})

test('H-07: too many headers, too large, too long are answered, never dropped', async () => {
  const lines = (count) => Array.from({ length: count }, (_, i) => `X-${i}: v\r\n`).join('')
  await refused(`GET / HTTP/1.1\r\n${host()}${lines(101)}\r\n`, 431)
  await refused(`GET / HTTP/1.1\r\n${host()}X: ${'a'.repeat(33 * 1024)}\r\n\r\n`, 431)
  await refused(`GET /${'a'.repeat(13 * 1024)} HTTP/1.1\r\n${host()}\r\n`, 414)
  const last = await send(`GET /oauth2/userinfo HTTP/1.1\r\n${host()}${lines(60)}Authorization: Bearer x\r\nConnection: close\r\n\r\n`)
  assert.match(last.answer, /error="invalid_token"/, 'Authorization after sixty headers is seen')
})

test('H-08: Expect: 100-continue, Upgrade, HTTP/1.0', async () => {
  const body = 'grant_type=x'
  const expecting = await new Promise((resolve, reject) => {
    const socket = net.connect(service.port, '127.0.0.1')
    let text = '', sent = false
    socket.on('connect', () => socket.write(`POST /oauth2/token HTTP/1.1\r\n${host()}Expect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`))
    socket.on('data', (data) => { text += data; if (!sent && /HTTP\/1.1 (100|417)/.test(text)) { sent = true; if (/100/.test(text)) socket.write(body); else { socket.destroy(); resolve(text) } } })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
    setTimeout(() => { socket.destroy(); resolve(text) }, 5000)
  })
  assert.match(expecting, /HTTP\/1\.1 (417|100 Continue\r\n\r\nHTTP\/1\.1 4\d\d)/)
  const upgrade = await send(`GET / HTTP/1.1\r\n${host()}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`)
  assert.equal(status(upgrade.answer), 200)
  const stripped = await send(`GET /oauth2/userinfo HTTP/1.1\r\n${host()}Connection: close, authorization\r\nAuthorization: Bearer x\r\n\r\n`)
  assert.match(stripped.answer, /error="invalid_token"/)
  const old = await send(`GET / HTTP/1.0\r\n${host()}\r\n`)
  assert.equal(status(old.answer), 200)
  assert.ok(old.closed)
})

test('a connection serves one request after the other, bodies in pieces and empty ones too', async () => {
  const pieces = [`GET / HTTP/1.1\r\n${host()}\r\n`, `POST /oauth2/token HTTP/1.1\r\n${host()}Content-Length: 0\r\n\r\n`,
    `POST /oauth2/token HTTP/1.1\r\n${host()}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 23\r\n\r\n`]
  const text = await new Promise((resolve, reject) => {
    const socket = net.connect(service.port, '127.0.0.1')
    let all = '', step = 0
    const next = () => {
      if (step === 0) socket.write(pieces[step++])
      else if (step === 1 && answers(all) === 1 && all.includes('</html>')) socket.write(pieces[step++])
      else if (step === 2 && answers(all) === 2) { step++; socket.write(pieces[2].slice(0, 50)); setImmediate(() => { socket.write(pieces[2].slice(50)); setImmediate(() => { socket.write('grant_type='); socket.write('unheard-of-x') }) }) }
      else if (step === 3 && answers(all) === 3 && all.endsWith('}')) { socket.destroy(); resolve(all) }
    }
    socket.on('connect', next)
    socket.on('data', (data) => { all += data; next() })
    socket.on('close', () => resolve(all))
    socket.on('error', reject)
    setTimeout(() => { socket.destroy(); resolve(all) }, 8000)
  })
  assert.equal(answers(text), 3, text)
  assert.match(text, /invalid_client|unsupported_grant_type|invalid_request/)
})

test('refusals are counted by reason', async () => {
  await send(`POST /oauth2/token HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\n`)
  const metrics = await service.metrics()
  assert.ok(Object.entries(metrics).some(([name, value]) => /refus/.test(name) && value > 0), Object.keys(metrics).join(' '))
})

test('health and metrics are on the operations listener alone', async () => {
  for (const where of ['/health/live', '/health/ready', '/metrics']) {
    assert.equal((await fetch(service.url(where))).status, 404)
    assert.equal((await fetch(`http://127.0.0.1:${service.operationsPort}${where}`)).status, 200)
  }
  assert.equal((await fetch(`http://127.0.0.1:${service.operationsPort}/oauth2/jwks`)).status, 404)
})

test('both workers take connections', async () => {
  // Every line of the log says whose it is.
  const asked = () => new Set(service.log.split('\n').filter((line) => line.includes('"event":"request"')).map((line) => JSON.parse(line).pid))
  await until('both workers', async () => {
    await Promise.all(Array.from({ length: 32 }, () => fetch(service.url('/health'), { headers: { connection: 'close' } }).then((answer) => answer.arrayBuffer())))
    return (await service.workers()).every((pid) => asked().has(pid))
  })
})
