// How clients authenticate: private_key_jwt and their keys, two live secrets, limits; rows C-01 to C-06, D-02, D-03.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose'

import { Cluster } from './cluster.mjs'
import { Database, Service, until } from './service.mjs'
import { basic, post, publicClient, webClient } from './flow.mjs'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
let database, service, other, single, keyServer, keys, signer

// Serves a JWK Set, or whatever a test wants, and counts.
class KeyServer {
  static async start() {
    const server = new KeyServer()
    server.reset()
    server.http = http.createServer((request, response) => { server.fetches[request.url] = (server.fetches[request.url] ?? 0) + 1; server.answers[request.url]?.(response, request) ?? response.writeHead(404).end() })
    server.http.on('connection', () => { server.connections++ })
    await new Promise((resolve) => server.http.listen(0, '127.0.0.1', resolve))
    server.port = server.http.address().port
    return server
  }

  reset() { this.fetches = {}; this.answers = {}; this.connections = 0 }
  serve(path, set, headers = {}) { this.answers[path] = (response) => { response.writeHead(200, { 'content-type': 'application/jwk-set+json', ...headers }).end(JSON.stringify(set)); return true } }
  url(path) { return `http://127.0.0.1:${this.port}${path}` }
  async stop() { this.http.closeAllConnections(); await new Promise((resolve) => this.http.close(resolve)) }
}

async function key(alg, kid = `k-${randomUUID()}`) {
  const pair = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, ...pair, jwk: { ...await exportJWK(pair.publicKey), kid, alg, use: 'sig' } }
}

const jwtClient = (more) => webClient({ token_endpoint_auth_method: 'private_key_jwt', ...more })

const now = () => Math.floor(Date.now() / 1000)

// An assertion of the client, with other claims or header members where a test wants them; undefined takes one away.
function assertion(client, signing, { claims = {}, header = {}, issuer = service.issuer } = {}) {
  const all = { iss: client.client_id, sub: client.client_id, aud: issuer, exp: now() + 60, jti: randomUUID(), ...claims }
  for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name]
  return new SignJWT(all).setProtectedHeader({ alg: signing.alg, kid: signing.kid, ...header }).sign(signing.privateKey)
}

const proof = (text, more = {}) => ({ client_assertion_type: assertionType, client_assertion: text, ...more })
const ask = (text, more = {}, at = service) => post(at, '/oauth2/token', { grant_type: 'client_credentials', ...proof(text, more) })
const askWith = async (client, signing, options = {}, at = service) => ask(await assertion(client, signing, options), options.parameters, at)

function refused(answer, error = 'invalid_client', what = '') {
  assert.equal(answer.body.error, error, `${what} ${JSON.stringify(answer.body)}`)
  assert.equal(answer.status, error === 'invalid_client' ? 401 : 400, what)
  if (error === 'invalid_client') {
    assert.match(answer.headers.get('www-authenticate'), /^Basic/, what)
    assert.equal(answer.body.error_description, 'Client authentication failed.', what)
  }
}

before(async () => {
  keyServer = await KeyServer.start()
  database = await Database.create()
  const plain = database.environment.bind(database)
  database.environment = (more = {}) => plain({ LATCHKEY_OUTGOING_ALLOW: `127.0.0.1:${keyServer.port} localhost:${keyServer.port}`, LATCHKEY_CLIENT_FAILURES: '0', ...more })
  await database.realm()
  keys = Object.fromEntries(await Promise.all(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map(async (alg) => [alg, await key(alg)])))
  signer = await database.client(jwtClient({ jwks: { keys: [keys.ES256.jwk] }, token_endpoint_auth_signing_alg: 'ES256' }))
  service = await Service.start(database)
  other = await Service.start(database, { issuer: service.issuer })
  other.issuer = other.origin
  // One worker, so that fetches can be counted.
  single = await Service.start(database, { issuer: service.issuer, environment: { LATCHKEY_WORKERS: '1' } })
  single.issuer = single.origin
})
after(async () => { for (const one of [service, other, single]) await one?.stop(); await keyServer?.stop(); await database?.drop() })

