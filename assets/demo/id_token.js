// Checking an ID token (OpenID Connect Core 1.0, 3.1.3.7), signature first, by the browser's own WebCrypto.
import { base64url, fromBase64url, readJwt, sha256 } from './bytes.js';
import { core, rfc } from './specifications.js';

const leewaySeconds = 60;

const algorithms = {
	ES256: {
		kty: 'EC',
		key: { name: 'ECDSA', namedCurve: 'P-256' },
		verify: { name: 'ECDSA', hash: 'SHA-256' },
	},
	RS256: {
		kty: 'RSA',
		key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
		verify: 'RSASSA-PKCS1-v1_5',
	},
};

// The algorithm decides which keys may be used, never the other way round.
function chooseKey(header, keys) {
	const algorithm = algorithms[header.alg];
	return keys.find(
		(key) =>
			key.kid === header.kid &&
			key.kty === algorithm.kty &&
			(key.use ?? 'sig') === 'sig' &&
			(key.alg ?? header.alg) === header.alg,
	);
}

async function signatureHolds(token, header, jwk) {
	const algorithm = algorithms[header.alg];
	const key = await crypto.subtle.importKey('jwk', jwk, algorithm.key, false, ['verify']);
	const [head, body, signature] = token.split('.');
	return crypto.subtle.verify(
		algorithm.verify,
		key,
		fromBase64url(signature),
		new TextEncoder().encode(`${head}.${body}`),
	);
}

async function checkSignature(leg, token, header, keys) {
	leg.check(
		header.alg in algorithms,
		`The algorithm ${header.alg} is one this client knows (${Object.keys(algorithms).join(', ')}); never “none”`,
		rfc(8725, '3.1'),
	);
	const key = chooseKey(header, keys);
	leg.check(
		key !== undefined,
		`Key ${header.kid} is in the issuer’s key set and fits ${header.alg}`,
		rfc(7515, '4.1.4'),
	);
	leg.check(await signatureHolds(token, header, key), 'The signature is right', rfc(7515, '5.2'));
}

async function checkAccessTokenHash(leg, claims, accessToken) {
	if (claims.at_hash === undefined) return;
	const half = (await sha256(accessToken)).slice(0, 16);
	leg.check(
		claims.at_hash === base64url(half),
		'at_hash is that of the access token which came with it',
		core('3.1.3.8', 'CodeFlowTokenValidation'),
	);
}

// expected: { issuer, clientId, nonce (null: not asked), maxAge, subject (null: any) }
export async function checkIdToken(leg, tokens, keys, expected) {
	const token = readJwt(tokens.id_token);
	const rules = core('3.1.3.7', 'IDTokenValidation');
	leg.check(token !== null, 'The ID token is a signed JWT', core('2', 'IDToken'));
	const { header, claims } = token;
	const audience = [claims.aud].flat();
	const now = Date.now() / 1000;
	await checkSignature(leg, tokens.id_token, header, keys);
	leg.check(claims.iss === expected.issuer, 'iss is exactly the issuer that was asked', rules);
	leg.check(audience.includes(expected.clientId), 'aud names this client', rules);
	leg.check(
		claims.azp === undefined ? audience.length === 1 : claims.azp === expected.clientId,
		'It was made for this client and no other',
		rules,
	);
	leg.check(claims.exp > now - leewaySeconds, 'exp is in the future', rules);
	leg.check(Math.abs(claims.iat - now) < 600, 'iat is a moment ago', rules);
	if (expected.nonce !== null)
		leg.check(
			claims.nonce === expected.nonce,
			'nonce is the one this browser tab made up, so the token answers this very request',
			core('15.5.2', 'NonceNotes'),
		);
	if (expected.subject !== null)
		leg.check(
			claims.sub === expected.subject,
			'sub is the same person as before',
			core('12.2', 'RefreshTokenResponse'),
		);
	await checkAccessTokenHash(leg, claims, tokens.access_token);
	return claims;
}
