// A key instead of a secret: what docs/add_sign_in/openid_client_6.md and oauth4webapi.md say about it, as it stands there; openid-client 5 and Apache.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import { Issuer } from 'openid-client-5'
import { Stage, Visit } from './visit.mjs'

let stage, folder, key, metadata

const section = (name) => readFileSync(`docs/add_sign_in/${name}.md`, 'utf8').split('## With a key instead of a secret\n')[1]

// The page's commands make the key; its members register it.
before(async () => {
  const [, commands] = section('openid_client_6').match(/```sh\n([\s\S]*?)```/), [, members] = section('openid_client_6').match(/```json\n([\s\S]*?)```/)
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-key-'))
  const printed = execFileSync('sh', ['-ec', commands], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  metadata = JSON.parse(`{${members.replace('PUBLIC_HALF', printed)}}`)
  key = readFileSync(path.join(folder, 'key.pem'), 'utf8')
  stage = await Stage.open()
})
after(async () => {
  await stage?.close()
  rmSync(folder, { recursive: true })
})

for (const name of ['openid_client_6', 'oauth4webapi']) {
  test(`${name} signs in, refreshes and signs out with a key instead of a secret`, async () => {
    const [, line, instead] = section(name).match(/`(const \w+)`, the app has:\n\n```js\n([\s\S]*?)\n```/)
    const app = await stage.app(name, {
      metadata, more: { 'key.pem': key }, change: (text) => text.replace(new RegExp(`^${line} = .*$`, 'm'), () => instead),
    })
    assert.equal(app.client.client_secret, undefined)
    const visit = await Visit.begin(stage, app, `${name}-key`)
    await visit.signIn()
    await visit.refresh()
    await visit.signOut()
    await visit.end()
  })
}

// As RFC 7523, 3 had it: its assertions name the token endpoint, which only accept_legacy_audience lets pass.
test('mod_auth_openidc signs in and signs out with a key instead of a secret', async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  const app = await stage.app('apache', {
    metadata: {
      token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS256', accept_legacy_audience: true,
      jwks: { keys: [{ ...await exportJWK(pair.publicKey), kid: 'apache', use: 'sig' }] },
    },
    more: { 'key.pem': await exportPKCS8(pair.privateKey), 'public.pem': await exportSPKI(pair.publicKey) },
    change: (text) => text.replace('OIDCProviderTokenEndpointAuth client_secret_basic', 'OIDCProviderTokenEndpointAuth private_key_jwt')
      .replace('OIDCClientSecret ${CLIENT_SECRET}', 'OIDCPrivateKeyFiles "apache#key.pem"\nOIDCPublicKeyFiles "apache#public.pem"'),
  })
  const visit = await Visit.begin(stage, app, 'apache-key')
  await visit.signIn({ at: '/private/' })
  await visit.signOut()
  await visit.end()
})

test('openid-client 5 gets a token for itself, introspects it and revokes it with a key instead of a secret, of each kind', async () => {
  for (const algorithm of ['ES256', 'ES384', 'RS256', 'PS256']) {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const jwk = async (half) => ({ ...await exportJWK(half), kid: algorithm, alg: algorithm })
    const backend = await stage.backend({
      token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: algorithm, jwks: { keys: [await jwk(pair.publicKey)] },
    })
    const issuer = await Issuer.discover(stage.service.issuer)
    const client = new issuer.Client({
      client_id: backend.client_id, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: algorithm,
    }, { keys: [await jwk(pair.privateKey)] })
    const { access_token: token } = await client.grant({ grant_type: 'client_credentials' })
    assert.equal((await client.introspect(token)).client_id, backend.client_id)
    await client.revoke(token, 'access_token')
    assert.deepEqual(await client.introspect(token), { active: false })
  }
})
