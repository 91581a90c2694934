// RFC 9207: the issuer is in every authorization response.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Database, Service, unescapeHtml } from './service.mjs'
import { authorize, authorizeQuery, pkce, signIn, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, acme, homes

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.realm('acme')
  service = await Service.start(database)
  acme = Object.assign(Object.create(Object.getPrototypeOf(service)), service, { issuer: `${service.issuer}/realms/acme` })
  homes = []
  for (const [at, realm] of [[service, undefined], [acme, 'acme']]) {
    await database.user('alice', password, realm)
    const client = await database.client(webClient(), realm)
    homes.push({ at, client, browser: (await signIn(at, client)).browser })
  }
})
after(async () => { await service?.stop(); await database?.drop() })

const withPkce = (more = {}) => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...more })

test('RFC 9207 2: iss is once in success and in every error, whichever way they travel', async () => {
  for (const { at, client, browser } of homes) {
    for (const more of [{}, { prompt: 'login consent none' }, { response_type: 'token' }, { scope: '"' }, { code_challenge: undefined }, { state: undefined }]) {
      for (const response_mode of [undefined, 'fragment', 'form_post']) {
        const answer = await browser.fetch(`${at.issuer}/oauth2/authorize?${authorizeQuery(client, withPkce({ ...more, response_mode }))}`)
        let found
        if (response_mode === 'form_post') found = [...(await answer.text()).matchAll(/name="iss" value="([^"]*)"/g)].map(([, value]) => unescapeHtml(value))
        else {
          const url = new URL(answer.headers.get('location'))
          found = new URLSearchParams(response_mode === 'fragment' ? url.hash.slice(1) : url.search).getAll('iss')
        }
        assert.deepEqual(found, [at.issuer], JSON.stringify({ ...more, response_mode }))
      }
    }
  }
})

test('RFC 9207 2: iss is there too after signing in', async () => {
  for (const { at, client } of homes) {
    const { parameters } = await authorize(new Browser(at), authorizeQuery(client, withPkce()))
    assert.ok(parameters.code)
    assert.equal(parameters.iss, at.issuer)
  }
})

test('RFC 9207 2.3: iss is the issuer of the metadata, which say that it comes', async () => {
  for (const { at, client, browser } of homes) {
    const metadata = await (await fetch(at.url('/.well-known/openid-configuration'))).json()
    const { parameters } = await authorize(browser, authorizeQuery(client, withPkce()))
    assert.equal(parameters.iss, metadata.issuer)
    assert.equal(metadata.authorization_response_iss_parameter_supported, true)
  }
})