test('RFC 7523 2.2: a client authenticates by a JWT that it signed, with each algorithm', async () => {
  for (const [alg, signing] of Object.entries(keys)) {
    const client = await database.client(jwtClient({ jwks: { keys: [signing.jwk] }, token_endpoint_auth_signing_alg: alg }))
    assert.equal(client.client_secret, undefined)
    const answer = await askWith(client, signing)
    assert.equal(answer.status, 200, `${alg} ${JSON.stringify(answer.body)}`)
  }
})

test('RFC 7523 2.2: the assertion works at token, introspection and revocation endpoints', async () => {
  const { body: { access_token: text } } = await askWith(signer, keys.ES256)
  const looked = await post(service, '/oauth2/introspect', { token: text, ...proof(await assertion(signer, keys.ES256)) })
  assert.equal(looked.body.active, true)
  assert.equal((await post(service, '/oauth2/revoke', { token: text, ...proof(await assertion(signer, keys.ES256)) })).status, 200)
  assert.equal((await post(service, '/oauth2/introspect', { token: text, ...proof(await assertion(signer, keys.ES256)) })).body.active, false)
  refused(await post(service, '/oauth2/introspect', { token: text, ...proof(await assertion(signer, keys.ES256, { claims: { aud: 'https://elsewhere.example' } })) }))
})

test('openid-client 6 authenticates by private_key_jwt: the program of docs/client_authentication.md', async () => {
  const folder = mkdtempSync(path.resolve('tests/clients/.app-'))
  try {
    writeFileSync(path.join(folder, 'app.mjs'), readFileSync('docs/client_authentication.md', 'utf8').match(/```js\n([\s\S]*?)```/)[1])
    const start = (env) => promisify(execFile)(process.execPath, ['app.mjs'], { cwd: folder, env })
    assert.match((await start({})).stdout, /Register client.json/)
    const client = await database.client(JSON.parse(readFileSync(path.join(folder, 'client.json'))))
    const { stdout } = await start({ ISSUER: service.issuer, CLIENT_ID: client.client_id })
    assert.equal(stdout.split('.').length, 3)
  } finally { rmSync(folder, { recursive: true }) }
})

test('RFC 7521 4.2: client_id is optional beside an assertion, and must be that of its subject', async () => {
  assert.equal((await askWith(signer, keys.ES256, { parameters: { client_id: signer.client_id } })).status, 200)
  refused(await askWith(signer, keys.ES256, { parameters: { client_id: 'another' } }), 'invalid_request')
})

test('RFC 7521 4.2: client_assertion and client_assertion_type go together, and the type is the one of JWTs', async () => {
  const text = await assertion(signer, keys.ES256)
  for (const half of [{ client_assertion: text }, { client_assertion_type: assertionType, client_id: signer.client_id }])
    refused(await post(service, '/oauth2/token', { grant_type: 'client_credentials', ...half }), 'invalid_request')
  refused(await ask(text, { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }))
  assert.equal((await ask(text)).status, 200)
})

