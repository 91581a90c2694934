// RFC 7636: PKCE.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Database, Service } from './service.mjs'
import { authorizeQuery, pkce, publicClient, signIn, token, webClient } from './flow.mjs'

const password = 'correct horse battery staple'
let database, service, client, spa, browser

before(async () => {
  database = await Database.create()
  await database.realm()
  await database.user('alice', password)
  client = await database.client(webClient({ skip_consent: true }))
  spa = await database.client(publicClient({ skip_consent: true }))
  service = await Service.start(database)
  ;({ browser } = await signIn(service, client))
})
after(async () => { await service?.stop(); await database?.drop() })

const ask = async (who, more) => Object.fromEntries(new URL((await browser.fetch(`/oauth2/authorize?${authorizeQuery(who, more)}`)).headers.get('location')).searchParams)
const s256 = (verifier) => createHash('sha256').update(verifier).digest('base64url')
const redeem = async (who, challenge, verifier) => {
  const { code } = await ask(who, { code_challenge: challenge, code_challenge_method: 'S256' })
  return token(service, who, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb', ...(verifier === undefined ? {} : { code_verifier: verifier }) })
}

test('RFC 7636 4.1: a verifier has 43 to 128 unreserved characters', async () => {
  const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
  for (const verifier of [unreserved.slice(-43), unreserved, (unreserved + unreserved).slice(0, 128)])
    assert.equal((await redeem(spa, s256(verifier), verifier)).status, 200, String(verifier.length))
  for (const verifier of [unreserved.slice(-42), (unreserved + unreserved).slice(0, 129), `${unreserved}+`, `${unreserved}=`, `${unreserved} `, `${unreserved}é`])
    assert.equal((await redeem(spa, s256(verifier), verifier)).body.error, 'invalid_grant', verifier)
})

test('RFC 7636 4.2: S256, as in appendix B', async () => {
  for (const who of [client, spa])
    assert.equal((await redeem(who, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).status, 200)
})

test('RFC 7636 4.4: the challenge is bound to the code, and nobody can read it there', async () => {
  const mine = pkce(), theirs = pkce()
  const { code } = await ask(spa, { code_challenge: mine.challenge, code_challenge_method: 'S256' })
  const bytes = Buffer.from(code.replace(/^lk_ac_/, ''), 'base64url').toString('latin1')
  for (const secret of [mine.challenge, mine.verifier, Buffer.from(mine.challenge, 'base64url').toString('latin1')])
    assert.ok(!code.includes(secret) && !bytes.includes(secret))
  assert.equal((await token(service, spa, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb', code_verifier: theirs.verifier })).body.error, 'invalid_grant')
})

test('RFC 7636 4.4.1: without a challenge that is needed, and with a transformation that we do not have, the answer is invalid_request and says why', async () => {
  const missing = await ask(spa, {})
  assert.equal(missing.error, 'invalid_request')
  assert.match(missing.error_description, /code_challenge/)
  for (const code_challenge_method of ['plain', 'S512', undefined]) {
    const unsupported = await ask(spa, { code_challenge: pkce().challenge, code_challenge_method })
    assert.equal(unsupported.error, 'invalid_request')
    assert.match(unsupported.error_description, /code_challenge_method/)
  }
})

test('RFC 7636 4.6: a verifier that is equal continues, one that is not or is missing is invalid_grant', async () => {
  for (const who of [client, spa]) {
    const { verifier, challenge } = pkce()
    assert.equal((await redeem(who, challenge, verifier)).status, 200)
    for (const wrong of [pkce().verifier, challenge, `${verifier}A`, verifier.toLowerCase(), '', undefined]) {
      const answer = await redeem(who, challenge, wrong)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.error, 'invalid_grant', wrong)
    }
  }
})

test('RFC 7636 5: a client that may do without PKCE gets its tokens as RFC 6749 has it', async () => {
  const old = await database.client(webClient({ require_pkce: false, skip_consent: true }))
  const { code } = await ask(old, {})
  const answer = await token(service, old, { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb' })
  assert.equal(answer.status, 200)
  assert.ok(answer.body.access_token)
})
