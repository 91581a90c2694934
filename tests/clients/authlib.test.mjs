// Debian's python3-authlib: the program of docs/add_sign_in/authlib.md, as it stands there, driven through Chromium.
import { after, before, test } from 'node:test'
import { Stage, Visit } from './visit.mjs'

let stage

before(async () => { stage = await Stage.open() })
after(async () => { await stage?.close() })

test('Authlib signs in, refreshes and signs out through Chromium', async () => {
  const visit = await Visit.begin(stage, await stage.app('authlib'), 'authlib')
  await visit.signIn()
  await visit.refresh()
  await visit.signOut()
  await visit.end()
})
