-- What signs and verifies now, and what others may still hold in their caches. The oldest keys come last.
-- name: keys_of_realm :many :read
SELECT kid, algorithm, state, public_der, sealed_private
FROM signing_keys
WHERE realm_id = $1::uuid
  AND (state IN ('next', 'active') OR (state = 'retired' AND retired_at > db_now() - interval '30 days'))
ORDER BY state = 'active' DESC, state = 'next' DESC, retired_at DESC, algorithm
LIMIT 64

-- name: keys_list :many :read
SELECT kid, algorithm, state, created_at, activated_at, retired_at
FROM signing_keys
WHERE realm_id = $1::uuid
ORDER BY created_at DESC, algorithm
LIMIT 256

-- A key of a state that is taken already is not wanted: someone else was quicker.
-- name: keys_insert :exec :write
INSERT INTO signing_keys (realm_id, kid, algorithm, state, public_der, sealed_private, activated_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::bytea, $6::bytea,
	CASE WHEN $4::text = 'active' THEN db_now() END)
ON CONFLICT DO NOTHING

-- Rotation, first of three steps in one transaction: whoever waits here sees what the one before has done.
-- name: keys_lock :exec :write
SELECT pg_advisory_xact_lock(hashtextextended('latchkey.key_rotation|' || $1::uuid::text, 0))

-- Which keys would become active. $2: even if not published for $3 seconds. Nothing within $4 seconds of a rotation.
-- name: keys_rotatable :many :read
SELECT n.algorithm, n.kid
FROM signing_keys n
WHERE n.realm_id = $1::uuid AND n.state = 'next'
  AND ($2::boolean OR n.created_at <= db_now() - make_interval(secs => $3::double precision))
  AND NOT EXISTS (
	SELECT FROM signing_keys r
	WHERE r.realm_id = $1::uuid AND r.algorithm = n.algorithm AND r.state = 'retired'
	  AND r.retired_at > db_now() - make_interval(secs => $4::double precision))

-- $2: the key that is to follow. Only while it is next: of many at once the first one rotates.
-- name: keys_retire :exec :write
UPDATE signing_keys k SET state = 'retired', retired_at = db_now()
WHERE k.realm_id = $1::uuid AND k.state = 'active'
  AND k.algorithm = (SELECT n.algorithm FROM signing_keys n
	WHERE n.realm_id = $1::uuid AND n.kid = $2::text AND n.state = 'next')

-- name: keys_activate :exec :write
WITH activated AS (
	UPDATE signing_keys n SET state = 'active', activated_at = db_now()
	WHERE n.realm_id = $1::uuid AND n.kid = $2::text AND n.state = 'next'
	RETURNING n.algorithm
)
INSERT INTO events (realm_id, id, kind, reason)
SELECT $1::uuid, $3::uuid, 'keys.rotated', a.algorithm FROM activated a

-- Emergency, after keys_lock: the key is nobody's any more, unless it is the active one and nothing could follow it.
-- name: keys_revoke :exec :write
WITH revoked AS (
	UPDATE signing_keys k SET state = 'revoked', retired_at = COALESCE(k.retired_at, db_now())
	WHERE k.realm_id = $1::uuid AND k.kid = $2::text AND k.state <> 'revoked'
	  AND (k.state <> 'active' OR EXISTS (SELECT FROM signing_keys n
		WHERE n.realm_id = $1::uuid AND n.algorithm = k.algorithm AND n.state = 'next'))
	RETURNING k.kid
)
INSERT INTO events (realm_id, id, kind, reason)
SELECT $1::uuid, $3::uuid, 'keys.revoked', r.kid || ': ' || $4::text FROM revoked r

-- What follows it, published long enough or not.
-- name: keys_succeed :exec :write
UPDATE signing_keys n SET state = 'active', activated_at = db_now()
WHERE n.realm_id = $1::uuid AND n.state = 'next'
  AND n.algorithm = (SELECT k.algorithm FROM signing_keys k
	WHERE k.realm_id = $1::uuid AND k.kid = $2::text AND k.state = 'revoked')
  AND NOT EXISTS (SELECT FROM signing_keys a
	WHERE a.realm_id = $1::uuid AND a.algorithm = n.algorithm AND a.state = 'active')

-- name: realm_secrets_of_realm :many :read
SELECT id, sealed FROM realm_secrets WHERE realm_id = $1::uuid ORDER BY id DESC

-- name: realm_secrets_insert_first :exec :write
INSERT INTO realm_secrets (realm_id, id, sealed)
SELECT $1::uuid, 1, $2::bytea
WHERE NOT EXISTS (SELECT FROM realm_secrets WHERE realm_id = $1::uuid)
ON CONFLICT DO NOTHING
