// OAuth 2.0 Form Post Response Mode, and what OAuth 2.0 Multiple Response Type Encoding Practices asks of a provider that has the code flow alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, unescapeHtml } from './service.mjs'
import { authorize, authorizeQuery, claims, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, alice

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient({ require_pkce: false, require_nonce: false, skip_consent: true, redirect_uris: ['https://app.example/cb', 'https://app.example/cb?a=1&b=%22'] }))
  service = await Service.start(database)
  alice = (await signIn(service, client)).browser
})
after(async () => { await service?.stop(); await database?.drop() })

const ask = (browser, more) => browser.fetch(`/oauth2/authorize?${authorizeQuery(client, more)}`)
// What a browser would send when it submits the page's only form.
function form(html) {
  const tags = html.match(/<form\b[^>]*>/g)
  assert.equal(tags.length, 1)
  const attribute = (tag, name) => { const value = tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1]; return value === undefined ? undefined : unescapeHtml(value) }
  const fields = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')])
  return { action: attribute(tags[0], 'action'), method: attribute(tags[0], 'method'), enctype: attribute(tags[0], 'enctype'), fields }
}

test('OAuth 2.0 Form Post Response Mode 2: the action is the redirect URI, the method POST, the parameters are values of the form', async () => {
  for (const redirect_uri of ['https://app.example/cb', 'https://app.example/cb?a=1&b=%22']) {
    const state = '"><script>alert(1)</script>\' &amp; \u00e9'
    const answer = await ask(alice, { response_mode: 'form_post', redirect_uri, state })
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^text\/html/)
    const html = await answer.text()
    const { action, method, enctype, fields } = form(html)
    assert.equal(action, redirect_uri)
    assert.equal(method.toLowerCase(), 'post')
    assert.ok(enctype === undefined || enctype === 'application/x-www-form-urlencoded')
    assert.deepEqual(fields.map(([name]) => name), ['code', 'state', 'iss'])
    const sent = Object.fromEntries(fields)
    assert.equal(sent.state, state)
    assert.equal(sent.iss, service.issuer)
    assert.ok(!html.includes('<script>alert'))
    const { status, body } = await token(service, client, { grant_type: 'authorization_code', code: sent.code, redirect_uri })
    assert.equal(status, 200)
    assert.equal(claims(body.id_token).nonce, 'n-1')
  }
})

test('OAuth 2.0 Form Post Response Mode 2: the page is stored by nobody', async () => {
  const answer = await ask(alice, { response_mode: 'form_post' })
  assert.match(answer.headers.get('cache-control'), /no-store/)
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
})

test('OAuth 2.0 Form Post Response Mode 2: it submits itself by a script of ours, and by a button where scripts are off', async () => {
  const answer = await ask(alice, { response_mode: 'form_post' })
  const html = await answer.text(), policy = answer.headers.get('content-security-policy')
  assert.match(html, /<button[^>]* type="submit"/)
  const script = html.match(/<script src="(\/assets\/form_post\.js[^"]*)"/)[1]
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|\son\w+=/)
  assert.match(await (await fetch(service.url(script))).text(), /submit\(/)
  assert.match(policy, /script-src 'self'/)
  assert.match(policy, /form-action [^;]*https:\/\/app\.example(?=[;\s]|$)/)
})

test('OAuth 2.0 Form Post Response Mode 2: errors travel by the form as well, at once and after the pages', async () => {
  const answer = await ask(new Browser(service), { response_mode: 'form_post', prompt: 'none' })
  assert.equal(answer.status, 200)
  const { action, fields } = form(await answer.text())
  assert.equal(action, 'https://app.example/cb')
  assert.deepEqual(fields.map(([name]) => name), ['error', 'error_description', 'state', 'iss'])
  assert.equal(Object.fromEntries(fields).error, 'login_required')

  const asking = await database.client(webClient({ require_pkce: false, require_nonce: false }))
  const consent = await alice.fetch(`/oauth2/authorize?${authorizeQuery(asking, { response_mode: 'form_post' })}`)
  const denied = await alice.submit(await alice.fetch(consent.headers.get('location')), { decision: 'deny' })
  const ended = denied.status === 200 ? denied : await alice.fetch(denied.headers.get('location'))
  assert.equal(Object.fromEntries(form(await ended.text()).fields).error, 'access_denied')
})

test('OAuth 2.0 Multiple Response Type Encoding Practices 2.1: query is the default for code; query and fragment are there for the asking', async () => {
  const at = async (more) => new URL((await ask(alice, more)).headers.get('location'))
  for (const more of [{}, { response_mode: 'query' }]) {
    const url = await at(more)
    assert.ok(url.searchParams.has('code'))
    assert.equal(url.hash, '')
  }
  const url = await at({ response_mode: 'fragment' })
  assert.equal(url.search, '')
  const sent = new URLSearchParams(url.hash.slice(1))
  assert.deepEqual([...sent.keys()], ['code', 'state', 'iss'])
  assert.equal((await token(service, client, { grant_type: 'authorization_code', code: sent.get('code'), redirect_uri: 'https://app.example/cb' })).status, 200)
})

test('OAuth 2.0 Multiple Response Type Encoding Practices 2.1: errors travel by the mode that was asked for', async () => {
  const url = new URL((await ask(new Browser(service), { response_mode: 'fragment', prompt: 'none' })).headers.get('location'))
  assert.equal(url.search, '')
  assert.deepEqual([...new URLSearchParams(url.hash.slice(1)).keys()], ['error', 'error_description', 'state', 'iss'])
})

test('OAuth 2.0 Multiple Response Type Encoding Practices 3, 4 and 5: response types but code are unsupported, in whatever order', async () => {
  for (const response_type of ['id_token', 'none', 'token', 'code token', 'token code', 'code id_token', 'id_token code', 'id_token token', 'code id_token token', 'token id_token code', 'code code']) {
    const url = new URL((await ask(alice, { response_type })).headers.get('location'))
    const sent = new URLSearchParams(url.hash ? url.hash.slice(1) : url.search)
    assert.equal(sent.get('error'), 'unsupported_response_type', response_type)
    assert.equal(sent.get('state'), 'st-1')
    for (const name of ['code', 'id_token', 'access_token']) assert.equal(sent.get(name), null)
  }
})

test('OAuth 2.0 Form Post Response Mode 2: a person who has to sign in ends at the same form', async () => {
  const { page } = await authorize(new Browser(service), authorizeQuery(client, { response_mode: 'form_post' }))
  const { action, fields } = form(page)
  assert.equal(action, 'https://app.example/cb')
  assert.deepEqual(fields.map(([name]) => name), ['code', 'state', 'iss'])
})
