// passport-openidconnect: the program of docs/add_sign_in/passport.md, as it stands there, driven through Chromium.
import { after, before, test } from 'node:test'
import { Stage, Visit } from './visit.mjs'

let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

test('passport-openidconnect signs in and signs out through Chromium, without PKCE', async () => {
  const visit = await Visit.begin(stage, await stage.app('passport'), 'passport')
  await visit.signIn()
  await visit.signOut()
  await visit.end()
})
