-- Users.

CREATE TABLE users (
	realm_id	uuid NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
	id		uuid NOT NULL,
	login		text NOT NULL CHECK (octet_length(login) BETWEEN 1 AND 254),
	email		text CHECK (octet_length(email) BETWEEN 3 AND 254),
	email_verified	boolean NOT NULL DEFAULT false,
	name		text,
	given_name	text,
	family_name	text,
	locale		text,
	zoneinfo	text,
	picture		text,
	phone_number	text,
	status		text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
	password	text,				-- PHC string
	epoch		integer NOT NULL DEFAULT 1,	-- raised when all sessions and grants must end
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	updated_at	timestamptz NOT NULL DEFAULT db_now(),
	PRIMARY KEY (realm_id, id)
);
CREATE UNIQUE INDEX users_login ON users (realm_id, lower(login));
CREATE UNIQUE INDEX users_email ON users (realm_id, lower(email)) WHERE email IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON users TO latchkey_service;
