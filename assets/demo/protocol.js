// The flow, leg by leg: authorization code with PKCE for a public client (RFC 6749, RFC 7636, OpenID Connect Core 1.0).
import { base64url, randomText, readJwt, sha256 } from './bytes.js';
import { checkIdToken } from './id_token.js';
import { core, logout, rfc } from './specifications.js';
import { forget, load, save } from './store.js';
import { begin, Refusal } from './trace.js';

const scopes = 'openid profile email offline_access';

// Sends a request and traces it. body: form fields as [name, value, why], or JSON.
async function ask(leg, url, options = {}) {
	let response, answer;
	try {
		response = await fetch(url, { credentials: 'omit', cache: 'no-store', ...options });
		const text = await response.text();
		answer = text === '' ? null : JSON.parse(text);
	} catch {
		throw new Refusal(`No usable answer came from ${url}.`);
	}
	leg.answered(response.status, answer);
	if (!response.ok)
		throw new Refusal(
			answer?.error_description ?? answer?.error ?? `The answer was ${response.status}.`,
		);
	return { answer, headers: response.headers };
}

function postForm(leg, url, parameters) {
	const body = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
	return ask(leg, url, { method: 'POST', body });
}

export class Protocol {
	constructor(config, metadata) {
		this.config = config;
		this.metadata = metadata;
	}

	// OpenID Connect Discovery: everything but the issuer's name is learnt from its metadata.
	static async discover(config) {
		const remembered = load('metadata');
		if (remembered?.issuer === config.issuer) return new Protocol(config, remembered);
		const url = `${config.issuer}/.well-known/openid-configuration`;
		const leg = begin('Discovery', 'GET', url);
		const { answer: metadata } = await ask(leg, url);
		leg.check(
			metadata.issuer === config.issuer,
			'The metadata is that of the issuer that was asked',
			rfc(8414, '3.3'),
		);
		leg.check(
			metadata.code_challenge_methods_supported?.includes('S256'),
			'PKCE with S256 is offered',
			rfc(9700, '2.1.1'),
		);
		leg.check(
			metadata.authorization_response_iss_parameter_supported === true,
			'Answers will carry iss, so that two servers cannot be mixed up',
			rfc(9207, '3'),
		);
		save('metadata', metadata);
		return new Protocol(config, metadata);
	}

	// Leaves the page. prompt: '', 'login', 'none' or 'consent'.
	async signIn(prompt = '') {
		const transaction = { state: randomText(), nonce: randomText(), verifier: randomText() };
		const challenge = base64url(await sha256(transaction.verifier));
		const parameters = [
			['response_type', 'code', 'A code now, tokens later, over a direct connection'],
			['client_id', this.config.client_id, 'Who asks'],
			[
				'redirect_uri',
				this.config.redirect_uri,
				'Where to return to; compared byte by byte with the registered ones',
			],
			[
				'scope',
				scopes,
				'What is asked for; openid makes it a sign-in, offline_access brings a refresh token',
			],
			[
				'state',
				transaction.state,
				'Random; comes back unchanged and ties the answer to this tab',
			],
			['nonce', transaction.nonce, 'Random; comes back inside the ID token'],
			[
				'code_challenge',
				challenge,
				'SHA-256 of a secret that never leaves this tab until the code is redeemed',
			],
			['code_challenge_method', 'S256', 'How the challenge was made'],
		];
		if (prompt !== '') parameters.push(['prompt', prompt, 'How much the person may be asked']);
		save('transaction', transaction);
		const leg = begin(
			'Authorization request',
			'GET',
			this.metadata.authorization_endpoint,
			parameters,
		);
		leg.check(transaction.state.length >= 43, 'state has 256 random bits', rfc(6749, '10.12'));
		leg.check(
			transaction.nonce.length >= 43,
			'nonce has 256 random bits',
			core('15.5.2', 'NonceNotes'),
		);
		leg.check(
			challenge !== transaction.verifier,
			'The challenge is the verifier’s SHA-256, not the verifier',
			rfc(7636, '4.2'),
		);
		this.leave(this.metadata.authorization_endpoint, parameters);
	}

