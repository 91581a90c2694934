// Where a browser may be sent: rows R of the security catalogue, at registration, at the authorization endpoint, after signing out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, until } from './service.mjs'
import { authorizeQuery, pkce, publicClient, signIn, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  // One worker: what a test waits for is then felt by whoever answers next.
  service = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
})
after(async () => { await service?.stop(); await database?.drop() })

const get = (where, headers = {}) => fetch(`${service.issuer}${where}`, { redirect: 'manual', headers })
const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
const ask = (client, uri, more = {}) => get(`/oauth2/authorize?${authorizeQuery(client, withPkce({ redirect_uri: uri, ...more }))}`)

async function isPage(answer, what) {
  const text = await answer.text()
  assert.equal(answer.status, 400, `${what}: ${answer.status} ${answer.headers.get('location')}`)
  assert.equal(answer.headers.get('location'), null, what)
  assert.match(answer.headers.get('content-type'), /^text\/html/, what)
  assert.deepEqual(answer.headers.getSetCookie(), [], what)
  return text
}

// What the database says is registered from now on, whatever registration would have said.
async function plant(client, members) {
  await database.sql(`UPDATE clients SET metadata = metadata || '${JSON.stringify(members).replaceAll("'", "''")}'::jsonb WHERE client_id = '${client.client_id}'`)
}

const strangers = [
  // The host, longer, shorter, like it, elsewhere.
  'https://a.example.evil/cb', 'https://a.example.evil.example/cb', 'https://aXexample/cb', 'https://evil-a.example/cb', 'https://evil.a.example/cb', 'https://a.exampl/cb', 'https://a.example./cb',
  'https://.a.example/cb', 'https://A.example/cb', 'https://a.EXAMPLE/cb', 'https://xn--a-example-/cb', 'https://\u0430.example/cb', 'https://a\uff0eexample/cb', 'https://*.example/cb', 'https://a%2eexample/cb',
  // Somebody before the host, a port behind it, backslashes, more slashes.
  'https://a.example@evil.example/cb', 'https://a.example:443@evil.example/cb', 'https://evil@a.example/cb', 'https://@a.example/cb', 'https://a.example:443/cb', 'https://a.example:8443/cb', 'https://a.example:/cb',
  'https://a.example\\@evil.example/cb', 'https://evil.example\\@a.example/cb', 'https:\\\\a.example\\cb', 'https:/a.example/cb', 'https:a.example/cb', 'https:///a.example/cb', 'https://a.example//cb', '//a.example/cb',
  // The path, the query, the fragment.
  'https://a.example', 'https://a.example/', 'https://a.example/c', 'https://a.example/cb/', 'https://a.example/CB', 'https://a.example/cbx', 'https://a.example/cb/x', 'https://a.example/cb%2f..', 'https://a.example/cb/..',
  'https://a.example/cb/../cb', 'https://a.example/./cb', 'https://a.example/x/../cb', 'https://a.example/%63b', 'https://a.example/cb;x', 'https://a.example/cb?', 'https://a.example/cb?x=1', 'https://a.example/cb&x=1',
  'https://a.example/cb#', 'https://a.example/cb#x', 'https://a.example/cb?redirect=https://evil.example',
  // Bytes that somebody may trim, decode or stop at.
  ' https://a.example/cb', 'https://a.example/cb ', 'https://a.example/cb\t', 'https://a.example/cb\n', 'https://a.example/cb\r\nLocation: https://evil.example', 'https://a.example/cb%00', 'https://a.example/cb%0a',
  'https://a.example/cb%20', '\ufeffhttps://a.example/cb', 'https://a.example/cb\u200b',
  // The scheme.
  'http://a.example/cb', 'HTTPS://a.example/cb', 'httpss://a.example/cb', 'javascript://a.example/cb%0aalert(1)', 'data:text/html,https://a.example/cb', 'a.example/cb', '/cb', 'cb',
  `https://a.example/cb${'x'.repeat(3000)}`,
]

test(`R-01: of ${strangers.length} strings that are like the registered one, each is a page`, async () => {
  assert.ok(new Set(strangers).size === strangers.length && strangers.length >= 60)
  const client = await database.client(webClient({ redirect_uris: ['https://a.example/cb'] }))
  for (const uri of strangers) {
    const text = await isPage(await ask(client, uri), JSON.stringify(uri))
    assert.ok(!text.includes('href="https://evil'), uri)
  }
  for (const raw of ['https%3A%2F%2Fa.example%2Fcb%00', 'https%3A%2F%2Fa.example%2Fcb%ff', 'https%3A%2F%2Fa.example%2Fcb%c0%80', 'https%3A%2F%2Fa.example%2Fcb%zz', 'https%3A%2F%2Fa.example%2Fcb%', '%c3%28']) {
    const query = authorizeQuery(client, withPkce({ redirect_uri: undefined }))
    await isPage(await get(`/oauth2/authorize?${query}&redirect_uri=${raw}`), raw)
  }
  const fine = await ask(client, 'https://a.example/cb', { prompt: 'none' })
  assert.match(fine.headers.get('location'), /^https:\/\/a\.example\/cb\?error=login_required&/)
})

