-- name: events_write :exec :write
INSERT INTO events (realm_id, id, kind, reason, user_id, client, session_id)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::uuid, $6::uuid, $7::uuid)
