-- $3: a document of columns and their values; null clears, and what is not in it stays. One statement, so that two
-- changes at once both count.
-- name: profile_set :one :write
WITH changed AS (
	UPDATE users u SET (name, given_name, family_name, middle_name, nickname, profile, picture, website, gender,
		birthdate, zoneinfo, locale, email, email_verified, address, phone_number, phone_number_verified,
		updated_at) = (
		SELECT n.name, n.given_name, n.family_name, n.middle_name, n.nickname, n.profile, n.picture, n.website,
			n.gender, n.birthdate, n.zoneinfo, n.locale, n.email, n.email_verified, n.address,
			n.phone_number, n.phone_number_verified, db_now()
		FROM jsonb_populate_record(u, $3::jsonb) AS n)
	WHERE u.realm_id = $1::uuid AND u.id = $2::uuid
	RETURNING u.id
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id)
	SELECT $1::uuid, $5::uuid, 'user.profile_changed', $4::text, id FROM changed
)
SELECT id FROM changed