test('RFC 8414 2: discovery lists private_key_jwt and the algorithms of its signatures', async () => {
  const document = await (await fetch(service.url('/.well-known/oauth-authorization-server'))).json()
  for (const endpoint of ['token', 'introspection', 'revocation']) {
    assert.ok(document[`${endpoint}_endpoint_auth_methods_supported`].includes('private_key_jwt'))
    assert.deepEqual(document[`${endpoint}_endpoint_auth_signing_alg_values_supported`].toSorted(), ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'])
  }
  assert.ok(!document.token_endpoint_auth_methods_supported.includes('client_secret_jwt'))
})

test('RFC 7591 2: jwks, jwks_uri and the signing algorithm are kept and shown; RS256 is the default', async () => {
  const shown = await database.latchkey(['client', 'show', signer.client_id, '--json'])
  assert.deepEqual(shown.jwks, { keys: [keys.ES256.jwk] })
  assert.equal(shown.token_endpoint_auth_signing_alg, 'ES256')
  assert.equal(shown.token_endpoint_auth_method, 'private_key_jwt')
  const byDefault = await database.client(jwtClient({ jwks_uri: 'https://keys.example/jwks' }))
  const defaults = await database.latchkey(['client', 'show', byDefault.client_id, '--json'])
  assert.equal(defaults.token_endpoint_auth_signing_alg, 'RS256')
  assert.equal(defaults.jwks_uri, 'https://keys.example/jwks')
})

test('J-09: RFC 7591 3.2.2: keys that are private, weak, many, both or missing are invalid_client_metadata', async () => {
  const { jwk } = keys.ES256
  const weak = { kty: 'RSA', n: keys.RS256.jwk.n.slice(0, 170), e: 'AQAB' }
  const wrong = [{}, { jwks: { keys: [jwk] }, jwks_uri: 'https://keys.example/jwks' }, { jwks: { keys: [await exportJWK(keys.ES256.privateKey)] } }, { jwks: { keys: [weak] } },
    { jwks: { keys: [{ ...jwk, x: jwk.y }] } }, { jwks: { keys: Array(21).fill(jwk) } }, { jwks: { keys: 'x' } }, { jwks: 'x' }, { jwks: [] }, { jwks: { keys: [keys.RS256.jwk] } }, { jwks: { keys: [] } },
    { jwks: { keys: [jwk] }, token_endpoint_auth_signing_alg: 'HS256' }, { jwks: { keys: [jwk] }, token_endpoint_auth_signing_alg: 'none' }, { jwks: { keys: [jwk] }, client_secret: 'x' }]
  for (const more of wrong)
    await assert.rejects(database.client(jwtClient({ token_endpoint_auth_signing_alg: 'ES256', ...more })), /invalid_client_metadata/, JSON.stringify(more))
})

test('C-01: every method beside every other is invalid_request; every method but the registered one is invalid_client', async () => {
  const clients = {
    client_secret_basic: await database.client(webClient()), client_secret_post: await database.client(webClient({ token_endpoint_auth_method: 'client_secret_post' })),
    private_key_jwt: signer, none: await database.client(webClient({ token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] })),
  }
  const ways = {
    client_secret_basic: (client) => ({ headers: { authorization: basic({ client_secret: 'x', ...client }) } }),
    client_secret_post: (client) => ({ parameters: { client_id: client.client_id, client_secret: client.client_secret ?? 'x' } }),
    private_key_jwt: async (client) => ({ parameters: proof(await assertion(client, keys.ES256)) }),
    none: (client) => ({ parameters: { client_id: client.client_id } }),
  }
  const send = ({ parameters = {}, headers = {} }) => post(service, '/oauth2/token', { grant_type: 'client_credentials', ...parameters }, { headers })
  for (const [registered, client] of Object.entries(clients))
    for (const [used, way] of Object.entries(ways)) {
      const answer = await send(await way(client))
      if (used !== registered) refused(answer, 'invalid_client', `${used} for ${registered}`)
      else if (used === 'none') assert.equal(answer.body.error, 'unauthorized_client')
      else assert.equal(answer.status, 200, used)
    }
  const several = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
  for (const client of Object.values(clients))
    for (const one of several)
      for (const two of several.filter((name) => name > one)) {
        const a = await ways[one](client), b = await ways[two](client)
        refused(await send({ parameters: { ...a.parameters, ...b.parameters }, headers: { ...a.headers, ...b.headers } }), 'invalid_request', `${one} and ${two}`)
      }
})

test('C-02: aud is the issuer alone, in one string', async () => {
  const { issuer } = service
  for (const aud of [`${issuer}/oauth2/token`, [issuer], [issuer, 'https://elsewhere.example'], `${issuer}/`, issuer.toUpperCase(), 'https://elsewhere.example', undefined, '', 7, { [issuer]: 1 }, `${issuer}/oauth2/introspect`])
    refused(await askWith(signer, keys.ES256, { claims: { aud } }), 'invalid_client', JSON.stringify(aud))
  const legacy = await database.client(jwtClient({ jwks: { keys: [keys.ES256.jwk] }, token_endpoint_auth_signing_alg: 'ES256', accept_legacy_audience: true }))
  for (const aud of [issuer, `${issuer}/oauth2/token`, [issuer], ['https://elsewhere.example', `${issuer}/oauth2/token`]])
    assert.equal((await askWith(legacy, keys.ES256, { claims: { aud } })).status, 200, JSON.stringify(aud))
  for (const aud of ['https://elsewhere.example', ['https://elsewhere.example'], [], `${issuer}/`, `${issuer}/oauth2/introspect`, [[issuer]]])
    refused(await askWith(legacy, keys.ES256, { claims: { aud } }), 'invalid_client', JSON.stringify(aud))
})

