-- name: used_assertions_add :exec :write
INSERT INTO used_assertions (realm_id, id) VALUES ($1::uuid, $2::uuid)
