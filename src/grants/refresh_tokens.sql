-- Person, client and session are asked by scalar subqueries: lookups by primary key, whatever the planner knows of the tables.

-- The gate: of any number that come with generation $3, one gets a row. $5: seconds.
-- name: refresh_tokens_rotate :one :write
UPDATE grants g
SET generation = g.generation + 1, rotated_at = db_now(),
	idle_expires_at = least(db_now() + make_interval(secs => $5::double precision), g.expires_at)
WHERE g.realm_id = $1::uuid AND g.id = $2::uuid AND g.generation = $3::integer AND g.client = $4::uuid
  AND g.revoked_at IS NULL AND g.idle_expires_at > db_now() AND g.expires_at > db_now()
  AND (SELECT u.status = 'active' AND u.epoch = g.user_epoch FROM users u
	WHERE u.realm_id = $1::uuid AND u.id = g.user_id)
  AND (SELECT c.status = 'active' FROM clients c WHERE c.realm_id = $1::uuid AND c.id = g.client)
  AND (g.is_offline OR g.session_id IS NULL OR (SELECT s.ended_at IS NULL FROM sessions s
	WHERE s.realm_id = $1::uuid AND s.id = g.session_id))
RETURNING g.id, g.client, g.user_id, g.session_id, g.scope, g.acr, g.amr, g.auth_time, g.generation, g.is_offline,
	g.id_token_claims, g.userinfo_claims

-- For clients that keep their token: only the idle limit moves.
-- name: refresh_tokens_keep :one :write
UPDATE grants g
SET idle_expires_at = least(db_now() + make_interval(secs => $5::double precision), g.expires_at)
WHERE g.realm_id = $1::uuid AND g.id = $2::uuid AND g.generation = $3::integer AND g.client = $4::uuid
  AND g.revoked_at IS NULL AND g.idle_expires_at > db_now() AND g.expires_at > db_now()
  AND (SELECT u.status = 'active' AND u.epoch = g.user_epoch FROM users u
	WHERE u.realm_id = $1::uuid AND u.id = g.user_id)
  AND (SELECT c.status = 'active' FROM clients c WHERE c.realm_id = $1::uuid AND c.id = g.client)
  AND (g.is_offline OR g.session_id IS NULL OR (SELECT s.ended_at IS NULL FROM sessions s
	WHERE s.realm_id = $1::uuid AND s.id = g.session_id))
RETURNING g.id, g.client, g.user_id, g.session_id, g.scope, g.acr, g.amr, g.auth_time, g.generation, g.is_offline,
	g.id_token_claims, g.userinfo_claims

-- What a token is worth, and why the gate gave nothing, with a snapshot that sees who was faster. $4 NULL: whoever's
-- it is. $5: the retry window in seconds.
-- name: refresh_tokens_explain :one :read
SELECT g.id, g.client, g.user_id, g.session_id, g.scope, g.acr, g.amr, g.auth_time, g.generation, g.is_offline,
	g.id_token_claims, g.userinfo_claims,
	$4::uuid IS NULL OR g.client = $4::uuid AS is_own,
	g.revoked_at IS NULL AS is_standing,
	g.idle_expires_at > db_now() AND g.expires_at > db_now() AS is_in_time,
	(SELECT u.status = 'active' AND u.epoch = g.user_epoch FROM users u
		WHERE u.realm_id = $1::uuid AND u.id = g.user_id)
	AND (SELECT c.status = 'active' FROM clients c WHERE c.realm_id = $1::uuid AND c.id = g.client)
	AND (g.is_offline OR g.session_id IS NULL OR (SELECT s.ended_at IS NULL FROM sessions s
		WHERE s.realm_id = $1::uuid AND s.id = g.session_id)) AS is_allowed,
	g.generation > $3::integer AS is_spent,
	g.generation = $3::integer + 1 AND $5::double precision > 0
	AND g.rotated_at > db_now() - make_interval(secs => $5::double precision) AS is_retry,
	coalesce(g.rotated_at, g.created_at) AS issued_at, least(g.idle_expires_at, g.expires_at) AS expires_at,
	(SELECT u.login FROM users u WHERE u.realm_id = $1::uuid AND u.id = g.user_id) AS login
FROM grants g
WHERE g.realm_id = $1::uuid AND g.id = $2::uuid
