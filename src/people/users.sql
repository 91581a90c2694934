-- The columns of a user, in the order that user_from_row reads: id, login, email, email_verified, name,
-- given_name, family_name, locale, zoneinfo, picture, phone_number, is_active, password, updated_at, epoch,
-- middle_name, nickname, profile, website, gender, birthdate, phone_number_verified, address.
-- sessions_find and grants_find_active_user have the same list.

-- name: users_find :one :read
SELECT id, login, email, email_verified, name, given_name, family_name, locale, zoneinfo, picture,
	phone_number, status = 'active', password, updated_at, epoch, middle_name, nickname, profile, website,
	gender, birthdate, phone_number_verified, address::text
FROM users
WHERE realm_id = $1::uuid AND id = $2::uuid

-- A login name wins over an e-mail address that reads the same.
-- name: users_find_by_login :one :read
SELECT id, login, email, email_verified, name, given_name, family_name, locale, zoneinfo, picture,
	phone_number, is_active, password, updated_at, epoch, middle_name, nickname, profile, website,
	gender, birthdate, phone_number_verified, address
FROM (
	SELECT 1 AS rank, id, login, email, email_verified, name, given_name, family_name, locale, zoneinfo,
		picture, phone_number, status = 'active' AS is_active, password, updated_at, epoch, middle_name,
		nickname, profile, website, gender, birthdate, phone_number_verified, address::text
	FROM users
	WHERE realm_id = $1::uuid AND lower(login) = lower($2::text)
	UNION ALL
	SELECT 2 AS rank, id, login, email, email_verified, name, given_name, family_name, locale, zoneinfo,
		picture, phone_number, status = 'active' AS is_active, password, updated_at, epoch, middle_name,
		nickname, profile, website, gender, birthdate, phone_number_verified, address::text
	FROM users
	WHERE realm_id = $1::uuid AND lower(email) = lower($2::text)
) AS candidates
ORDER BY rank
LIMIT 1

-- name: users_create :one :write
WITH created AS (
	INSERT INTO users (realm_id, id, login, email, email_verified, name, given_name, family_name, locale,
		zoneinfo, picture, phone_number, status, password)
	VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::boolean, $6::text, $7::text, $8::text, $9::text,
		$10::text, $11::text, $12::text, $13::text, $14::text)
	RETURNING id, updated_at, epoch
), audited AS (
	INSERT INTO events (realm_id, id, kind, user_id)
	SELECT $1::uuid, $15::uuid, 'user.created', id FROM created
)
SELECT updated_at, epoch FROM created

-- name: users_set_password :one :write
WITH changed AS (
	UPDATE users SET password = $3::text, epoch = epoch + 1, updated_at = db_now()
	WHERE realm_id = $1::uuid AND id = $2::uuid
	RETURNING id
), ended AS (
	UPDATE sessions SET ended_at = db_now(), ended_reason = $4::text
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND ended_at IS NULL
), revoked AS (
	UPDATE grants SET revoked_at = db_now(), revoked_reason = $4::text
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id)
	SELECT $1::uuid, $5::uuid, 'user.password_changed', $4::text, id FROM changed
)
SELECT id FROM changed

-- name: users_set_status :one :write
WITH changed AS (
	UPDATE users SET status = $3::text, epoch = epoch + 1, updated_at = db_now()
	WHERE realm_id = $1::uuid AND id = $2::uuid
	RETURNING id
), ended AS (
	UPDATE sessions SET ended_at = db_now(), ended_reason = $4::text
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND ended_at IS NULL
), revoked AS (
	UPDATE grants SET revoked_at = db_now(), revoked_reason = $4::text
	WHERE realm_id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
), audited AS (
	INSERT INTO events (realm_id, id, kind, reason, user_id)
	SELECT $1::uuid, $5::uuid, CASE $3::text WHEN 'active' THEN 'user.enabled' ELSE 'user.disabled' END,
		$4::text, id
	FROM changed
)
SELECT id FROM changed

-- name: users_rehash :exec :write
UPDATE users SET password = $3::text
WHERE realm_id = $1::uuid AND id = $2::uuid AND password = $4::text