test('C-03: an assertion is good once', async () => {
  const text = await assertion(signer, keys.ES256)
  assert.equal((await ask(text)).status, 200)
  refused(await ask(text))
  refused(await ask(text, {}, other))
})

test('C-03: one assertion at two nodes in parallel is good once', async () => {
  for (let round = 0; round < 5; round++) {
    const text = await assertion(signer, keys.ES256)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(text, {}, i % 2 ? other : service)))
    assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [200, ...Array(7).fill(401)])
  }
})

test('C-03: RFC 7523 3: exp, jti, iss, sub, nbf, iat and typ are what they must be', async () => {
  const wrong = [{ jti: undefined }, { jti: '' }, { jti: 'x'.repeat(256) }, { jti: 7 }, { exp: undefined }, { exp: now() + 86400 }, { exp: now() + 400 }, { exp: now() - 60 }, { exp: `${now() + 60}` }, { exp: 0 }, { exp: -1 },
    { exp: 1e300 }, { iss: 'another' }, { iss: undefined }, { sub: undefined }, { sub: 7 }, { sub: '' }, { nbf: now() + 120 }, { iat: now() + 120 }, { nbf: 'x' }, { iat: null }]
  for (const claims of wrong) refused(await askWith(signer, keys.ES256, { claims }), 'invalid_client', JSON.stringify(claims))
  for (const typ of ['at+jwt', 'logout+jwt', 'dpop+jwt', '']) refused(await askWith(signer, keys.ES256, { header: { typ } }), 'invalid_client', typ)
  for (const claims of [{ exp: now() + 290, iat: now(), nbf: now() }, { exp: now() + 60.5 }, { iat: now() + 10, nbf: now() + 10 }, { exp: now() - 10 }, { jti: 'x'.repeat(255) }, { something_else: { unknown: [1] } }])
    assert.equal((await askWith(signer, keys.ES256, { claims })).status, 200, JSON.stringify(claims))
  for (const typ of ['JWT', 'client-authentication+jwt']) assert.equal((await askWith(signer, keys.ES256, { header: { typ } })).status, 200, typ)
})

test('C-03: what is no JWT, and tokens of our own, are invalid_client', async () => {
  const { body } = await askWith(signer, keys.ES256)
  const good = await assertion(signer, keys.ES256)
  const [head, payload, signature] = good.split('.')
  for (const text of [body.access_token, 'x', '..', `${head}.${payload}.`, `${head}.${payload}`, `${good}=`, `${head}.W10.${signature}`, `${head}.${payload}.${signature.slice(0, -4)}AAAA`, 'a'.repeat(20000)])
    refused(await ask(text), 'invalid_client', text.slice(0, 40))
})

