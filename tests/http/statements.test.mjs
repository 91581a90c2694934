// Budgets of ARCHITECTURE, section 11: statements and commits of each kind of work, counted, not timed. The printed
// figures are what one repetition cost on average.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, psql } from './service.mjs'
import { authorize, authorizeQuery, introspect, pkce, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
// Caches are renewed, and jobs run, by themselves a few times a second: a small part of one statement on each repetition.
const tolerance = 0.25
const lanes = 8
let database, service, client, tokens, browsers

before(async () => {
  database = await Database.create()
  await psql('postgres', 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient())
  service = await Service.start(database, { environment: { LATCHKEY_WORKERS: '1' } })
  const signedIn = await Promise.all(Array.from({ length: lanes }, () => signIn(service, client, { scope: 'openid profile offline_access' })))
  browsers = signedIn.map(({ browser }) => browser)
  tokens = signedIn.map((one) => one.tokens)
})
after(async () => { await service?.stop(); await database?.drop() })

// What the service has run so far, and the number of the next transaction that writes. A read that tidies a page writes
// WAL, too, but commits nothing: transactions that write take a number, others do not.
async function count() {
  const [statements, transactions] = (await psql('postgres', `SELECT
    (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = '${database.name}' AND s.userid = 'latchkey'::regrole),
    pg_snapshot_xmax(pg_current_snapshot())`)).split('|').map(Number)
  return { statements, transactions }
}

// work(lane) many times, a few at once; it gives the HTTP status.
async function repeat(times, work, expected) {
  let left = times
  await Promise.all(Array.from({ length: lanes }, async (_, lane) => { while (left-- > 0) assert.equal(await work(lane), expected) }))
}

function budget(name, { statements, commits, times = 400, expected = 200, prepare }, work) {
  test(`budget: ${name}: at most ${statements} statements and ${commits} commits`, async (t) => {
    await prepare?.(times + 2 * lanes)
    await repeat(2 * lanes, work, expected)
    const begin = await count()
    await repeat(times, work, expected)
    const end = await count()
    const each = { statements: (end.statements - begin.statements) / times, commits: (end.transactions - begin.transactions) / times }
    t.diagnostic(`figure: ${name.padEnd(41)} ${each.statements.toFixed(3)} statements of ${statements}, ${each.commits.toFixed(3)} commits of ${commits}`)
    assert.ok(each.statements <= statements + tolerance, `${each.statements} statements`)
    assert.ok(each.commits <= commits + tolerance, `${each.commits} commits`)
    // What must be durable was written: this counts, and counts this service.
    assert.ok(each.commits >= commits && each.statements >= commits)
  })
}

const get = async (where, headers = {}) => { const answer = await fetch(service.url(where), { headers, redirect: 'manual' }); await answer.arrayBuffer(); return answer.status }

budget('JWKS', { statements: 0, commits: 0 }, () => get('/oauth2/jwks'))
budget('discovery', { statements: 0, commits: 0 }, () => get('/.well-known/openid-configuration'))
budget('client credentials', { statements: 0, commits: 0 }, async () => (await token(service, client, { grant_type: 'client_credentials' })).status)
budget('introspection of a JWT', { statements: 1, commits: 0 }, async (lane) => (await introspect(service, client, tokens[lane].access_token)).active ? 200 : 0)
budget('introspection of a refresh token', { statements: 1, commits: 0 }, async (lane) => (await introspect(service, client, tokens[lane].refresh_token)).active ? 200 : 0)
budget('userinfo', { statements: 1, commits: 0 }, (lane) => get('/oauth2/userinfo', { authorization: `Bearer ${tokens[lane].access_token}` }))

async function refresh(lane, more = {}) {
  const answer = await token(service, client, { grant_type: 'refresh_token', refresh_token: tokens[lane].refresh_token, ...more })
  tokens[lane].refresh_token = answer.body.refresh_token
  return answer.status
}
budget('refresh', { statements: 1, commits: 1 }, (lane) => refresh(lane))
budget('refresh with a scope', { statements: 2, commits: 1 }, (lane) => refresh(lane, { scope: 'openid' }))

const { verifier, challenge } = pkce()
const question = () => authorizeQuery(client, { scope: 'openid profile offline_access', code_challenge: challenge, code_challenge_method: 'S256' })
budget('authorize with a live session and consent', { statements: 1, commits: 0, expected: 'code' }, async (lane) =>
  (await authorize(browsers[lane], question())).parameters.code ? 'code' : 'none')

const codes = []
budget('redeem a code', {
  statements: 2, commits: 1, times: 200,
  prepare: (times) => repeat(times, async (lane) => codes.push((await authorize(browsers[lane], question())).parameters.code) > 0, true),
}, async () => (await token(service, client, { grant_type: 'authorization_code', code: codes.pop(), redirect_uri: 'https://app.example/cb', code_verifier: verifier })).status)

// From the application's question to its answer, in a browser without a session.
budget('password sign-in', { statements: 3, commits: 1, times: 80, expected: 'code' }, async () =>
  (await authorize(new Browser(service), question())).parameters?.code ? 'code' : 'none')
