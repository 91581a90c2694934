// oidc-client-ts: the pages of docs/add_sign_in/oidc_client_ts.md, as they stand there, driven through Chromium.
import { after, before, test } from 'node:test'
import { Stage, Visit } from './visit.mjs'

let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

const start = async (mode) => stage.app('oidc_client_ts', {
  change: (text, { client, issuer }) => text.replace("client_id: '...'", `client_id: '${client.client_id}'`).replace('http://localhost:8080', issuer)
    .replace("response_mode: 'query'", `response_mode: '${mode}'`),
})

for (const mode of ['query', 'fragment']) {
  test(`oidc-client-ts signs in with response mode ${mode}, renews by refresh token and in a hidden frame, and signs out through Chromium`, async () => {
    const visit = await Visit.begin(stage, await start(mode), `oidc-client-ts-${mode}`)
    await visit.signIn()
    await visit.refresh()
    await visit.press('Renew silently')
    await visit.shows('#refreshed', 'refreshed 3 times, now in a hidden frame')
    await visit.signOut()
    await visit.end()
  })
}

test('oidc-client-ts is told in the hidden frame that the person has signed out elsewhere', async () => {
  const visit = await Visit.begin(stage, await start('query'), 'oidc-client-ts-elsewhere')
  await visit.signIn()
  const elsewhere = await visit.context.newPage()
  await elsewhere.goto(stage.service.url('/oauth2/end_session'))
  await elsewhere.click('button[type=submit]')
  await elsewhere.waitForURL(/\/signed-out/)
  await visit.press('Renew silently')
  await visit.shows('#problem', 'login_required')
  await visit.end()
})