test('C-04: only the registered algorithm, never one with a shared secret', async () => {
  const client = await database.client(jwtClient({ jwks: { keys: [keys.RS256.jwk] } }))
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => ({ iss: client.client_id, sub: client.client_id, aud: service.issuer, exp: now() + 60, jti: randomUUID() })
  const forged = (header, secret) => {
    const input = `${encode({ kid: keys.RS256.kid, ...header })}.${encode(claims())}`
    return `${input}.${secret === undefined ? '' : createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const pem = await exportSPKI(keys.RS256.publicKey)
  for (const text of [forged({ alg: 'HS256' }, pem), forged({ alg: 'HS256' }, pem.trim()), forged({ alg: 'HS256' }, JSON.stringify(keys.RS256.jwk)), forged({ alg: 'HS256' }, ''), forged({ alg: 'HS256' }),
    forged({ alg: 'none' }), forged({ alg: 'nOnE' }), forged({ alg: 'None' }, 'x'), forged({ alg: '' }), forged({ alg: 'RS256' }), forged({ alg: 'rs256' }, pem)])
    refused(await ask(text), 'invalid_client', text.slice(0, 30))
  refused(await askWith(client, { ...keys.PS256, kid: keys.RS256.kid }))
  // The very key, with the other padding.
  const { privateKey } = await crypto.subtle.exportKey('pkcs8', keys.RS256.privateKey).then(async (pkcs8) => ({
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign']) }))
  refused(await askWith(client, { alg: 'PS256', kid: keys.RS256.kid, privateKey }))
  refused(await askWith(client, keys.ES256))
  refused(await askWith(client, await key('RS256', keys.RS256.kid)))
  refused(await askWith(client, await key('RS256', keys.RS256.kid), { header: { jwk: (await key('RS256')).jwk } }))
  assert.equal((await askWith(client, keys.RS256)).status, 200)
})

test('C-05: an unknown client and one that is wrong are answered alike', async () => {
  const wrong = await askWith(signer, await key('ES256', keys.ES256.kid))
  const unknown = await askWith({ client_id: 'nobody' }, keys.ES256)
  refused(wrong)
  refused(unknown)
  assert.deepEqual(unknown.body, wrong.body)
  assert.deepEqual([...unknown.headers.keys()].toSorted(), [...wrong.headers.keys()].toSorted())
})

// From an address of the tester's choice, all of which are this machine's.
function from(localAddress, at, parameters, headers = {}) {
  return new Promise((resolve, reject) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...parameters }).toString()
    const request = http.request({ host: '127.0.0.1', port: at.port, path: '/oauth2/token', method: 'POST', localAddress, agent: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length, ...headers } }, async (response) => {
      let text = ''
      for await (const piece of response) text += piece
      resolve({ status: response.statusCode, headers: response.headers, body: JSON.parse(text) })
    })
    request.on('error', reject)
    request.end(body)
  })
}

test('C-05: RFC 6585 4: the 21st failure of a minute is 429, for that client from that address', async () => {
  const limited = await Service.start(database, { environment: { LATCHKEY_CLIENT_FAILURES: '20' } })
  try {
    const client = await database.client(webClient()), second = await database.client(webClient())
    const guess = (who, secret, address = '127.0.0.1') => from(address, limited, {}, { authorization: basic({ ...who, client_secret: secret }) })
    for (const who of [client, { client_id: 'nobody' }]) {
      for (let i = 0; i < 20; i++) assert.equal((await guess(who, `wrong-${i}`)).status, 401, `failure ${i}`)
      const answer = await guess(who, 'wrong again')
      assert.equal(answer.status, 429)
      assert.equal(answer.body.error, 'temporarily_unavailable')
      assert.ok(Number(answer.headers['retry-after']) >= 1 && Number(answer.headers['retry-after']) <= 60)
    }
    assert.equal((await guess(client, client.client_secret)).status, 429, 'the right secret does not tell either')
    assert.equal((await guess(client, client.client_secret, '127.0.0.2')).status, 200)
    assert.equal((await guess(second, second.client_secret)).status, 200)
    // A public client has nothing to guess: nobody keeps it out in its name.
    const open = await database.client(publicClient())
    for (let i = 0; i < 25; i++) assert.notEqual((await from('127.0.0.1', limited, { client_id: open.client_id, client_secret: 'x' })).status, 200)
    assert.equal((await from('127.0.0.1', limited, { client_id: open.client_id, grant_type: 'refresh_token', refresh_token: 'x' })).body.error, 'invalid_grant')
    // Assertions are counted alike.
    const bogus = await key('ES256', keys.ES256.kid)
    for (let i = 0; i < 20; i++) assert.equal((await from('127.0.0.1', limited, proof(await assertion(signer, bogus, { issuer: limited.issuer })))).status, 401)
    assert.equal((await from('127.0.0.1', limited, proof(await assertion(signer, keys.ES256, { issuer: limited.issuer })))).status, 429)
    assert.equal((await from('127.0.0.2', limited, proof(await assertion(signer, keys.ES256, { issuer: limited.issuer })))).status, 200)
  } finally { await limited.stop() }
})

test('C-05: a second secret lives beside the first for the overlap, and there are never three', async () => {
  for (const method of ['client_secret_basic', 'client_secret_post']) {
    const client = await database.client(webClient({ token_endpoint_auth_method: method }))
    const works = async (secret) => {
      const parameters = method === 'client_secret_post' ? { client_id: client.client_id, client_secret: secret } : {}
      const { status } = await post(service, '/oauth2/token', { grant_type: 'client_credentials', ...parameters }, method === 'client_secret_basic' ? { client: { ...client, client_secret: secret } } : {})
      return status === 200
    }
    const another = async (...more) => (await database.latchkey(['client', 'secret', client.client_id, '--json', ...more])).client_secret
    const first = client.client_secret, second = await another()
    await until('the second secret', () => works(second))
    assert.ok(await works(first))
    const third = await another('--overlap', '3600')
    await until('the third secret', () => works(third))
    assert.ok(await works(second))
    await until('the end of the first', async () => !await works(first))
    const fourth = await another('--overlap', '0')
    await until('the fourth secret', () => works(fourth))
    for (const gone of [first, second, third]) await until('its end', async () => !await works(gone))
    assert.equal(await database.sql(`SELECT count(*) FROM events WHERE kind = 'client.secret_added' AND client = (SELECT id FROM clients WHERE client_id = '${client.client_id}')`), '3')
  }
  await assert.rejects(database.latchkey(['client', 'secret', signer.client_id]), /has no secrets/)
  await assert.rejects(database.latchkey(['client', 'secret', 'nobody']), /no such client/)
  await assert.rejects(database.latchkey(['client', 'secret', signer.client_id, '--overlap', '-1']), /--overlap/)
})

test('C-06: a secret is taken form-encoded, and as it is from who does not encode; a client_id only form-encoded', async () => {
  const client = await database.client(webClient({ client_id: 'a:b c+d%', client_secret: 'p:q r+s%' }))
  const ask = async (id, secret) => post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` } })
  assert.equal((await post(service, '/oauth2/token', { grant_type: 'client_credentials' }, { client })).status, 200)
  assert.equal((await ask(encodeURIComponent(client.client_id), client.client_secret)).status, 200)
  refused(await ask(client.client_id, client.client_secret))
  for (const client_secret of ['abc+def/ghi=jklmnopqrstu', '100%safe-and-secret-word', 'a%41 b+c']) {
    const moved = await database.client(webClient({ client_secret }))
    assert.equal((await ask(moved.client_id, client_secret)).status, 200, client_secret)
    assert.equal((await ask(moved.client_id, encodeURIComponent(client_secret))).status, 200, client_secret)
    for (const wrong of [client_secret.slice(1), `${client_secret}+`, encodeURIComponent(encodeURIComponent(client_secret)), '']) refused(await ask(moved.client_id, wrong))
  }
})

