// Chromium between two sites: an application on one sends people to the provider on the other, in every way that HTML has.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { Database, Service, freePort } from '../http/service.mjs'
import { authorizeQuery, pkce, token, webClient } from '../http/flow.mjs'
import { launch, look } from './browser.mjs'

const password = 'correct horse battery staple'
let database, service, application, browser, client, home, form

const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

// The application: a form to the provider, as the test wants it, and whatever comes back.
async function startApplication(port) {
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, home)
    let body = ''
    for await (const chunk of request) body += chunk
    response.setHeader('content-type', 'text/html')
    if (url.pathname === '/form') {
      const inputs = [...form.fields].map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
      response.end(`<!doctype html><title>form</title><form method="${form.method}" action="${form.action}">${inputs.join('')}<button>Go</button></form>`)
    } else response.end(`<!doctype html><title>back</title><pre id="answer">${escapeHtml(`${url.search.slice(1)}${body}`)}</pre>`)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

before(async () => {
  const port = await freePort()
  home = `http://127.0.0.1:${port}` // another site than localhost
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient({ client_name: 'The other site', redirect_uris: [`${home}/back`], post_logout_redirect_uris: [`${home}/back`], skip_consent: true }))
  service = await Service.start(database)
  application = await startApplication(port)
  browser = await launch()
})
after(async () => {
  await browser?.close()
  application?.close()
  application?.closeAllConnections()
  await service?.stop()
  await database?.drop()
})

const request = (more = {}) => authorizeQuery(client, { redirect_uri: `${home}/back`, code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })
const long = (bytes) => `{${' '.repeat(bytes)}}`

// From the application's page to wherever it leads; the paths that were on the screen on the way.
async function send(page, method, where, fields) {
  const seen = []
  const note = (frame) => { if (frame === page.mainFrame()) seen.push(new URL(frame.url()).pathname) }
  form = { method, action: `${service.issuer}${where}`, fields }
  await page.goto(`${home}/form`)
  page.on('framenavigated', note)
  await page.click('button')
  return seen
}

async function answer(page) {
  await page.waitForURL(`${home}/back**`)
  return Object.fromEntries(new URLSearchParams(await page.textContent('#answer')))
}

async function enter(page) {
  await page.waitForURL(/\/login/)
  await page.fill('[name=login]', 'alice')
  await page.fill('[name=password]', password)
  await page.click('button[type=submit]')
  return answer(page)
}

// A page of a browser that has a session here, and the ID token that came with it.
async function signedIn(options = {}) {
  const context = await browser.newContext(options), page = await context.newPage(), { verifier, challenge } = pkce()
  page.setDefaultTimeout(10000)
  page.dialogs = []
  page.on('dialog', (dialog) => { page.dialogs.push(dialog.message()); dialog.dismiss() })
  await page.goto(`${service.issuer}/oauth2/authorize?${request({ code_challenge: challenge })}`)
  const { code } = await enter(page)
  const { body } = await token(service, client, { grant_type: 'authorization_code', code, redirect_uri: `${home}/back`, code_verifier: verifier })
  return { page, context, idToken: body.id_token }
}

test('OpenID Connect Core 3.1.2.1: by GET and by POST from another site, short and of 8 KiB: the live session gives a code without a page', async () => {
  const { page, context } = await signedIn()
  for (const [method, bytes] of [['get', 0], ['post', 0], ['get', 8192], ['post', 8192], ['post', 40000]]) {
    const seen = await send(page, method, '/oauth2/authorize', request({ prompt: 'none', claims: long(bytes) }))
    const { code, error } = await answer(page)
    assert.ok(code, `${method} ${bytes}: ${error}`)
    assert.ok(!seen.includes('/login'), `${method} ${bytes}: ${seen}`)
    assert.deepEqual(seen.slice(0, -1), method === 'post' && bytes > 8000 ? ['/oauth2/authorize'] : [], 'only a long POST comes by our page')
  }
  await context.close()
})

test('OpenID Connect Core 3.1.2.1: a long POST from another site without a session leads to the sign-in page, and on', async () => {
  const context = await browser.newContext(), page = await context.newPage()
  await send(page, 'post', '/oauth2/authorize', request({ claims: long(8192) }))
  assert.ok((await enter(page)).code)
  await context.close()
})

test('OpenID Connect Core 3.1.2.1: without JavaScript a long POST from another site goes on with a button', async () => {
  const { page, context } = await signedIn({ javaScriptEnabled: false })
  await send(page, 'post', '/oauth2/authorize', request({ prompt: 'none', claims: long(8192), state: '"><script>x' }))
  await page.getByRole('button', { name: 'Continue' }).click()
  const { code, state } = await answer(page)
  assert.ok(code)
  assert.equal(state, '"><script>x')
  await context.close()
})

test('RP-Initiated Logout 1.0 2: a POST from another site ends the session, or asks, as a GET does', async () => {
  for (const state of ['bye', '\u00e4'.repeat(2000)]) {
    const { page, context, idToken } = await signedIn()
    const fields = new URLSearchParams({ post_logout_redirect_uri: `${home}/back`, client_id: client.client_id, state })
    await send(page, 'post', '/oauth2/end_session', fields)
    await page.waitForURL(/\/oauth2\/end_session/)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await send(page, 'post', '/oauth2/end_session', new URLSearchParams([...fields, ['id_token_hint', idToken]]))
    assert.equal((await answer(page)).state, state)
    await send(page, 'get', '/oauth2/authorize', request({ prompt: 'none' }))
    assert.equal((await answer(page)).error, 'login_required')
    await context.close()
  }
})

test('A-04: a script in the state comes back as a value by form_post, and runs nowhere', async () => {
  const { page, context } = await signedIn(), state = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`
  await send(page, 'post', '/oauth2/authorize', request({ prompt: 'none', response_mode: 'form_post', state }))
  assert.equal((await answer(page)).state, state)
  await send(page, 'post', '/oauth2/authorize', request({ response_mode: 'form_post', state, claims: long(8192) }))
  assert.equal((await answer(page)).state, state)
  await page.goto(`${service.issuer}/oauth2/authorize?${request({ client_id: state, state })}`)
  assert.match(await page.textContent('h1'), /cannot be completed/)
  assert.deepEqual(page.dialogs, [])
  await context.close()
})

test('the page that asks for an account: keyboard, light and dark, 320 pixels, no accessibility problem', async () => {
  const { page, context } = await signedIn()
  await page.goto(`${service.issuer}/oauth2/authorize?${request({ prompt: 'select_account' })}`)
  await page.waitForURL(/\/select-account/)
  await look(page, 'select-account')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.ok((await answer(page)).code)
  await page.goto(`${service.issuer}/oauth2/authorize?${request({ prompt: 'select_account' })}`)
  await page.getByRole('button', { name: 'Use another account' }).click()
  assert.ok((await enter(page)).code)
  await context.close()
})

test('the page that a long POST comes again from: light and dark, 320 pixels, no accessibility problem', async () => {
  const context = await browser.newContext(), page = await context.newPage()
  await page.route('**/assets/form_post.js*', (route) => route.abort()) // it would be gone at once
  await send(page, 'post', '/oauth2/authorize', request({ claims: long(8192) }))
  assert.equal(await page.textContent('h1'), 'One moment')
  await look(page, 'again')
  await context.close()
})
