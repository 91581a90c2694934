-- The ledger of migrations.

-- name: schema_version :one :read
SELECT coalesce(max(version), 0) FROM schema_migrations;

-- name: schema_ledger :many :read
SELECT version, checksum FROM schema_migrations ORDER BY version;
