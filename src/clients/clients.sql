-- The columns that client_from_row reads. Secrets that have expired are not there.
-- name: clients_find :one :read
SELECT c.id, c.client_id, c.metadata::text, c.policy::text, one.digest, one.phc, one.expires_at, two.digest,
	two.phc, two.expires_at
FROM clients c
LEFT JOIN client_secrets one ON one.realm_id = c.realm_id AND one.client = c.id AND one.slot = 1
	AND (one.expires_at IS NULL OR one.expires_at > db_now())
LEFT JOIN client_secrets two ON two.realm_id = c.realm_id AND two.client = c.id AND two.slot = 2
	AND (two.expires_at IS NULL OR two.expires_at > db_now())
WHERE c.realm_id = $1::uuid AND c.client_id = $2::text AND c.status = 'active'

-- name: clients_find_by_uuid :one :read
SELECT c.id, c.client_id, c.metadata::text, c.policy::text, one.digest, one.phc, one.expires_at, two.digest,
	two.phc, two.expires_at
FROM clients c
LEFT JOIN client_secrets one ON one.realm_id = c.realm_id AND one.client = c.id AND one.slot = 1
	AND (one.expires_at IS NULL OR one.expires_at > db_now())
LEFT JOIN client_secrets two ON two.realm_id = c.realm_id AND two.client = c.id AND two.slot = 2
	AND (two.expires_at IS NULL OR two.expires_at > db_now())
WHERE c.realm_id = $1::uuid AND c.id = $2::uuid AND c.status = 'active'

-- name: clients_read_metadata :one :read
SELECT id, client_id, metadata::text, policy::text, created_at, status
FROM clients
WHERE realm_id = $1::uuid AND client_id = $2::text

-- name: clients_register :one :write
WITH created AS (
	INSERT INTO clients (realm_id, id, client_id, metadata, policy)
	VALUES ($1::uuid, $2::uuid, $3::text, $4::jsonb, $5::jsonb)
	RETURNING id
), armed AS (
	INSERT INTO client_secrets (realm_id, client, slot, digest, phc)
	SELECT $1::uuid, id, 1, $6::bytea, $7::text
	FROM created
	WHERE $6::bytea IS NOT NULL OR $7::text IS NOT NULL
), audited AS (
	INSERT INTO events (realm_id, id, kind, client)
	SELECT $1::uuid, $8::uuid, 'client.created', id FROM created
)
SELECT id FROM created

-- Before clients_add_secret, in one transaction: who waits here sees what the one before has added.
-- name: clients_lock :exec :write
SELECT FROM clients WHERE realm_id = $1::uuid AND id = $2::uuid FOR UPDATE

-- Into the slot that the newest live secret does not have. $4: seconds that one is good for still; what is in the other slot goes.
-- name: clients_add_secret :one :write
WITH newest AS (
	SELECT slot FROM client_secrets
	WHERE realm_id = $1::uuid AND client = $2::uuid AND (expires_at IS NULL OR expires_at > db_now())
	ORDER BY expires_at IS NULL DESC, created_at DESC, slot DESC
	LIMIT 1
), shortened AS (
	UPDATE client_secrets s
	SET expires_at = least(s.expires_at, db_now() + make_interval(secs => $4::bigint))
	FROM newest
	WHERE s.realm_id = $1::uuid AND s.client = $2::uuid AND s.slot = newest.slot
), added AS (
	INSERT INTO client_secrets (realm_id, client, slot, digest, created_at)
	VALUES ($1::uuid, $2::uuid, coalesce(3 - (SELECT slot FROM newest), 1), $3::bytea, db_now())
	ON CONFLICT (realm_id, client, slot) DO UPDATE
	SET digest = excluded.digest, phc = NULL, created_at = excluded.created_at, expires_at = NULL
	RETURNING client
), audited AS (
	INSERT INTO events (realm_id, id, kind, client)
	SELECT $1::uuid, $5::uuid, 'client.secret_added', client FROM added
)
SELECT client FROM added

-- Enabling again: what was given before it stays over, also what was being given while it was disabled.
-- name: clients_set_status :one :write
WITH changed AS (
	UPDATE clients SET status = $3::text, updated_at = db_now(),
		grants_from = CASE $3::text WHEN 'active' THEN db_now() ELSE grants_from END
	WHERE realm_id = $1::uuid AND client_id = $2::text AND status <> $3::text
	RETURNING id
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, client)
	SELECT $1::uuid, $5::uuid, CASE $3::text WHEN 'active' THEN 'client.enabled' ELSE 'client.disabled' END,
		$4::text, id
	FROM changed
)
SELECT id FROM clients WHERE realm_id = $1::uuid AND client_id = $2::text
