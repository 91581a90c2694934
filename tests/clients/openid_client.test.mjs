// openid-client 6: the program of docs/add_sign_in.md, as it stands there, driven through Chromium.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Database, Service, freePort, until } from '../http/service.mjs'
import { launch, screenshot } from './browser.mjs'

const password = 'correct horse battery staple'
let database, service, app, browser, folder, home

before(async () => {
  const port = await freePort()
  home = `http://localhost:${port}`
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  const client = await database.client({
    client_name: 'My app', redirect_uris: [`${home}/callback`], post_logout_redirect_uris: [`${home}/`],
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email offline_access',
  })
  service = await Service.start(database)

  const program = readFileSync('docs/add_sign_in.md', 'utf8').match(/```js\n([\s\S]*?)```/)[1]
  folder = mkdtempSync(path.resolve('tests/clients/.app-'))
  writeFileSync(path.join(folder, 'app.mjs'), program)
  app = spawn(process.execPath, [path.join(folder, 'app.mjs')], {
    env: { ISSUER: service.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, PORT: String(port) }, stdio: ['ignore', 'inherit', 'inherit'],
  })
  await until('the app', async () => (await fetch(home)).ok)
  browser = await launch()
})

after(async () => {
  await browser?.close()
  app?.kill()
  await service?.stop()
  await database?.drop()
  if (folder) rmSync(folder, { recursive: true })
})

async function wholeVisit(context, name) {
  const page = await context.newPage()
  await page.goto(home)
  await page.click('a[href="/sign-in"]')
  await page.waitForURL(/\/login/)
  await screenshot(page, `${name}-login`)
  await page.fill('[name=login]', 'alice')
  await page.fill('[name=password]', 'wrong password, wrong password')
  await page.click('button[type=submit]')
  assert.match(await page.textContent('body'), /do not match/)
  await screenshot(page, `${name}-login-wrong`)
  await page.fill('[name=login]', 'alice')
  await page.fill('[name=password]', password)
  await page.click('button[type=submit]')
  if (/\/consent/.test(page.url())) {
    await screenshot(page, `${name}-consent`)
    await page.click('button[value=allow]')
  }
  await page.waitForURL(`${home}/`)
  assert.equal(await page.textContent('h1'), 'Hello, alice Example')
  assert.equal(await page.textContent('#email'), 'alice@example.org')

  await page.click('a[href="/refresh"]')
  assert.match(await page.textContent('#refreshed'), /refreshed 1 times/)
  await page.click('a[href="/refresh"]')
  assert.match(await page.textContent('#refreshed'), /refreshed 2 times/)

  await page.click('a[href="/sign-out"]')
  await page.waitForURL(`${home}/`)
  assert.equal(await page.textContent('h1'), 'Hello, stranger')
  // Signed out there means signed out here: the next sign-in asks for the password again.
  await page.click('a[href="/sign-in"]')
  await page.waitForURL(/\/login/)
  await page.close()
}

test('openid-client 6 signs in, refreshes and signs out through Chromium', async () => {
  const context = await browser.newContext()
  await wholeVisit(context, 'openid-client')
  await context.close()
})

test('openid-client 6 signs in, refreshes and signs out with JavaScript off', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  await wholeVisit(context, 'openid-client-without-javascript')
  await context.close()
})
