// Argon2 has slots; who finds none waits a while and is then told to come again. Nobody else notices.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, until } from './service.mjs'
import { authorizeQuery, introspect, pkce, signIn, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client
before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient({ skip_consent: true }))
  service = await Service.start(database, { environment: { LATCHKEY_PASSWORD_SLOTS: '1', LATCHKEY_PASSWORD_WAIT_MS: '100', LATCHKEY_PASSWORD_MEMORY_KIB: '131072', LATCHKEY_PASSWORD_PASSES: '3' } })
})
after(async () => { await service?.stop(); await database?.drop() })

async function form(browser = new Browser(service)) {
  const answer = await browser.fetch(`/oauth2/authorize?${authorizeQuery(client, { code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`)
  return { browser, html: await (await browser.fetch(answer.headers.get('location'))).text() }
}

test('L-06: a password of 1 MB is refused without hashing; one that is too long is a wrong one', async () => {
  const { browser, html } = await form()
  const huge = await browser.submit(html, { login: 'alice', password: 'x'.repeat(1 << 20) }).catch(() => ({ status: 413 }))
  assert.equal(huge.status, 413)
  const hashes = async () => (await service.metrics()).latchkey_threads_done_total
  const before = await hashes()
  assert.equal((await browser.submit(html, { login: 'alice', password: 'x'.repeat(2000) })).status, 400)
  // One that is hashed, after it: the counter shows one more, not two.
  assert.equal((await browser.submit(html, { login: 'alice', password: 'wrong wrong wrong' })).status, 400)
  await until('the hash to be counted', async () => await hashes() > before)
  assert.equal(await hashes(), before + 1)
})

test('DS-01: a storm of sign-ins: some get in, the rest 503 with Retry-After on a page; introspection goes on', async () => {
  // Alice's hash was made with cheap parameters: an unknown user costs today's.
  const forms = await Promise.all(Array.from({ length: 24 }, () => form()))
  const { tokens } = await signIn(service, client, { password })
  const storm = Promise.all(forms.map(({ browser, html }) => browser.submit(html, { login: 'nobody', password })))
  let asked = 0
  const asking = (async () => { for (let i = 0; i < 50; i++, asked++) assert.equal((await introspect(service, client, tokens.access_token)).active, true) })()
  const answers = await storm
  await asking
  assert.equal(asked, 50)
  const busy = answers.filter((answer) => answer.status === 503)
  assert.ok(busy.length > 0, 'somebody is told to come again')
  assert.ok(busy.length < answers.length, 'somebody is answered')
  for (const answer of busy) {
    assert.match(answer.headers.get('retry-after'), /^\d+$/)
    assert.match(answer.headers.get('content-type'), /^text\/html/)
  }
  assert.ok(answers.every((answer) => [400, 401, 503].includes(answer.status)))
})
