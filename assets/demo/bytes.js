// Bytes and text as OAuth and JOSE write them: base64url without padding (RFC 4648, 5).

export function base64url(bytes) {
	return btoa(String.fromCharCode(...bytes))
		.replace(/\+/g, '-')
		.replace(/\//g, '_')
		.replace(/=+$/, '');
}

export function fromBase64url(text) {
	const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function randomText(length = 32) {
	return base64url(crypto.getRandomValues(new Uint8Array(length)));
}

export async function sha256(text) {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

// What a JWT says, unchecked: { header, claims }; null for a token that is no JWT.
export function readJwt(token) {
	const parts = (token ?? '').split('.');
	if (parts.length !== 3) return null;
	try {
		const [header, claims] = parts
			.slice(0, 2)
			.map((part) => JSON.parse(new TextDecoder().decode(fromBase64url(part))));
		return { header, claims };
	} catch {
		return null;
	}
}