const uriClient = (path, more = {}) => database.client(jwtClient({ jwks_uri: keyServer.url(path), token_endpoint_auth_signing_alg: 'ES256', ...more }))

test('OpenID Connect Core 10.1.1: a key that jwks_uri has newly is taken within seconds; others are not looked for within the minute', async () => {
  const path = '/rolling', first = await key('ES256'), second = await key('ES256'), third = await key('ES256')
  const client = await uriClient(path)
  keyServer.serve(path, { keys: [first.jwk] })
  const fetches = () => keyServer.fetches[path] ?? 0
  for (let i = 0; i < 3; i++) assert.equal((await askWith(client, first, {}, single)).status, 200)
  assert.equal(fetches(), 1)
  keyServer.serve(path, { keys: [second.jwk, first.jwk] })
  assert.equal((await askWith(client, second, {}, single)).status, 200)
  assert.equal((await askWith(client, first, {}, single)).status, 200)
  assert.equal(fetches(), 2)
  // DS-06: whatever kid comes.
  const answers = await Promise.all(Array.from({ length: 40 }, async () => askWith(client, await key('ES256'), {}, single)))
  const later = (answer) => {
    assert.equal(answer.status, 503)
    assert.equal(answer.body.error, 'temporarily_unavailable')
    assert.ok(Number(answer.headers.get('retry-after')) > 1 && Number(answer.headers.get('retry-after')) <= 60)
  }
  for (const answer of answers) later(answer)
  keyServer.serve(path, { keys: [third.jwk] })
  later(await askWith(client, third, {}, single))
  assert.equal(fetches(), 2)
  assert.equal((await askWith(client, second, {}, single)).status, 200)
})

test('DS-06: a stranger who uses up the minute makes no key unknown: the client is told to come later, and is not kept out', async () => {
  const path = '/forged', first = await key('ES256'), second = await key('ES256'), client = await uriClient(path)
  keyServer.serve(path, { keys: [first.jwk] })
  assert.equal((await askWith(client, first, {}, single)).status, 200)
  refused(await askWith(client, await key('ES256'), {}, single))
  keyServer.serve(path, { keys: [second.jwk] })
  for (let i = 0; i < 25; i++) assert.equal((await askWith(client, second, {}, single)).status, 503)
  assert.equal((await askWith(client, first, {}, single)).status, 200)
  assert.equal(keyServer.fetches[path], 2)
})

