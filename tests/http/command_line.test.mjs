// The command line: exit codes, --json, --help, and what the running service makes of it.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Database, Service, binary, conninfo, psql } from './service.mjs'
import { signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, folder
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-cli-'))
  database = await Database.create()
})
after(async () => { await service?.stop(); await database?.drop(); rmSync(folder, { recursive: true }) })

// Status and output of a command, whatever it came to.
function latchkey(words, environment = {}, input = '') {
  const { status, stdout, stderr } = spawnSync(binary, words, { env: database.environment(environment), input, encoding: 'utf8', timeout: 60000 })
  return { status, stdout, stderr }
}
const file = (name, text) => { const at = path.join(folder, name); writeFileSync(at, text); return at }

test('version, --help of everything, and unknown words', () => {
  assert.match(latchkey(['version']).stdout, /^latchkey \d+\.\d+\.\d+ \(schema \d+\)\n$/)
  assert.equal(typeof JSON.parse(latchkey(['version', '--json']).stdout).schema, 'number')
  const help = latchkey(['--help'])
  assert.equal(help.status, 0)
  for (const words of ['serve', 'dev', 'migrate', 'config', 'routes', 'user create', 'user password', 'user disable', 'client create', 'client show', 'client secret', 'client disable', 'client enable', 'consent withdraw', 'realm create', 'key list', 'key rotate', 'key revoke', 'jose verify', 'jose sign', 'jose thumbprint', 'version']) {
    assert.ok(help.stdout.includes(`  ${words} `), words)
    const own = latchkey([...words.split(' '), '--help'])
    assert.equal(own.status, 0, words)
    assert.match(own.stdout, /^usage: latchkey /)
  }
  for (const words of [[], ['nothing'], ['user'], ['user', 'create'], ['user', 'create', 'a', 'b'], ['version', '--nothing'], ['client', 'show', 'x', '--realm']])
    assert.equal(latchkey(words).status, 64, words.join(' '))
})

test('a wrong setting stops the start with its name, its value and what is allowed', () => {
  const wrong = latchkey(['serve'], { LATCHKEY_LISTEN_PORT: '70000' })
  assert.equal(wrong.status, 78)
  assert.match(wrong.stderr, /listen_port = 70000: allowed is 1-65535/)
  assert.match(latchkey(['serve'], { LATCHKEY_LOG_FORMAT: 'xml' }).stderr, /log_format = xml: allowed is json\|human/)
  for (const [environment, says] of [[{ LATCHKEY_KEY_ENCRYPTION_KEY: 'short' }, /key_encryption_key must be 32 bytes/], [{ LATCHKEY_DATABASE_URL: '' }, /database_url is not set/],
    [{ LATCHKEY_OUTGOING_ALLOW: 'keys.example' }, /outgoing_allow = keys.example: allowed are/], [{ LATCHKEY_BASE_URL: 'http://login.example.org' }, /base_url/], [{ LATCHKEY_BASE_URL: 'https://login.example.org/' }, /base_url/]]) {
    const answer = latchkey(['serve'], environment)
    assert.equal(answer.status, 78)
    assert.match(answer.stderr, says)
    assert.doesNotMatch(answer.stderr, /short/)
  }
  for (const url of ['http://localhost.example', 'http://127.0.0.1.example', 'https://', 'https://:8443', 'https://a:', 'https://a:b', 'https://a:0', 'https://a:123456', 'https://a,b', `https://${'a'.repeat(300)}`])
    assert.equal(latchkey(['serve'], { LATCHKEY_BASE_URL: url }).status, 78, url)
  for (const url of ['postgres://u:%zzsesame@h/d', 'host=h password=open sesame', 'postgres://u:open@sesame@h/d', 'postgres://u:sesame/x@h/d', 'postgres://u:p@h/d?sesame=1'])
    for (const words of [['serve'], ['migrate'], ['user', 'create', 'x']]) {
      const answer = latchkey(words, { LATCHKEY_DATABASE_URL: url })
      assert.equal(answer.status, 78, `${words} ${url}`)
      assert.match(answer.stderr, /database_url is neither a URI nor a connection string/)
      assert.doesNotMatch(answer.stdout + answer.stderr, /sesame/)
    }
  assert.match(latchkey(['config', '--config', file('bad.conf', 'workers = 2\nnonsense\n')]).stderr, /bad\.conf:2: expected `name = value`/)
  assert.match(latchkey(['config', '--config', file('bad2.conf', 'wrokers = 2\n')]).stderr, /wrokers: there is no such setting/)
  assert.equal(latchkey(['config', '--config', '/nowhere']).status, 78)
})