const malformed = ['https://a.example/cb#x', 'https://a.example/cb#', 'https://user@a.example/cb', 'https://user:pw@a.example/cb', 'https://a.example@evil/', 'https://a.example\\cb', 'https://a.example\\@evil.example/', 'https://a.example/%5ccb',
  'https://a.example/c\tb', 'https://a.example/c\nb', 'https://a.example/c\u0000b', 'https://a.example/c\u007fb', 'https://a.example/%0d%0aX', 'https://b\u00fccher.example/cb', 'https://\u0430.example/cb', 'https://a.example/../cb', 'https://a.example/./cb',
  'https://a.example/x/%2e%2e/cb', 'https://a.example/x/..', 'https:///cb', 'https://', 'https://:443/cb', 'https://?x', '', 'cb', '/cb', '//a.example/cb', 'https://*.a.example/cb', 'https://a.example/c b']
const schemes = ['javascript:alert(1)', 'javascript://a.example/%0aalert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', 'blob:https://a.example/x', 'about:blank', 'ftp://a.example/cb', 'ws://a.example/cb', 'myapp:/cb', 'intent://a.example/#Intent']
const plain = ['http://a.example/cb', 'http://192.168.0.1/cb', 'http://127.0.0.1.evil.example/cb', 'http://localhost.evil.example/cb', 'http://127.1/cb', 'http://127.0.0.2/cb', 'http://0.0.0.0/cb', 'http://[::2]/cb', 'http://localhost@evil.example/cb', 'http://2130706433/cb']

async function registrationRefuses(uris, more = {}) {
  const refused = async (uri) => {
    const error = await database.client(webClient({ redirect_uris: ['https://a.example/cb', uri], ...more })).then(() => undefined, (failure) => failure)
    assert.equal(error?.code, 1, `${JSON.stringify(uri)} was registered`)
    // NUL cannot stand in a document at all.
    assert.match(error.stderr, uri.includes('\u0000') ? /./ : /redirect_uri/, JSON.stringify(uri))
  }
  for (let i = 0; i < uris.length; i += 4) await Promise.all(uris.slice(i, i + 4).map(refused))
}

async function runTimeRefuses(uris, more = {}) {
  const client = await database.client(webClient(more))
  await plant(client, { redirect_uris: uris.filter((uri) => !uri.includes('\u0000')) })
  for (const uri of uris) await isPage(await ask(client, uri), JSON.stringify(uri))
}

test('R-02: user names, backslashes, controls, foreign letters, dot segments, no host: not registered, and a page even if they stand in the database', async () => {
  await registrationRefuses(malformed)
  await runTimeRefuses(malformed)
})

