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

-- $3: the value as JSON; NULL: the default again.
-- name: realms_set :one :write
WITH changed AS (
	UPDATE realms SET updated_at = db_now(), settings = CASE
		WHEN $3::text IS NULL THEN settings - $2::text
		ELSE jsonb_set(settings, ARRAY[$2::text], $3::text::jsonb) END
	WHERE id = $1::uuid
	RETURNING id
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason)
	SELECT id, $4::uuid, 'realm.setting_changed', $2::text FROM changed
)
SELECT id FROM changed

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