test('config: defaults, a file before them, the environment before the file, files for secrets; secrets masked', () => {
  const conf = file('good.conf', '# a comment\n\nworkers = 3\nlog_level = debug\n')
  const settings = JSON.parse(latchkey(['config', '--json', '--config', conf], { LATCHKEY_LOG_LEVEL: 'error', LATCHKEY_KEY_ENCRYPTION_KEY_FILE: '/nowhere' }).stdout)
  assert.deepEqual(settings.workers, { value: '3', source: 'file' })
  assert.deepEqual(settings.log_level, { value: 'error', source: 'environment' })
  assert.deepEqual(settings.drain_seconds, { value: '20', source: 'default' })
  assert.deepEqual(settings.key_encryption_key, { value: '***', source: 'environment' })
  const environment = { ...database.environment(), LATCHKEY_DATABASE_URL_FILE: file('url', 'host=/nowhere password=canary\n') }
  delete environment.LATCHKEY_DATABASE_URL
  const { stdout } = spawnSync(binary, ['config', '--json'], { env: environment, encoding: 'utf8' })
  assert.deepEqual(JSON.parse(stdout).database_url, { value: '***', source: 'environment file' })
})

test('migrate: --plan runs nothing, a second run has nothing to do', async () => {
  const fresh = await Database.create({ migrated: false })
  const owner = { LATCHKEY_DATABASE_URL: conninfo('postgres', fresh.name) }
  const plan = JSON.parse(latchkey(['migrate', '--plan', '--json'], owner).stdout)
  assert.ok(plan.applied > 0 && plan.plan)
  assert.equal(await psql(fresh.name, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'users'"), '0')
  assert.equal(JSON.parse(latchkey(['migrate', '--json'], owner).stdout).applied, plan.applied)
  assert.equal(JSON.parse(latchkey(['migrate', '--json'], owner).stdout).applied, 0)
  assert.equal(latchkey(['migrate'], { LATCHKEY_DATABASE_URL: 'host=/nowhere dbname=x' }).status, 69)
  await fresh.drop()
})

test('FM-34: eight migrations at once on an empty database all end well', async () => {
  const fresh = await Database.create({ migrated: false })
  const answers = await Promise.all(Array.from({ length: 8 }, () => new Promise((resolve) =>
    execFile(binary, ['migrate', '--json'], { env: fresh.environment({ LATCHKEY_DATABASE_URL: conninfo('postgres', fresh.name) }) }, (error, stdout) => resolve({ error, report: error ? null : JSON.parse(stdout) })))))
  assert.ok(answers.every(({ error }) => error === null))
  assert.equal(answers.filter(({ report }) => report.applied > 0).length, 1)
  await fresh.drop()
})

test('realms, users, clients and keys, from an empty database to a sign-in', async () => {
  assert.equal(latchkey(['user', 'create', 'alice']).status, 1, 'no realm yet')
  assert.equal(JSON.parse(latchkey(['realm', 'create', 'main', '--json']).stdout).name, 'main')
  assert.equal(latchkey(['realm', 'create', 'main']).status, 1)
  assert.equal(latchkey(['realm', 'create', 'Not A Name']).status === 0, false)
  assert.equal(latchkey(['user', 'create', 'alice', '--password-stdin'], {}, `${password}\n`).status, 0)
  assert.equal(latchkey(['user', 'create', 'ALICE', '--password-stdin'], {}, `${password}\n`).status, 1, 'logins differ by more than case')
  assert.equal(latchkey(['user', 'disable', 'nobody']).status, 1)
  assert.equal(latchkey(['user', 'create', 'zed', '--realm', 'nowhere']).status, 1)
  const generated = JSON.parse(latchkey(['user', 'create', 'bob', '--json']).stdout)
  assert.ok(generated.password.length >= 15, 'a password that was made is printed once')

  const given = { ...webClient(), client_id: 'legacy-app', client_secret: 'legacy-secret' }
  const created = JSON.parse(latchkey(['client', 'create', '--json', '--file', file('client.json', JSON.stringify(given))]).stdout)
  assert.equal(created.client_id, 'legacy-app')
  assert.equal(latchkey(['client', 'create', '--file', file('client.json', JSON.stringify(given))]).status, 1)
  const shown = JSON.parse(latchkey(['client', 'show', 'legacy-app', '--json']).stdout)
  assert.equal(shown.client_secret, undefined)
  assert.deepEqual(shown.redirect_uris, given.redirect_uris)
  for (const bad of [{ redirect_uris: ['http://app.example/cb'] }, { redirect_uris: ['https://app.example/cb#x'] }, { grant_types: ['password'] }, { redirect_uris: ['javascript:alert(1)'] }]) {
    const answer = latchkey(['client', 'create', '--file', file('bad.json', JSON.stringify({ ...webClient(), ...bad }))])
    assert.equal(answer.status, 1, JSON.stringify(bad))
    assert.match(answer.stderr, /redirect|grant/)
  }
  assert.notEqual(latchkey(['client', 'create', '--file', file('broken.json', '{')]).status, 0)
  assert.notEqual(latchkey(['client', 'create', '--file', '/nowhere']).status, 0)

  const keys = JSON.parse(latchkey(['key', 'list', '--json']).stdout)
  const list = Array.isArray(keys) ? keys : keys.keys
  assert.ok(list.some((key) => key.state === 'active') && list.some((key) => key.state === 'next'))

  service = await Service.start(database)
  const { answer } = await signIn(service, given)
  assert.equal(answer.status, 200, 'an id and a secret that were given are taken as they are')
})

test('key rotate: what was signed before is good, the new key signs', async () => {
  const client = await database.client(webClient({ scope: 'openid orders:read' }))
  const before = await signIn(service, client)
  const kids = async () => (await (await fetch(service.url('/oauth2/jwks'))).json()).keys.map((key) => key.kid)
  const old = JSON.parse(Buffer.from(before.tokens.access_token.split('.')[0], 'base64url')).kid
  assert.ok((await kids()).includes(old))
  assert.equal(latchkey(['key', 'rotate', '--now'], { LATCHKEY_TEST_DATABASE_CLOCK_SHIFT: '20' }).status, 0)
  const { until } = await import('./service.mjs')
  await until('another key to sign', async () => {
    const { body } = await token(service, client, { grant_type: 'client_credentials', scope: 'orders:read' })
    return JSON.parse(Buffer.from(body.access_token.split('.')[0], 'base64url')).kid !== old
  })
  assert.ok((await kids()).includes(old), 'the retired key is still published')
  const userinfo = await fetch(service.url('/oauth2/userinfo'), { headers: { authorization: `Bearer ${before.tokens.access_token}` } })
  assert.equal(userinfo.status, 200)
})

test('routes: every URL of the service', () => {
  const routes = JSON.parse(latchkey(['routes', '--json']).stdout)
  for (const where of ['/oauth2/authorize', '/oauth2/token', '/oauth2/introspect', '/oauth2/revoke', '/oauth2/userinfo', '/oauth2/end_session', '/oauth2/jwks', '/.well-known/openid-configuration', '/health/live', '/metrics'])
    assert.ok(routes.some((route) => route.path === where), where)
})

test('a command whose database is down ends with 69 and a sentence', () => {
  const answer = latchkey(['user', 'create', 'x'], { LATCHKEY_DATABASE_URL: 'host=/nowhere user=x dbname=x' })
  assert.equal(answer.status, 69)
  assert.match(answer.stderr, /database/)
})