	leave(endpoint, parameters) {
		const url = new URL(endpoint);
		for (const [name, value] of parameters) url.searchParams.set(name, value);
		location.assign(url);
	}

	// The browser is back at the redirect URI with these query parameters.
	async finishSignIn(query) {
		const transaction = load('transaction');
		forget('transaction');
		const leg = begin(
			'Authorization response',
			'GET',
			this.config.redirect_uri,
			[...query].map(([name, value]) => [name, value, '']),
		);
		leg.check(
			transaction !== null,
			'A sign-in was begun in this tab, and is finished only once',
			rfc(9700, '4.7.1'),
		);
		leg.check(
			[...query.keys()].length === new Set(query.keys()).size,
			'No parameter is there twice',
			rfc(6749, '3.1'),
		);
		leg.check(
			query.get('state') === transaction.state,
			'state is the one this tab sent',
			rfc(6749, '10.12'),
		);
		leg.check(
			query.get('iss') === this.config.issuer,
			'iss is the issuer that was asked',
			rfc(9207, '2.4'),
		);
		if (query.has('error'))
			throw new Refusal(query.get('error_description') ?? query.get('error'));
		leg.check(query.has('code'), 'A code came', rfc(6749, '4.1.2'));
		leg.note('The code was taken out of the address bar and the history', rfc(9700, '4.3.1'));
		await this.redeem(query.get('code'), transaction);
	}

	async redeem(code, transaction) {
		const parameters = [
			['grant_type', 'authorization_code', 'What is exchanged for tokens'],
			['code', code, 'Good once, for a minute'],
			['redirect_uri', this.config.redirect_uri, 'The same as before'],
			[
				'client_id',
				this.config.client_id,
				'A public client has no secret; PKCE proves that it is the one that asked',
			],
			['code_verifier', transaction.verifier, 'The secret behind code_challenge'],
		];
		const leg = begin('Token request', 'POST', this.metadata.token_endpoint, parameters);
		const tokens = await this.takeTokens(leg, parameters);
		await this.checkId(tokens, transaction.nonce, null);
		save('tokens', tokens);
	}

	async takeTokens(leg, parameters) {
		const { answer: tokens, headers } = await postForm(
			leg,
			this.metadata.token_endpoint,
			parameters,
		);
		leg.check(
			tokens.token_type?.toLowerCase() === 'bearer',
			'token_type is one this client knows',
			rfc(6749, '7.1'),
		);
		leg.check(
			/no-store/.test(headers.get('cache-control')),
			'The answer may not be stored by caches',
			rfc(6749, '5.1'),
		);
		leg.check(
			typeof tokens.access_token === 'string',
			'An access token came',
			rfc(6749, '5.1'),
		);
		return { ...tokens, received_at: Date.now() };
	}

	async checkId(tokens, nonce, subject) {
		const leg = begin('ID token', 'GET', this.metadata.jwks_uri);
		const { answer } = await ask(leg, this.metadata.jwks_uri);
		await checkIdToken(leg, tokens, answer.keys, {
			issuer: this.config.issuer,
			clientId: this.config.client_id,
			nonce,
			subject,
		});
	}

	async refresh() {
		const old = load('tokens');
		const parameters = [
			['grant_type', 'refresh_token', 'What is exchanged for tokens'],
			['refresh_token', old.refresh_token, 'Good once: its successor comes with the answer'],
			['client_id', this.config.client_id, 'Who asks'],
		];
		const leg = begin('Refresh', 'POST', this.metadata.token_endpoint, parameters);
		const tokens = { id_token: old.id_token, ...(await this.takeTokens(leg, parameters)) };
		leg.check(
			tokens.refresh_token !== old.refresh_token,
			'The refresh token was rotated',
			rfc(9700, '4.14.2'),
		);
		// From here on the old refresh token is spent, whatever the ID token turns out to be.
		save('tokens', tokens);
		if (tokens.id_token !== old.id_token)
			await this.checkId(tokens, null, readJwt(old.id_token).claims.sub);
	}

