// Our JOSE against somebody else's, hostile tokens through the command, and tokens where they do not belong.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHmac, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { Browser, Database, Service, binary } from './service.mjs'
import { authorize, authorizeQuery, introspect, pkce, post, signIn, token, webClient } from './flow.mjs'

const algorithms = ['ES256', 'RS256', 'PS256', 'ES384', 'EdDSA']
const password = 'correct horse battery staple'
const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

// latchkey jose WORD with these lines: the answers and the exit code.
async function run(word, lines) {
  const child = spawn(binary, ['jose', word], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH, ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '' } })
  let text = ''
  child.stdout.on('data', (bytes) => { text += bytes })
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.stdin.on('error', () => {})
  child.stdin.end(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''))
  const code = await ended
  return { code, answers: text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)) }
}

async function pair(alg) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  return { publicKey, privateKey, public: await jose.exportJWK(publicKey), private: await jose.exportJWK(privateKey) }
}

const keys = {}
let database, service, client
before(async () => {
  for (const alg of algorithms) keys[alg] = await pair(alg)
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

for (const alg of algorithms) test(`RFC 7515: ${alg} tokens of the npm package jose verify here, and ours there`, async () => {
  const theirs = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    new jose.SignJWT({ n: i, text: 'ünï' }).setProtectedHeader({ alg, typ: 'JWT', kid: 'k-1' }).sign(keys[alg].privateKey)))
  const verified = await run('verify', theirs.map((text) => ({ token: text, alg, jwk: keys[alg].public, typ: 'JWT' })))
  assert.equal(verified.code, 0)
  verified.answers.forEach((answer, i) => assert.deepEqual(answer, { valid: true, header: { alg, typ: 'JWT', kid: 'k-1' }, payload: { n: i, text: 'ünï' } }))

  const ours = await run('sign', Array.from({ length: 20 }, (_, i) => ({ alg, jwk: keys[alg].private, typ: 'at+jwt', kid: 'k-2', payload: { n: i, text: 'ünï' } })))
  assert.equal(ours.code, 0)
  for (const [i, answer] of ours.answers.entries()) {
    const { payload, protectedHeader } = await jose.jwtVerify(answer.token, keys[alg].publicKey, { typ: 'at+jwt' })
    assert.deepEqual(payload, { n: i, text: 'ünï' })
    assert.deepEqual(protectedHeader, { alg, typ: 'at+jwt', kid: 'k-2' })
  }
})

test('RFC 7638: thumbprints are those of the npm package jose', async () => {
  const { code, answers } = await run('thumbprint', algorithms.flatMap((alg) => [{ jwk: keys[alg].public }, { jwk: keys[alg].private }]))
  assert.equal(code, 0)
  for (const [i, alg] of algorithms.entries()) {
    const expected = await jose.calculateJwkThumbprint(keys[alg].public)
    assert.equal(answers[2 * i].thumbprint, expected)
    assert.equal(answers[2 * i + 1].thumbprint, expected)
  }
})

test('RFC 7517 5: a set verifies by kid; keys of other kinds in it are ignored', async () => {
  const jwks = { keys: [{ kty: 'NEW', kid: 'x' }, ...algorithms.map((alg) => ({ ...keys[alg].public, kid: alg })), { kty: 'EC', crv: 'P-521', kid: 'y' }] }
  const signed = async (alg, kid) => new jose.SignJWT({}).setProtectedHeader({ alg, kid }).sign(keys[alg].privateKey)
  const { answers } = await run('verify', [
    ...await Promise.all(algorithms.map(async (alg) => ({ token: await signed(alg, alg), alg, jwks }))),
    { token: await signed('ES256', 'ES384'), alg: 'ES256', jwks },
    { token: await signed('RS256', 'PS256'), alg: 'RS256', jwks },
    { token: await signed('ES256', 'nobody'), alg: 'ES256', jwks },
  ])
  assert.deepEqual(answers.map((answer) => answer.valid ? 'valid' : answer.reason), [...algorithms.map(() => 'valid'), 'no_key', 'bad_signature', 'no_key'])
})

const reasons = async (lines) => (await run('verify', lines)).answers.map((answer) => answer.valid ? 'VALID' : answer.reason ?? answer.error)
// Rightly signed, then with another header in front.
async function withHeader(alg, header) {
  const text = await new jose.SignJWT({}).setProtectedHeader({ alg }).sign(keys[alg].privateKey)
  return `${b64(header)}.${text.split('.').slice(1).join('.')}`
}

