-- The first to come burns the code, and only then, in time and if person, session and client may, a grant
-- starts: all three answers from one snapshot. $9, $10: microseconds since 1970. $12, $13: seconds.
-- What is not offline ends with its session at the latest. A code that expired a day ago is not burned:
-- its partition may have been dropped.
-- name: codes_redeem :one :write
WITH limits AS (
	SELECT db_now() AS now, timestamptz 'epoch' + $10::bigint * interval '1 microsecond' AS code_expires_at
), burned AS (
	INSERT INTO redeemed_codes (realm_id, id)
	SELECT $1::uuid, $2::uuid FROM limits WHERE code_expires_at > now - interval '1 day'
	ON CONFLICT DO NOTHING
	RETURNING id
), started AS (
	INSERT INTO grants (realm_id, id, user_id, user_epoch, client, session_id, scope, acr, amr, auth_time,
		is_offline, idle_expires_at, expires_at, id_token_claims, userinfo_claims)
	SELECT $1::uuid, b.id, u.id, u.epoch, c.id, s.id, $6::text, $7::text, $8::text,
		timestamptz 'epoch' + $9::bigint * interval '1 microsecond', $11::boolean,
		least(l.now + make_interval(secs => $12::double precision), e.expires_at), e.expires_at, $15::text, $16::text
	FROM burned b
	JOIN limits l ON l.code_expires_at > l.now
	JOIN users u ON u.realm_id = $1::uuid AND u.id = $4::uuid AND u.status = 'active'
	JOIN sessions s ON s.realm_id = $1::uuid AND s.id = $5::uuid AND s.user_id = u.id
		AND s.user_epoch = u.epoch AND s.ended_at IS NULL AND s.expires_at > l.now
	JOIN clients c ON c.realm_id = $1::uuid AND c.id = $3::uuid AND c.status = 'active'
	CROSS JOIN LATERAL (
		SELECT CASE WHEN $11::boolean THEN l.now + make_interval(secs => $13::double precision)
			ELSE least(l.now + make_interval(secs => $13::double precision), s.expires_at) END AS expires_at
	) AS e
	RETURNING id, user_id, client, session_id
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id, client, session_id)
	SELECT $1::uuid, $14::uuid, 'grant.started', NULL, user_id, client, session_id FROM started
	UNION ALL
	SELECT $1::uuid, $14::uuid, 'code.refused',
		CASE WHEN l.code_expires_at > l.now THEN 'code_no_longer_allowed' ELSE 'code_expired' END,
		$4::uuid, $3::uuid, $5::uuid
	FROM burned CROSS JOIN limits l
	WHERE NOT EXISTS (SELECT FROM started)
)
SELECT EXISTS (SELECT FROM burned) OR l.code_expires_at <= l.now - interval '1 day' AS is_first,
	l.code_expires_at > l.now AS is_in_time, EXISTS (SELECT FROM started) AS is_started
FROM limits l

-- $8: when the code expires, microseconds since 1970.
-- name: codes_burn :exec :write
WITH burned AS (
	INSERT INTO redeemed_codes (realm_id, id)
	SELECT $1::uuid, $2::uuid
	WHERE timestamptz 'epoch' + $8::bigint * interval '1 microsecond' > db_now() - interval '1 day'
	ON CONFLICT DO NOTHING
	RETURNING id
)
INSERT INTO events (realm_id, id, kind, reason, user_id, client, session_id)
SELECT $1::uuid, $3::uuid, 'code.refused', $4::text, $5::uuid, $6::uuid, $7::uuid FROM burned
