-- What `latchkey migrate` runs by itself, around the files of migrations/.

-- name: migrate_lock :exec :write
SELECT pg_advisory_lock(7813585264281975);

-- name: migrate_ledger_exists :one :read
SELECT to_regclass('schema_migrations') IS NOT NULL;

-- name: migrate_ledger_create :exec :write
CREATE TABLE schema_migrations (
	version		integer PRIMARY KEY,
	name		text NOT NULL,
	checksum	text NOT NULL,
	applied_at	timestamptz NOT NULL DEFAULT now()
);

-- name: migrate_begin :exec :write
BEGIN;

-- name: migrate_commit :exec :write
COMMIT;

-- name: migrate_rollback :exec :write
ROLLBACK;

-- name: migrate_ledger_add :exec :write
INSERT INTO schema_migrations (version, name, checksum) VALUES ($1::integer, $2::text, $3::text);

-- The role comes into being with the first migration, or was made by the operator.
-- name: migrate_ledger_grant :exec :write
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'latchkey_service')
	    AND NOT has_table_privilege('latchkey_service', 'schema_migrations', 'SELECT') THEN
		GRANT SELECT ON schema_migrations TO latchkey_service;
	END IF;
END
$$;
