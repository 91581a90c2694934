-- Browser sessions. The cookie's SHA-256 only: what is stored here opens nothing.
-- A session whose user_epoch is not its user's is over, whatever else its row says. No foreign key to
-- realms: that of users implies it, and every sign-in would lock the realm's one row.

CREATE TABLE sessions (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,
	digest		bytea NOT NULL CHECK (octet_length(digest) = 32),
	user_id		uuid NOT NULL,
	user_epoch	integer NOT NULL,
	auth_time	timestamptz NOT NULL DEFAULT db_now(),
	amr		text NOT NULL,
	acr		text NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	idle_expires_at	timestamptz NOT NULL,
	expires_at	timestamptz NOT NULL,
	ended_at	timestamptz,
	ended_reason	text,
	PRIMARY KEY (realm_id, id),
	FOREIGN KEY (realm_id, user_id) REFERENCES users (realm_id, id) ON DELETE CASCADE
) WITH (fillfactor = 90);				-- the idle limit is extended in place
CREATE UNIQUE INDEX sessions_digest ON sessions (digest, realm_id);
CREATE INDEX sessions_user ON sessions (user_id, realm_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO latchkey_service;