test('J-01: none, its variants and a missing alg are refused', async () => {
  const names = ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'es256', 'ES256 ', 'ES256K', 'RS512']
  const lines = []
  for (const alg of algorithms) {
    for (const name of names) {
      lines.push({ token: `${b64({ alg: name })}.${b64({})}.`, alg, jwk: keys[alg].public })
      lines.push({ token: await withHeader(alg, { alg: name }), alg, jwk: keys[alg].public })
    }
    for (const header of [{}, { alg: null }, { alg: 1 }, { alg: [alg] }, `{"alg":"${alg}","alg":"none"}`])
      lines.push({ token: await withHeader(alg, header), alg, jwk: keys[alg].public })
  }
  const answers = await reasons(lines)
  assert.equal(answers.length, lines.length)
  assert.ok(answers.every((reason) => reason === 'wrong_algorithm' || reason === 'malformed'), JSON.stringify(answers))
  assert.deepEqual(await reasons([{ token: `${b64({ alg: 'none' })}.e30.`, alg: 'none', jwk: keys.ES256.public }]), ['unsupported_algorithm'])
})

test('J-02: an HMAC with the public key is refused, and a key is for its own algorithm', async () => {
  const lines = []
  for (const alg of algorithms)
    for (const secret of [JSON.stringify(keys[alg].public), createPublicKey({ key: keys[alg].public, format: 'jwk' }).export({ type: 'spki', format: 'pem' })])
      for (const name of ['HS256', alg]) {
        const input = `${b64({ alg: name })}.${b64({})}`
        lines.push({ token: `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`, alg, jwk: keys[alg].public })
      }
  assert.ok((await reasons(lines)).every((reason) => ['wrong_algorithm', 'bad_signature'].includes(reason)))

  const crossed = []
  for (const alg of algorithms) for (const other of algorithms)
    if (alg !== other) crossed.push({ token: await new jose.SignJWT({}).setProtectedHeader({ alg }).sign(keys[alg].privateKey), alg: other, jwk: keys[other].public })
  assert.ok((await reasons(crossed)).every((reason) => reason === 'wrong_algorithm'))
  const { code, answers } = await run('verify', [{ token: await withHeader('ES256', { alg: 'ES256' }), alg: 'ES256', jwk: { kty: 'oct', k: 'AAAA' } }])
  assert.equal(code, 1)
  assert.equal(answers[0].error, 'it holds a private member')
})

test('J-03: keys in the header are ignored, crit is refused, a kid is no path', async () => {
  const attacker = await pair('ES256')
  const lines = []
  for (const more of [{ jwk: attacker.public }, { jku: `${service.issuer}/oauth2/jwks` }, { x5u: 'http://127.0.0.1:1/' }, { x5c: ['AA'] }, { kid: 'x' }])
    lines.push({ token: await new jose.SignJWT({}).setProtectedHeader({ alg: 'ES256', ...more }).sign(attacker.privateKey), alg: 'ES256', jwk: keys.ES256.public })
  assert.deepEqual(new Set(await reasons(lines)), new Set(['bad_signature']))
  const odd = []
  for (const more of [{ crit: ['exp'] }, { crit: [] }, { crit: ['b64'], b64: false }, { kid: '../../dev/null' }, { kid: 'a b' }, { kid: '' }, { kid: 'k'.repeat(65) }, { kid: 1 }])
    odd.push({ token: await withHeader('ES256', { alg: 'ES256', ...more }), alg: 'ES256', jwk: keys.ES256.public })
  assert.deepEqual(new Set(await reasons(odd)), new Set(['malformed']))
})

test('J-04: ECDSA signatures of zeros, of any other length, as DER, are refused', async () => {
  const lines = []
  for (const [alg, bytes] of [['ES256', 64], ['ES384', 96], ['EdDSA', 64]])
    for (const signature of [Buffer.alloc(bytes), Buffer.alloc(bytes, 255), Buffer.alloc(bytes - 1, 1), Buffer.alloc(bytes + 1, 1), Buffer.alloc(8192, 1), Buffer.alloc(0),
      Buffer.from([0x30, 6, 2, 1, 1, 2, 1, 1])])
      lines.push({ token: `${b64({ alg })}.${b64({})}.${signature.toString('base64url')}`, alg, jwk: keys[alg].public })
  assert.deepEqual(new Set(await reasons(lines)), new Set(['bad_signature']))
})