test('RFC 7515 4.1.4: the kid of a client is any text, as long as its key has the same', async () => {
  for (const kid of ['a=b+c/d==', 'urn:example:key:1', 'https://app.example/keys#1', 'k'.repeat(255), '\u00fcber schl\u00fcssel']) {
    const signing = await key('ES256', kid), client = await database.client(jwtClient({ token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [signing.jwk] } }))
    assert.equal((await askWith(client, signing)).status, 200, kid)
  }
  for (const kid of ['', 'k'.repeat(256), 'a\nb']) refused(await askWith(signer, keys.ES256, { header: { kid } }), 'invalid_client', kid)
})

test('DS-06: many that need the keys at once share one fetch', async () => {
  const path = '/slow', signing = await key('ES256'), client = await uriClient(path)
  const waiting = []
  keyServer.answers[path] = (response) => { waiting.push(response); return true }
  const texts = await Promise.all(Array.from({ length: 30 }, () => assertion(client, signing)))
  const inFlight = async () => (await single.metrics()).latchkey_requests_in_flight
  const idle = await inFlight()
  // The one that wanted them first goes away while the others wait.
  const leaving = new AbortController()
  const left = assert.rejects(fetch(`${single.issuer}/oauth2/token`, { method: 'POST', signal: leaving.signal, body: new URLSearchParams({ grant_type: 'client_credentials', ...proof(await assertion(client, signing)) }) }))
  await until('the fetch', async () => waiting.length > 0)
  const asking = texts.map((text) => ask(text, {}, single))
  await until('the others', async () => await inFlight() === idle + 31)
  leaving.abort()
  await left
  await until('its end', async () => await inFlight() === idle + 30)
  for (const response of waiting) response.writeHead(200).end(JSON.stringify({ keys: [signing.jwk] }))
  for (const answer of await Promise.all(asking)) assert.equal(answer.status, 200)
  assert.equal(keyServer.fetches[path], 1)
})

test('DS-06: while the server of the keys is down, the set at hand serves; without one it is 503 with Retry-After', async () => {
  const path = '/down', first = await key('ES256'), second = await key('ES256'), client = await uriClient(path)
  keyServer.serve(path, { keys: [first.jwk] })
  assert.equal((await askWith(client, first, {}, single)).status, 200)
  keyServer.answers[path] = (response) => { response.destroy(); return true }
  const unknown = await askWith(client, second, {}, single)
  assert.equal(unknown.status, 503)
  assert.equal(unknown.body.error, 'temporarily_unavailable')
  assert.ok(Number(unknown.headers.get('retry-after')) >= 1)
  assert.equal((await askWith(client, first, {}, single)).status, 200)
  const never = '/never', late = await uriClient(never)
  for (const answer of [404, 302, 500])
    keyServer.answers[never] = (response) => { response.writeHead(answer).end('{"keys":[]}'); return true }
  for (let i = 0; i < 5; i++) {
    const answer = await askWith(late, first, {}, single)
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers.get('retry-after')) >= 1 && Number(answer.headers.get('retry-after')) <= 61)
  }
  assert.equal(keyServer.fetches[never], 1)
})

test('RFC 7517 5: keys of a jwks_uri that are not understood are left out; what is no JWK Set is none', async () => {
  const signing = await key('ES256'), odd = [{ kty: 'FUTURE' }, { kty: 'oct', k: 'AAAA' }, keys.RS256.jwk, signing.jwk]
  const client = await uriClient('/odd')
  keyServer.serve('/odd', { keys: odd })
  assert.equal((await askWith(client, signing, {}, single)).status, 200)
  for (const [i, body] of ['', '[]', '{}', '{"keys":{}}', JSON.stringify({ keys: Array(21).fill(signing.jwk) }), JSON.stringify({ keys: [signing.jwk], padding: 'x'.repeat(70000) })].entries()) {
    const path = `/broken-${i}`, broken = await uriClient(path)
    keyServer.answers[path] = (response) => { response.writeHead(200).end(body); return true }
    assert.equal((await askWith(broken, signing, {}, single)).status, 503, body.slice(0, 40))
  }
})

