-- A row cannot be older than its UUIDv7: the bound on id lets the primary key find the old ones.

-- Not by the idle limit: grants live on with a session that nobody visits, until it expires.
-- name: expired_sessions_delete :exec :write
DELETE FROM sessions
WHERE realm_id = $1::uuid
  AND id = ANY (ARRAY(
	SELECT id FROM sessions
	WHERE realm_id = $1::uuid
	  AND id < uuid_at(db_now() - interval '30 days')
	  AND least(ended_at, expires_at) < db_now() - interval '30 days'
	ORDER BY id
	LIMIT $2::integer
	FOR UPDATE SKIP LOCKED
  ));

-- name: expired_grants_delete :exec :write
DELETE FROM grants
WHERE realm_id = $1::uuid
  AND id = ANY (ARRAY(
	SELECT id FROM grants
	WHERE realm_id = $1::uuid
	  AND id < uuid_at(db_now() - interval '30 days')
	  AND least(revoked_at, idle_expires_at, expires_at) < db_now() - interval '30 days'
	ORDER BY id
	LIMIT $2::integer
	FOR UPDATE SKIP LOCKED
  ));
