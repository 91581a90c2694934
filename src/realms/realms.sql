-- name: realms_find :one :read
SELECT id, name, display_name, is_first, settings::text
FROM realms
WHERE name = $1 AND status = 'active'

-- name: realms_find_first :one :read
SELECT id, name, display_name, is_first, settings::text
FROM realms
WHERE is_first AND status = 'active'

-- name: realms_list :many :read
SELECT id, name, display_name, is_first, settings::text, status = 'active'
FROM realms
ORDER BY name

-- name: realms_create :one :write
WITH created AS (
	INSERT INTO realms (id, name, display_name, is_first)
	SELECT $1::uuid, $2::text, $3::text, NOT EXISTS (SELECT FROM realms WHERE is_first)
	RETURNING id
), audited AS (
	INSERT INTO events (realm_id, id, kind)
	SELECT id, $4::uuid, 'realm.created' FROM created
)
SELECT id FROM created