test('D-02: a jwks_uri is https, on port 443 of a public host, but for what the setting allows', async () => {
  for (const uri of ['http://keys.example/jwks', 'https://keys.example:8443/', 'https://127.0.0.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://[::ffff:127.0.0.1]/', 'https://localhost./', 'https://localhost/', 'https://user@keys.example/',
    'https://user:pw@keys.example/', 'https://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'gopher://keys.example/', 'https://', `http://127.0.0.1:${keyServer.port + 1}/`, `http://127.0.0.1:${keyServer.port}@keys.example/`])
    await assert.rejects(database.client(jwtClient({ jwks_uri: uri })), /invalid_client_metadata/, uri)
})

test('D-02: addresses that got into the database all the same are not called: 0 connections', async () => {
  const victim = await KeyServer.start(), client = await uriClient('/x'), signing = await key('ES256')
  try {
    victim.serve('/jwks', { keys: [signing.jwk] })
    for (const uri of [`http://127.0.0.1:${victim.port}/jwks`, `https://127.0.0.1:${victim.port}/jwks`, `http://localhost:${victim.port}/jwks`, `https://localhost:${victim.port}/jwks`, `https://localhost.:${victim.port}/jwks`,
      `http://127.1:${victim.port}/jwks`, `http://2130706433:${victim.port}/jwks`, `http://0x7f000001:${victim.port}/jwks`, `http://[::1]:${victim.port}/jwks`, `http://[::ffff:127.0.0.1]:${victim.port}/jwks`, `http://0:${victim.port}/jwks`,
      `http://127.0.0.1:${keyServer.port}@127.0.0.1:${victim.port}/jwks`]) {
      await database.sql(`UPDATE clients SET metadata = jsonb_set(metadata, '{jwks_uri}', '"${uri}"') WHERE client_id = '${client.client_id}'`)
      await until(`the refusal of ${uri}`, async () => (await askWith(client, signing, {}, single)).status === 503 && single.log.includes(JSON.stringify(uri).slice(1, -1)))
    }
    assert.equal(victim.connections, 0)
  } finally { await victim.stop() }
})

test('D-03: a redirect is not followed', async () => {
  const signing = await key('ES256'), client = await uriClient('/moved')
  keyServer.serve('/target', { keys: [signing.jwk] })
  keyServer.answers['/moved'] = (response) => { response.writeHead(302, { location: keyServer.url('/target') }).end(); return true }
  assert.equal((await askWith(client, signing, {}, single)).status, 503)
  assert.equal(keyServer.fetches['/moved'], 1)
  assert.equal(keyServer.fetches['/target'], undefined)
})

test('D-02: a name is resolved in a worker under its filter of system calls', async () => {
  const signing = await key('ES256')
  const client = await database.client(jwtClient({ jwks_uri: `http://localhost:${keyServer.port}/named`, token_endpoint_auth_signing_alg: 'ES256' }))
  const workers = await single.workers()
  keyServer.serve('/named', { keys: [signing.jwk] })
  assert.equal((await askWith(client, signing, {}, single)).status, 200)
  // One that asks a name server, whatever that says.
  const unresolved = await database.client(jwtClient({ jwks_uri: 'https://nowhere.invalid/jwks', token_endpoint_auth_signing_alg: 'ES256' }))
  assert.equal((await askWith(unresolved, signing, {}, single)).status, 503)
  assert.deepEqual(await single.workers(), workers)
})

test('C-03: RFC 7523 3: no assertion is accepted that the database cannot remember', async () => {
  const cluster = await Cluster.start()
  try {
    const database = await Database.create()
    await database.realm()
    const client = await database.client(jwtClient({ jwks: { keys: [keys.ES256.jwk] }, token_endpoint_auth_signing_alg: 'ES256' }))
    const service = await Service.start(database)
    try {
      const at = (text) => post(service, '/oauth2/token', { grant_type: 'client_credentials', ...proof(text) })
      assert.equal((await at(await assertion(client, keys.ES256, { issuer: service.issuer }))).status, 200)
      await cluster.stopServer()
      const answer = await at(await assertion(client, keys.ES256, { issuer: service.issuer }))
      assert.equal(answer.status, 503)
      assert.equal(answer.body.access_token, undefined)
      assert.ok(answer.headers.get('retry-after'))
    } finally { await service.stop() }
  } finally { await cluster.stop() }
})
