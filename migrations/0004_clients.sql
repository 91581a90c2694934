-- Clients: RFC 7591 metadata as one document, and their secrets.

CREATE TABLE clients (
	realm_id	uuid NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
	id		uuid NOT NULL,
	client_id	text NOT NULL CHECK (octet_length(client_id) BETWEEN 1 AND 255),
	status		text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
	metadata	jsonb NOT NULL,
	policy		jsonb NOT NULL DEFAULT '{}',	-- require_pkce, skip_consent
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	updated_at	timestamptz NOT NULL DEFAULT db_now(),
	PRIMARY KEY (realm_id, id)
);
CREATE UNIQUE INDEX clients_client_id ON clients (client_id, realm_id);

-- At most two live ones. Secrets that we made are random, so their SHA-256 is enough; imported weak ones are hashed with Argon2id.
CREATE TABLE client_secrets (
	realm_id	uuid NOT NULL,
	client		uuid NOT NULL,
	slot		smallint NOT NULL CHECK (slot IN (1, 2)),
	digest		bytea CHECK (octet_length(digest) = 32),
	phc		text,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	expires_at	timestamptz,
	PRIMARY KEY (realm_id, client, slot),
	FOREIGN KEY (realm_id, client) REFERENCES clients (realm_id, id) ON DELETE CASCADE,
	CHECK ((digest IS NULL) <> (phc IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON clients TO latchkey_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON client_secrets TO latchkey_service;
