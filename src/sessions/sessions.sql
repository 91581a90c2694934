-- What a cookie stands for: the session, what its user agreed to for client $3, the user (users_find's list).
-- LATERAL with LIMIT: by primary key whatever the planner knows of the tables.
-- name: sessions_find :one :read
SELECT s.id, s.user_id, s.auth_time, s.amr, s.acr, db_now(), s.idle_expires_at, s.expires_at, c.scope,
	u.id, u.login, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.locale, u.zoneinfo,
	u.picture, u.phone_number, u.status = 'active', u.password, u.updated_at, u.epoch, u.middle_name, u.nickname,
	u.profile, u.website, u.gender, u.birthdate, u.phone_number_verified, u.address::text
FROM sessions s
CROSS JOIN LATERAL (
	SELECT * FROM users WHERE realm_id = $1::uuid AND id = s.user_id LIMIT 1
) AS u
LEFT JOIN LATERAL (
	SELECT scope FROM consents WHERE realm_id = $1::uuid AND user_id = s.user_id AND client = $3::uuid LIMIT 1
) AS c ON true
WHERE s.realm_id = $1::uuid AND s.digest = $2::bytea AND s.ended_at IS NULL
  AND s.idle_expires_at > db_now() AND s.expires_at > db_now()
  AND u.status = 'active' AND u.epoch = s.user_epoch

-- name: sessions_extend :exec :write
UPDATE sessions SET idle_expires_at = least(db_now() + make_interval(secs => $3::double precision), expires_at)
WHERE realm_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL
  AND idle_expires_at > db_now() AND expires_at > db_now()

-- The user must still be what signed in: active, and with the epoch $5 of the password that was checked.
-- The session that the old cookie ($10) stood for ends. Grants of the same person move to the new session, so
-- that signing in again does not sign apps out; those of somebody else are revoked as by a sign-out.
-- name: sessions_create :one :write
WITH allowed AS (
	SELECT id, epoch FROM users
	WHERE realm_id = $1::uuid AND id = $4::uuid AND status = 'active' AND epoch = $5::integer
), replaced AS (
	UPDATE sessions SET ended_at = db_now(), ended_reason = 'replaced'
	WHERE realm_id = $1::uuid AND digest = $10::bytea AND ended_at IS NULL
	  AND EXISTS (SELECT FROM allowed)
	RETURNING id, user_id
), moved AS (
	UPDATE grants g SET session_id = $2::uuid
	FROM replaced r
	WHERE g.realm_id = $1::uuid AND g.session_id = r.id AND r.user_id = $4::uuid
	  AND g.revoked_at IS NULL AND NOT g.is_offline
), revoked AS (
	UPDATE grants g SET revoked_at = db_now(), revoked_reason = 'session_replaced'
	FROM replaced r
	WHERE g.realm_id = $1::uuid AND g.session_id = r.id AND r.user_id <> $4::uuid
	  AND g.revoked_at IS NULL AND NOT g.is_offline
), created AS (
	INSERT INTO sessions (realm_id, id, digest, user_id, user_epoch, amr, acr, idle_expires_at, expires_at)
	SELECT $1::uuid, $2::uuid, $3::bytea, a.id, a.epoch, $6::text, $7::text,
		db_now() + make_interval(secs => least($8::double precision, $9::double precision)),
		db_now() + make_interval(secs => $9::double precision)
	FROM allowed a
	RETURNING id, user_id, auth_time
), audited AS (
	INSERT INTO events (realm_id, id, kind, user_id, session_id)
	SELECT $1::uuid, $11::uuid, 'sign_in.succeeded', user_id, id FROM created
), audited_replacement AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id, session_id)
	SELECT $1::uuid, $12::uuid, 'session.ended', 'replaced', user_id, id FROM replaced
)
SELECT auth_time FROM created

-- name: sessions_end :exec :write
WITH ended AS (
	UPDATE sessions SET ended_at = db_now(), ended_reason = $3::text
	WHERE realm_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL
	RETURNING id, user_id
), revoked AS (
	UPDATE grants SET revoked_at = db_now(), revoked_reason = $3::text
	WHERE realm_id = $1::uuid AND session_id = $2::uuid AND revoked_at IS NULL AND NOT is_offline
)
INSERT INTO events (realm_id, id, kind, reason, user_id, session_id)
SELECT $1::uuid, $4::uuid, 'session.ended', $3::text, user_id, id FROM ended