test('J-08: duplicate members, deep nesting, huge numbers, NUL and bad UTF-8 in a header are refused; so are lines of them', async () => {
  const headers = ['{"alg":"ES256","x":1,"x":2}', `{"alg":"ES256","x":${'['.repeat(17)}${']'.repeat(17)}}`, '{"alg":"ES256","x":1e999}', '{"alg":"ES256","x":"\\u0000"}', '["ES256"]', '"ES256"', '{"alg":"ES256"']
  const lines = await Promise.all(headers.map(async (header) => ({ token: await withHeader('ES256', header), alg: 'ES256', jwk: keys.ES256.public })))
  lines.push({ token: (await withHeader('ES256', 'x')).replace(/^[^.]*/, Buffer.from('{"alg":"ES256","x":"\xff"}', 'latin1').toString('base64url')), alg: 'ES256', jwk: keys.ES256.public })
  assert.deepEqual(new Set(await reasons(lines)), new Set(['malformed']))
  const { code, answers } = await run('verify', ['', '1', '[]', '{"a":1,"a":2}', '{', `{"token":"${'x'.repeat(70000)}"}`, '{}', '{"token":"x","alg":"ES256"}'])
  assert.equal(code, 1)
  assert.equal(answers.length, 8)
  assert.ok(answers.every((answer) => typeof answer.error === 'string'), JSON.stringify(answers))
})

test('J-09: weak and wrong keys are refused with a reason', async () => {
  const rsa = keys.RS256.public, ec = keys.ES256.public
  const bad = [['RS256', { ...rsa, n: rsa.n.slice(0, 170) }], ['RS256', { ...rsa, e: 'AQ' }], ['RS256', { ...rsa, e: 'Ag' }], ['ES256', { ...ec, x: ec.y, y: ec.x }],
    ['ES256', { ...ec, x: 'AA' }], ['ES256', { ...ec, use: 'enc' }], ['ES256', { ...ec, alg: 'ES384' }], ['ES256', keys.ES256.private],
    ['EdDSA', { ...keys.EdDSA.public, x: Buffer.alloc(32).toString('base64url') }], ['EdDSA', { ...keys.EdDSA.public, x: Buffer.alloc(33, 1).toString('base64url') }]]
  const { code, answers } = await run('verify', await Promise.all(bad.map(async ([alg, jwk]) => ({ token: await withHeader(alg, { alg }), alg, jwk }))))
  assert.equal(code, 1)
  assert.ok(answers.every((answer) => typeof answer.error === 'string'), JSON.stringify(answers))
})

test('J-10: base64url with padding, white space, other alphabets or bits that count for nothing is refused', async () => {
  const good = await new jose.SignJWT({ a: '?' }).setProtectedHeader({ alg: 'EdDSA' }).sign(keys.EdDSA.privateKey)
  const [header, payload, signature] = good.split('.')
  const last = String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)
  const texts = [`${good}=`, `${good}\n`, ` ${good}`, `${header}.${payload}=.${signature}`, `${header}.${payload} .${signature}`, `${header}.${payload}+/.${signature}`, `${good.slice(0, -1)}${last}`,
    `${header}..${signature}.`, `${header}.${payload}`, good.replaceAll('.', '')]
  assert.deepEqual(new Set(await reasons(texts.map((text) => ({ token: text, alg: 'EdDSA', jwk: keys.EdDSA.public })))), new Set(['malformed']))
  assert.deepEqual(await reasons([{ token: good, alg: 'EdDSA', jwk: keys.EdDSA.public }]), ['VALID'])
})

