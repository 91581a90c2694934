// The authorization-code flow by hand, one leg a function, so that a test can do any leg wrongly.
import { createHash, randomBytes } from 'node:crypto'
import { Browser } from './service.mjs'

export const webClient = (more = {}) => ({
  client_name: 'Test application', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: ['https://app.example/cb'],
  post_logout_redirect_uris: ['https://app.example/'], grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'],
  scope: 'openid profile email offline_access', ...more,
})
export const publicClient = (more = {}) => webClient({
  token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'], ...more,
})

export function pkce() {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export function authorizeQuery(client, more = {}) {
  const query = new URLSearchParams({
    response_type: 'code', client_id: client.client_id, redirect_uri: 'https://app.example/cb', scope: 'openid', state: 'st-1', nonce: 'n-1',
  })
  for (const [name, value] of Object.entries(more)) value === undefined ? query.delete(name) : query.set(name, value)
  return query
}

// From /oauth2/authorize to the redirect at the application; signs in, keeps the account and consents where asked. Gives the URL it ends at.
export async function authorize(browser, query, { login = 'alice', password = 'correct horse battery staple' } = {}) {
  let answer = await browser.fetch(`${browser.service.issuer}/oauth2/authorize?${query}`)
  for (let step = 0; step < 10; step++) {
    if (answer.status === 200) {
      const html = await answer.text()
      if (/name="password"/.test(html)) answer = await browser.submit(html, { login, password })
      else if (/value="continue"/.test(html)) answer = await browser.submit(html, { decision: 'continue' })
      else if (/name="decision"/.test(html)) answer = await browser.submit(html, { decision: 'allow' })
      else return { page: html, status: 200 }
      continue
    }
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status > 399 || !location) return { page: await answer.text(), status: answer.status, headers: answer.headers }
    const url = new URL(location, browser.service.issuer)
    if (url.origin !== new URL(browser.service.issuer).origin) return { url, parameters: Object.fromEntries(url.searchParams) }
    answer = await browser.fetch(url.href)
  }
  throw new Error('the flow does not end')
}

export function basic(client) {
  const encode = (text) => encodeURIComponent(text)
  return `Basic ${Buffer.from(`${encode(client.client_id)}:${encode(client.client_secret)}`).toString('base64')}`
}

export async function post(service, where, parameters, { client, headers = {} } = {}) {
  const answer = await fetch(`${service.issuer}${where}`, {
    method: 'POST', body: parameters instanceof URLSearchParams ? parameters : new URLSearchParams(parameters),
    headers: { ...(client?.client_secret ? { authorization: basic(client) } : {}), ...headers },
  })
  const text = await answer.text()
  let body
  try { body = JSON.parse(text) } catch { body = text }
  return { status: answer.status, headers: answer.headers, body }
}

export async function token(service, client, parameters, headers = {}) {
  return post(service, '/oauth2/token', client.client_secret ? parameters : { client_id: client.client_id, ...parameters }, { client, headers })
}

// A whole sign-in: tokens, and the browser that has the session.
export async function signIn(service, client, { scope = 'openid', login, password, browser = new Browser(service), ...more } = {}) {
  const { verifier, challenge } = pkce()
  const ended = await authorize(browser, authorizeQuery(client, { scope, code_challenge: challenge, code_challenge_method: 'S256', ...more }), { login, password })
  if (!ended.parameters?.code) throw new Error(`no code: ${JSON.stringify(ended).slice(0, 600)}`)
  const redeem = { grant_type: 'authorization_code', code: ended.parameters.code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }
  const answer = await token(service, client, redeem)
  return { browser, code: ended.parameters.code, redeem, verifier, answer, tokens: answer.body, parameters: ended.parameters }
}

export const introspect = async (service, client, text) => (await post(service, '/oauth2/introspect', { token: text }, { client })).body
export const claims = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'))
export const header = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'))
