// The profiles of docs/clients.md, as they stand there.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Browser, Database, Service } from './service.mjs'
import { authorize, authorizeQuery, claims, token } from './flow.mjs'

const password = 'correct horse battery staple'
const profiles = [...readFileSync('docs/clients.md', 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text))
let database, service

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  service = await Service.start(database)
})
after(async () => { await service?.stop(); await database?.drop() })

for (const profile of profiles) {
  test(`docs/clients.md: the profile "${profile.client_name}" registers, and is kept as it stands there`, async () => {
    const client = await database.client(profile)
    const kept = await database.latchkey(['client', 'show', client.client_id, '--json'])
    for (const [name, value] of Object.entries(profile)) assert.deepEqual(kept[name], value, name)
  })
}

test('docs/clients.md: a certification client signs in without PKCE and without a nonce', async () => {
  const profile = profiles.find(({ client_name: name }) => name === 'Certification')
  const client = await database.client(profile), redirect_uri = profile.redirect_uris[0]
  const ended = await authorize(new Browser(service), authorizeQuery(client, { redirect_uri, nonce: undefined, scope: profile.scope }))
  const { status, body } = await token(service, client, { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri })
  assert.equal(status, 200)
  assert.equal(claims(body.id_token).nonce, undefined)
  assert.ok(body.refresh_token)
})