test('RFC 8037 A.4, RFC 7515 A.3: the printed tokens verify through the command', async () => {
  const { answers } = await run('verify', [
    { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      token: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg' },
    { alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' },
      token: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q' },
  ])
  assert.deepEqual(answers, [{ valid: true, header: { alg: 'EdDSA' }, payload: 'Example of Ed25519 signing' },
    { valid: true, header: { alg: 'ES256' }, payload: { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true } }])
})

test('docs/keys.md: the commands of JOSE print what stands there', async () => {
  const page = readFileSync('docs/keys.md', 'utf8')
  const examples = [...page.matchAll(/```sh\n(build\/release\/latchkey jose [^]*?)```\n```json\n([^]*?)```/g)]
  assert.equal(examples.length, 2)
  for (const [, commands, output] of examples) {
    const child = spawnSync('bash', ['-c', commands.replaceAll('build/release/latchkey', binary)], { encoding: 'utf8', env: { PATH: process.env.PATH, ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '' } })
    assert.equal(child.stdout, output)
  }
})

// What a sign-in leaves behind, each of its own kind.
async function artefacts() {
  const signed = await signIn(service, client, { scope: 'openid offline_access' })
  const { verifier, challenge } = pkce()
  const ended = await authorize(signed.browser, authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256' }))
  const cookie = [...signed.browser.cookies.keys()].find((name) => !name.endsWith('.flow'))
  const browser = new Browser(service), html = await loginPage(browser)
  return { verifier, cookie, browser, html, kinds: {
    code: ended.parameters.code, access_token: signed.tokens.access_token, id_token: signed.tokens.id_token,
    refresh_token: signed.tokens.refresh_token, session: signed.browser.cookies.get(cookie), flow: html.match(/name="flow" value="([^"]+)"/)?.[1],
  } }
}

async function loginPage(browser) {
  const { challenge } = pkce()
  const first = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: challenge, code_challenge_method: 'S256', prompt: 'login' })}`)
  const answer = first.status === 200 ? first : await browser.fetch(first.headers.get('location'))
  return answer.text()
}

// Each place takes one kind: does it take this text?
const places = {
  code: async (text, { verifier }) => (await token(service, client, { grant_type: 'authorization_code', code: text, redirect_uri: 'https://app.example/cb', code_verifier: verifier })).status === 200,
  access_token: async (text) => (await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${text}` } })).status === 200,
  id_token: async (text) => (await fetch(`${service.url('/oauth2/end_session')}?${new URLSearchParams({ id_token_hint: text, post_logout_redirect_uri: 'https://app.example/' })}`, { redirect: 'manual' }))
    .headers.get('location')?.startsWith('https://app.example/') ?? false,
  refresh_token: async (text) => (await token(service, client, { grant_type: 'refresh_token', refresh_token: text })).status === 200,
  session: async (text, { cookie }) => {
    const browser = new Browser(service)
    browser.cookies.set(cookie, text)
    const { challenge } = pkce()
    return Boolean((await authorize(browser, authorizeQuery(client, { prompt: 'none', code_challenge: challenge, code_challenge_method: 'S256' }))).parameters?.code)
  },
  flow: async (text, { browser, html }) => (await browser.submit(html, { flow: text, login: 'alice', password })).status === 303,
}

test('J-05: every token is taken in its own place and in no other', async () => {
  const made = await artefacts()
  assert.ok(Object.values(made.kinds).every((text) => typeof text === 'string' && text.length > 20), JSON.stringify(made.kinds))
  // A wrong place first: nothing may be used up by being shown there.
  for (const [place, takes] of Object.entries(places))
    for (const [kind, text] of Object.entries(made.kinds))
      if (kind !== place) assert.equal(await takes(text, made), false, `${kind} as ${place}`)
  for (const [place, takes] of Object.entries(places)) assert.equal(await takes(made.kinds[place], made), true, place)
})

test('J-05: introspection and revocation know access and refresh tokens and nothing else', async () => {
  const { kinds } = await artefacts()
  for (const [kind, text] of Object.entries(kinds)) {
    const is = ['access_token', 'refresh_token'].includes(kind)
    assert.equal((await introspect(service, client, text)).active, is, kind)
    if (!is) assert.equal((await post(service, '/oauth2/revoke', { token: text }, { client })).status, 200)
  }
  assert.equal((await introspect(service, client, kinds.access_token)).active, true, 'nothing was revoked')
})

test('J-05: a token with our claims and another typ, or signed by somebody else, is no bearer token', async () => {
  const { kinds } = await artefacts()
  const payload = jose.decodeJwt(kinds.access_token)
  const kid = jose.decodeProtectedHeader(kinds.access_token).kid
  for (const typ of [undefined, 'JWT', 'at+jwt', 'logout+jwt', 'dpop+jwt', 'AT+JWT', 'application/at+jwt']) {
    const text = await new jose.SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(keys.ES256.privateKey)
    assert.equal(await places.access_token(text), false, typ)
    assert.equal((await introspect(service, client, text)).active, false, typ)
  }
})
