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
