-- Realms, their secrets and their signing keys.

CREATE TABLE realms (
	id		uuid PRIMARY KEY,
	name		text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
	display_name	text NOT NULL,
	is_first	boolean NOT NULL DEFAULT false,		-- at the base URL, without /realms/{name}
	status		text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
	settings	jsonb NOT NULL DEFAULT '{}',
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	updated_at	timestamptz NOT NULL DEFAULT db_now()
);
CREATE UNIQUE INDEX realms_first ON realms (is_first) WHERE is_first;

-- 32 random bytes each, sealed under the key-encryption key; keys for one purpose are derived from them.
CREATE TABLE realm_secrets (
	realm_id	uuid NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
	id		smallint NOT NULL CHECK (id BETWEEN 1 AND 255),
	sealed		bytea NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	PRIMARY KEY (realm_id, id)
);

-- kid is the RFC 7638 thumbprint. The private half is sealed under the key-encryption key.
CREATE TABLE signing_keys (
	realm_id	uuid NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
	kid		text NOT NULL,
	algorithm	text NOT NULL,
	state		text NOT NULL CHECK (state IN ('next', 'active', 'retired', 'revoked')),
	public_der	bytea NOT NULL,
	sealed_private	bytea NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT db_now(),
	activated_at	timestamptz,
	retired_at	timestamptz,
	PRIMARY KEY (realm_id, kid)
);
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (realm_id, algorithm) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (realm_id, algorithm) WHERE state = 'next';

GRANT SELECT, INSERT, UPDATE ON realms, realm_secrets, signing_keys TO latchkey_service;
