-- name: grants_revoke :exec :write
WITH revoked AS (
	UPDATE grants SET revoked_at = db_now(), revoked_reason = $4::text
	WHERE realm_id = $1::uuid AND id = $2::uuid AND revoked_at IS NULL
	RETURNING user_id, client, session_id
)
INSERT INTO events (realm_id, id, kind, reason, user_id, client, session_id)
SELECT $1::uuid, $5::uuid, $3::text, $4::text, user_id, client, session_id FROM revoked

-- $2 grant, $3 session, $4 user, $5 client, $6 token, $7 when that was made, milliseconds since 1970; NULL is not asked. The grant tells its own session: a
-- person who signed in again has another than the token says. The person's login, when there is a grant, is there
-- when all is well with it.
-- name: grants_are_active :one :read
SELECT ($2::uuid IS NULL OR p.login IS NOT NULL)
	AND ($2::uuid IS NOT NULL OR $3::uuid IS NULL OR coalesce((SELECT s.ended_at IS NULL FROM sessions s
		WHERE s.realm_id = $1::uuid AND s.id = $3::uuid), false))
	AND ($2::uuid IS NOT NULL OR $4::uuid IS NULL OR coalesce((SELECT u.status = 'active' FROM users u
		WHERE u.realm_id = $1::uuid AND u.id = $4::uuid), false))
	AND ($2::uuid IS NOT NULL OR $5::uuid IS NULL OR coalesce((SELECT c.status = 'active' AND ($7::bigint IS NULL
			OR c.grants_from <= timestamptz 'epoch' + $7::bigint * interval '1 millisecond') FROM clients c
		WHERE c.realm_id = $1::uuid AND c.id = $5::uuid), false))
	AND ($6::uuid IS NULL OR NOT EXISTS (SELECT FROM revoked_tokens t
		WHERE t.realm_id = $1::uuid AND t.id = $6::uuid)) AS is_active,
	p.login
FROM (SELECT (
	SELECT (SELECT u.login FROM users u
		WHERE u.realm_id = $1::uuid AND u.id = g.user_id AND u.status = 'active' AND u.epoch = g.user_epoch)
	FROM grants g
	WHERE g.realm_id = $1::uuid AND g.id = $2::uuid AND g.revoked_at IS NULL
	  AND ($4::uuid IS NULL OR g.user_id = $4::uuid) AND ($5::uuid IS NULL OR g.client = $5::uuid)
	  AND (SELECT c.status = 'active' AND c.grants_from <= g.created_at FROM clients c
		WHERE c.realm_id = $1::uuid AND c.id = g.client)
	  AND (g.is_offline OR g.session_id IS NULL OR (SELECT s.ended_at IS NULL FROM sessions s
		WHERE s.realm_id = $1::uuid AND s.id = g.session_id))) AS login OFFSET 0) AS p

-- The same for the token $5 of grant $2, person $3 and client $4, with the person (users_find's list): no row when
-- anything of it is over.
-- name: grants_find_active_user :one :read
SELECT g.userinfo_claims,
	u.id, u.login, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.locale, u.zoneinfo,
	u.picture, u.phone_number, u.status = 'active', u.password, u.updated_at, u.epoch, u.middle_name, u.nickname,
	u.profile, u.website, u.gender, u.birthdate, u.phone_number_verified, u.address::text
FROM users u
CROSS JOIN LATERAL (
	SELECT * FROM grants WHERE realm_id = $1::uuid AND id = $2::uuid LIMIT 1
) AS g
WHERE u.realm_id = $1::uuid AND u.id = $3::uuid AND u.status = 'active'
  AND g.revoked_at IS NULL AND g.user_id = u.id AND g.user_epoch = u.epoch AND g.client = $4::uuid
  AND (SELECT c.status = 'active' AND c.grants_from <= g.created_at FROM clients c
	WHERE c.realm_id = $1::uuid AND c.id = g.client)
  AND (g.is_offline OR g.session_id IS NULL OR (SELECT s.ended_at IS NULL FROM sessions s
	WHERE s.realm_id = $1::uuid AND s.id = g.session_id))
  AND NOT EXISTS (SELECT FROM revoked_tokens t WHERE t.realm_id = $1::uuid AND t.id = $5::uuid)

-- name: grants_revoke_token :exec :write
WITH revoked AS (
	INSERT INTO revoked_tokens (realm_id, id, expires_at)
	VALUES ($1::uuid, $2::uuid, to_timestamp($3::double precision))
	ON CONFLICT DO NOTHING
	RETURNING id
)
INSERT INTO events (realm_id, id, kind, user_id, client, session_id)
SELECT $1::uuid, $4::uuid, 'token.revoked', $5::uuid, $6::uuid, $7::uuid FROM revoked
