-- Claims that an authorization request asked for one by one (OpenID Connect Core, 5.5): names, space-separated.

ALTER TABLE grants
	ADD COLUMN id_token_claims text,
	ADD COLUMN userinfo_claims text;
