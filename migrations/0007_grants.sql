-- Grants with their refresh-token families, consents, redeemed codes, revoked access tokens.

-- A grant whose user_epoch is not its user's is over. No foreign keys to realms (that of users implies it)
-- and clients (every code redeemed would lock that client's one row; a client without a row makes its
-- grants inactive at reading).
CREATE TABLE grants (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,			-- of the authorization code that started it
	user_id		uuid NOT NULL,
	user_epoch	integer NOT NULL,
	client		uuid NOT NULL,
	session_id	uuid,
	scope		text NOT NULL,
	acr		text NOT NULL,
	amr		text NOT NULL,
	auth_time	timestamptz NOT NULL,
	is_offline	boolean NOT NULL DEFAULT false,
	generation	integer NOT NULL DEFAULT 1,	-- of the refresh token that is good now
	rotated_at	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	idle_expires_at	timestamptz NOT NULL,
	expires_at	timestamptz NOT NULL,
	revoked_at	timestamptz,
	revoked_reason	text,
	PRIMARY KEY (realm_id, id),
	FOREIGN KEY (realm_id, user_id) REFERENCES users (realm_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);				-- rotation updates in place
CREATE INDEX grants_session ON grants (session_id, realm_id);
CREATE INDEX grants_user ON grants (user_id, realm_id);

CREATE TABLE consents (
	realm_id	uuid NOT NULL,
	user_id		uuid NOT NULL,
	client		uuid NOT NULL,
	scope		text NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	updated_at	timestamptz NOT NULL DEFAULT db_now(),
	PRIMARY KEY (realm_id, user_id, client),
	FOREIGN KEY (realm_id, user_id) REFERENCES users (realm_id, id) ON DELETE CASCADE,
	FOREIGN KEY (realm_id, client) REFERENCES clients (realm_id, id) ON DELETE CASCADE
);

-- A code's id goes in once, whoever comes first; partitioned by the id itself, so that the key is unique over all partitions.
CREATE TABLE redeemed_codes (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,
	PRIMARY KEY (realm_id, id)
) PARTITION BY RANGE (id);

-- Single access tokens revoked before their time, by jti.
CREATE TABLE revoked_tokens (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,
	expires_at	timestamptz NOT NULL,
	PRIMARY KEY (realm_id, id)
) PARTITION BY RANGE (id);

INSERT INTO partitioned_tables (name, span, ahead, kept) VALUES
	('redeemed_codes', 'day', '14 days', '2 days'),
	('revoked_tokens', 'day', '14 days', '3 days');

SELECT partitions_maintain();

GRANT SELECT, INSERT, UPDATE, DELETE ON grants, consents TO latchkey_service;
GRANT SELECT, INSERT ON redeemed_codes, revoked_tokens TO latchkey_service;