test('R-03: loopback by its literals with any port for native applications; localhost by its exact string', async () => {
  const native = await database.client(publicClient({ application_type: 'native', redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb', 'http://localhost:3000/cb'] }))
  for (const uri of ['http://127.0.0.1/cb', 'http://127.0.0.1:5000/cb', 'http://127.0.0.1:65535/cb', 'http://[::1]:5000/cb', 'http://localhost:3000/cb'])
    assert.ok((await ask(native, uri, { prompt: 'none' })).headers.get('location').startsWith(`${uri}?error=login_required&`), uri)
  for (const uri of ['http://localhost:3001/cb', 'http://localhost/cb', 'http://localhost:5000/cb', 'http://127.0.0.1.evil.example:5000/cb', 'http://127.1/cb', 'http://127.1:5000/cb', 'http://127.0.0.1:5000/cb/', 'http://127.0.0.1:0/cb',
    'http://127.0.0.1:65536/cb', 'http://127.0.0.1:/cb', 'http://127.0.0.1:5000@evil.example/cb', 'http://127.0.0.1:5000:80/cb', 'https://127.0.0.1:5000/cb', 'http://[::1]:5000/cb?x', 'http://[0:0:0:0:0:0:0:1]:5000/cb', 'http://[::ffff:127.0.0.1]:5000/cb', 'http://2130706433:5000/cb', 'http://0177.0.0.1/cb'])
    await isPage(await ask(native, uri), uri)
  const web = await database.client(webClient({ redirect_uris: ['http://127.0.0.1:5000/cb'] }))
  assert.equal((await ask(web, 'http://127.0.0.1:5000/cb', { prompt: 'none' })).status, 303)
  await isPage(await ask(web, 'http://127.0.0.1:5001/cb'), 'a web application listens on one port')
})

test('R-04: dangerous schemes are not registered, and a page even if they stand in the database; a scheme of one\'s own needs a dot and a native application', async () => {
  await registrationRefuses(schemes)
  await registrationRefuses(schemes, { application_type: 'native' })
  await runTimeRefuses(schemes, { application_type: 'native' })
  const own = { redirect_uris: ['com.example.app:/cb'] }
  await assert.rejects(database.client(webClient(own)), /redirect_uri/)
  const native = await database.client(publicClient({ application_type: 'native', ...own }))
  assert.match((await ask(native, 'com.example.app:/cb', { prompt: 'none' })).headers.get('location'), /^com\.example\.app:\/cb\?error=login_required&/)
  await isPage(await ask(native, 'com.example.app:/cb/x'), 'another path')
})

test('R-05: http to anything but loopback is not registered, and a page even if it stands in the database', async () => {
  await registrationRefuses(plain)
  await runTimeRefuses(plain)
})

test('R-06: a client without redirect URIs gets a page, and nothing is learned from what was asked', async () => {
  await assert.rejects(database.client(webClient({ redirect_uris: [] })), /redirect_uris/)
  const client = await database.client(webClient())
  const state = () => database.sql(`SELECT md5(string_agg(c::text, ',')) FROM clients c WHERE client_id = '${client.client_id}'`)
  for (const uris of [[], null, [null], 'https://app.example/cb', {}]) {
    await plant(client, { redirect_uris: uris })
    const began = await state()
    await until('the change', async () => (await ask(client, 'https://app.example/cb', { prompt: 'none' })).status === 400)
    for (const uri of ['https://app.example/cb', undefined, '', '*', 'null', 'https://first.example/cb', 'https://first.example/cb']) await isPage(await ask(client, uri), `${JSON.stringify(uris)} ${uri}`)
    assert.equal(await state(), began)
    await plant(client, { redirect_uris: ['https://app.example/cb'] })
    await until('the change back', async () => (await ask(client, 'https://app.example/cb', { prompt: 'none' })).status === 303)
  }
})

test('R-07: what else is wrong is told by redirect only to an address that is right, of a client that is there', async () => {
  const client = await database.client(webClient())
  const faults = [[{ scope: 'openid "x"' }, 'invalid_scope'], [{ response_type: 'token' }, 'unsupported_response_type'], [{ response_type: undefined }, 'invalid_request'], [{ code_challenge: undefined }, 'invalid_request'],
    [{ prompt: 'none' }, 'login_required'], [{ prompt: 'none login' }, 'invalid_request'], [{ request: 'x' }, 'request_not_supported'], [{ max_age: '-1' }, 'invalid_request']]
  for (const [change, error] of faults) {
    const told = await ask(client, 'https://app.example/cb', change)
    const url = new URL(told.headers.get('location') ?? 'none:')
    assert.equal(url.origin + url.pathname, 'https://app.example/cb', JSON.stringify(change))
    assert.equal(url.searchParams.get('error'), error)
    for (const uri of ['https://evil.example/cb', 'https://app.example/cb/', undefined]) await isPage(await ask(client, uri, change), `${JSON.stringify(change)} ${uri}`)
    await isPage(await ask({ client_id: 'nobody' }, 'https://app.example/cb', change), JSON.stringify(change))
  }
  await isPage(await ask(client, 'https://app.example/cb', { response_mode: 'x' }), 'nobody knows how to tell it')
})

const away = ['https://evil.example', 'https://evil.example/', 'http://evil.example', '//evil.example', '///evil.example', '////evil.example/%2f..', '/\\evil.example', '\\\\evil.example', '\\/evil.example', '/\t/evil.example', '/\n/evil.example', ' //evil.example', '\t//evil.example',
  'https:evil.example', 'https:/evil.example', 'https:\\\\evil.example', 'https://app.example@evil.example/', 'https://app.example:443@evil.example/', 'https://app.example\\@evil.example/', 'https://app.example.evil.example/', 'https://app.exampleevil/', 'https://evil.example/https://app.example/',
  'https://evil.example?https://app.example/', 'https://evil.example#https://app.example/', 'https://app.example', 'https://app.example//', 'https://app.example/?', 'https://app.example/#', 'https://app.example/..', 'https://app.example/%2e%2e', 'https://app.example/\r\nLocation: https://evil.example',
  'https://app.example/%0d%0aLocation:%20https://evil.example', 'HTTPS://APP.EXAMPLE/', 'http://app.example/', 'javascript:alert(1)', 'javascript://app.example/%0aalert(1)', 'data:text/html,x', '/', '/login', '.', '..', '?', '#', '%2f%2fevil.example', '/%5cevil.example', '/%09/evil.example',
  'https://\u0430pp.example/', 'https://app\u3002example/', 'https://app.example/\u0000', 'https://app.example/ ']

function goesHome(answer, what) {
  const location = answer.headers.get('location')
  if (location === null) return
  // As a browser reads it.
  const url = new URL(location, service.issuer)
  assert.ok(url.origin === service.issuer || url.href === 'https://app.example/', `${what} -> ${location}`)
  assert.ok(!/[\r\n\t\\]/.test(location) && !location.startsWith('//'), `${what} -> ${location}`)
}

test(`R-08: of ${away.length} addresses to return to after signing out, none leads away; O-02: only the exact registered one is followed`, async () => {
  assert.ok(away.length >= 40)
  const client = await database.client(webClient())
  const { browser, tokens } = await signIn(service, client)
  for (const uri of away) {
    for (const who of [{ id_token_hint: tokens.id_token }, { client_id: client.client_id }, {}]) {
      const parameters = new URLSearchParams({ ...who, post_logout_redirect_uri: uri })
      for (const [name, from, init] of [['GET', browser], ['GET', new Browser(service)], ['POST', browser, { method: 'POST', body: parameters, headers: { origin: service.issuer } }]]) {
        const answer = await from.fetch(`/oauth2/end_session${init ? '' : `?${parameters}`}`, init ?? {})
        const what = `${name} ${JSON.stringify(uri)} ${Object.keys(who)}`
        // Where nobody is named, who is signed in is asked, and who is not stays here.
        const expected = Object.keys(who).length > 0 || uri.includes('\0') ? 400 : from === browser ? 200 : 303
        assert.equal(answer.status, expected, what)
        assert.equal(answer.headers.get('location'), expected === 303 ? '/signed-out' : null, what)
      }
    }
  }
  for (const raw of ['https%3A%2F%2Fapp.example%2F%00', 'https%3A%2F%2Fapp.example%2F%ff', '%zz', 'https%3A%2F%2Fapp.example%2F&post_logout_redirect_uri=https%3A%2F%2Fevil.example'])
    assert.equal((await browser.fetch(`/oauth2/end_session?client_id=${client.client_id}&post_logout_redirect_uri=${raw}`)).status, 400, raw)
  await plant(client, { post_logout_redirect_uris: ['javascript:alert(1)', 'http://evil.example/', '//evil.example', 'https://evil.example/#'] })
  const other = new Browser(service)
  await until('the change', async () => (await other.fetch(`/oauth2/end_session?${new URLSearchParams({ client_id: client.client_id, post_logout_redirect_uri: 'https://app.example/' })}`)).status === 400)
  for (const uri of ['javascript:alert(1)', 'http://evil.example/', '//evil.example', 'https://evil.example/#'])
    assert.equal((await other.fetch(`/oauth2/end_session?${new URLSearchParams({ client_id: client.client_id, post_logout_redirect_uri: uri })}`)).status, 400, uri)
})

test('R-08: no page takes an address to go on to from its URL or its form', async () => {
  const names = ['flow', 'return_to', 'rd', 'next', 'target_link_uri', 'redirect', 'redirect_uri', 'url', 'continue', 'post_logout_redirect_uri']
  for (const where of ['/', '/login', '/consent', '/oauth2/authorize/continue', '/signed-out', '/oauth2/end_session', '/oauth2/authorize']) {
    for (const uri of away.slice(0, 24)) {
      const parameters = new URLSearchParams(names.map((name) => [name, uri]))
      goesHome(await get(`${where}?${parameters}`), `${where} ${JSON.stringify(uri)}`)
      goesHome(await fetch(service.url(where), { method: 'POST', body: parameters, redirect: 'manual', headers: { origin: service.issuer } }), `POST ${where} ${JSON.stringify(uri)}`)
    }
  }
  for (const path of ['//evil.example', '/%2fevil.example', '/\\evil.example', '/%5cevil.example', '//evil.example/..', '/.//evil.example', '/login//evil.example', '/login/'])
    goesHome(await fetch(`http://127.0.0.1:${service.port}${path}`, { redirect: 'manual' }), path)
})
