// THE TABLE of what each claim means to a client.

const seconds = (value) => new Date(value * 1000).toLocaleString();

const meanings = {
	iss: ['Who issued it. Compare it exactly.'],
	sub: [
		'Who it is about: the one stable name of this account. Key your own records by iss and sub, never by e-mail.',
	],
	aud: ['Whom it is meant for. Anyone else must refuse it.'],
	azp: ['The client it was issued to.'],
	exp: ['Not valid from then on.', seconds],
	iat: ['When it was issued.', seconds],
	nbf: ['Not valid before.', seconds],
	auth_time: [
		'When the person last proved who they are; older than iat when a session was used.',
		seconds,
	],
	nonce: ['The random text of the request: ties the token to this tab.'],
	acr: ['How strong the sign-in was, as a class.'],
	amr: ['How the person proved who they are: pwd is a password.'],
	at_hash: ['Half the SHA-256 of the access token that came with it.'],
	sid: ['The session at the issuer. A sign-out names it.'],
	jti: ['The name of this one token.'],
	client_id: ['The client it was issued to.'],
	scope: ['What it allows.'],
	name: ['The whole name, for showing.'],
	given_name: ['The given name.'],
	family_name: ['The family name.'],
	preferred_username: ['A name for showing. It may change hands: never a key.'],
	email: ['An address, for writing to. It may change hands: never a key.'],
	email_verified: ['Whether the address was confirmed.'],
	phone_number: ['A telephone number.'],
	picture: ['Where a picture is.'],
	locale: ['The language to use.'],
	zoneinfo: ['The time zone to use.'],
	updated_at: ['When these facts last changed.', seconds],
	active: ['Whether the token is good at this moment. If false, nothing else is said.'],
	token_type: ['How it is sent.'],
	username: ['A name for people to read.'],
	alg: ['How it is signed. Accept only what you expect.'],
	kid: ['Which of the issuer’s keys signed it.'],
	typ: [
		'What kind of token it is: at+jwt is an access token, so that it can never pass as an ID token.',
	],
};

// [shown value, meaning]
export function explain(name, value) {
	const [meaning, show] = meanings[name] ?? ['A claim of this issuer’s own.'];
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return [
		show !== undefined && typeof value === 'number' ? `${text} · ${show(value)}` : text,
		meaning,
	];
}
