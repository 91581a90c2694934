-- Users.

-- Here and below: primary keys begin with realm_id, other indexes with what is looked for. Before the first ANALYZE the planner
-- cannot tell an index that begins with realm_id from the primary key, and would read a whole realm to find one row.

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
CREATE UNIQUE INDEX users_login ON users (lower(login), realm_id);
CREATE UNIQUE INDEX users_email ON users (lower(email), realm_id) WHERE email IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON users TO latchkey_service;