	async userinfo() {
		const { access_token: token, id_token: idToken } = load('tokens');
		const leg = begin('Userinfo', 'GET', this.metadata.userinfo_endpoint, [
			[
				'Authorization',
				`Bearer ${token}`,
				'The access token, in a header and never in an address',
			],
		]);
		const { answer } = await ask(leg, this.metadata.userinfo_endpoint, {
			headers: { Authorization: `Bearer ${token}` },
		});
		leg.check(
			answer.sub === readJwt(idToken).claims.sub,
			'sub is the same as in the ID token',
			core('5.3.2', 'UserInfoResponse'),
		);
		return answer;
	}

	// A browser cannot introspect: it has no secret. The demo's backend does, as an API would that was sent this token.
	async introspect(demoUrl) {
		const { access_token: token } = load('tokens');
		const url = `${location.origin}${demoUrl}/introspect`;
		const leg = begin('Introspection, by the demo’s backend', 'POST', url, [
			['token', token, 'What the backend asks about, with its own credentials'],
		]);
		const { answer } = await ask(leg, url, {
			method: 'POST',
			credentials: 'same-origin',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ token }),
		});
		leg.check(
			typeof answer.active === 'boolean',
			'The answer says whether the token is active',
			rfc(7662, '2.2'),
		);
		if (answer.active)
			leg.check(
				answer.client_id === this.config.client_id,
				'It was issued to this client',
				rfc(7662, '2.2'),
			);
		else leg.note('An inactive token tells nothing else, not even why', rfc(7662, '2.2'));
		return answer;
	}

	async revoke() {
		const { refresh_token: token } = load('tokens');
		const parameters = [
			['token', token, 'The refresh token; what was made from it ends too'],
			['token_type_hint', 'refresh_token', 'Where to look first'],
			[
				'client_id',
				this.config.client_id,
				'Who asks; another client’s token would be left alone',
			],
		];
		const leg = begin('Revocation', 'POST', this.metadata.revocation_endpoint, parameters);
		await postForm(leg, this.metadata.revocation_endpoint, parameters);
		leg.note('The answer is the same for a token that never existed', rfc(7009, '2.2'));
	}

	// Leaves the page. The client's own session ends first, so that it is over even if the person never returns.
	signOut() {
		const { id_token: idToken } = load('tokens');
		const state = randomText();
		const parameters = [
			['id_token_hint', idToken, 'Whose session is to end; expired is fine'],
			['client_id', this.config.client_id, 'Who asks'],
			[
				'post_logout_redirect_uri',
				this.config.post_logout_redirect_uri,
				'Where to return to; registered beforehand',
			],
			['state', state, 'Comes back unchanged'],
		];
		forget('tokens', 'answers');
		save('sign_out', { state });
		const leg = begin(
			'Sign-out request',
			'GET',
			this.metadata.end_session_endpoint,
			parameters,
		);
		leg.note('The tokens of this tab were thrown away first', logout('2', 'RPLogout'));
		this.leave(this.metadata.end_session_endpoint, parameters);
	}
}

// The browser is back at post_logout_redirect_uri.
export function finishSignOut(query) {
	const begun = load('sign_out');
	if (begun === null || !query.has('state')) return;
	forget('sign_out');
	const leg = begin('Signed out', 'GET', location.origin + location.pathname, [
		['state', query.get('state'), ''],
	]);
	leg.check(
		query.get('state') === begun.state,
		'state is the one this tab sent',
		logout('3', 'RedirectionAfterLogout'),
	);
}
