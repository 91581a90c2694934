-- name: consents_remember :exec :write
WITH remembered AS (
	INSERT INTO consents AS c (realm_id, user_id, client, scope)
	VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text)
	ON CONFLICT (realm_id, user_id, client) DO UPDATE SET updated_at = db_now(), scope = (
		SELECT string_agg(word, ' ' ORDER BY place)
		FROM (
			SELECT word, min(place) AS place
			FROM unnest(string_to_array(c.scope || ' ' || excluded.scope, ' ')) WITH ORDINALITY AS w (word, place)
			WHERE word <> ''
			GROUP BY word
		) AS words
	)
	RETURNING user_id, client
)
INSERT INTO events (realm_id, id, kind, user_id, client)
SELECT $1::uuid, $5::uuid, 'consent.given', user_id, client FROM remembered

-- What the client was given by that person ends with the consent. No row: there was neither.
-- name: consents_withdraw :one :write
WITH withdrawn AS (
	DELETE FROM consents
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND client = $3::uuid
	RETURNING client
), revoked AS (
	UPDATE grants SET revoked_at = db_now(), revoked_reason = 'consent_withdrawn'
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND client = $3::uuid AND revoked_at IS NULL
	RETURNING client
), ended AS (
	SELECT client FROM withdrawn UNION SELECT client FROM revoked
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id, client)
	SELECT $1::uuid, $5::uuid, 'consent.withdrawn', $4::text, $2::uuid, client FROM ended
)
SELECT client FROM ended
