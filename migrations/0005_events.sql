-- The audit trail, partitioned by month. The service can add to it and read it, nothing else.

CREATE TABLE events (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,
	at		timestamptz NOT NULL DEFAULT db_now(),
	kind		text NOT NULL,
	reason		text,
	user_id		uuid,
	client		uuid,
	session_id	uuid,
	PRIMARY KEY (realm_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX events_user ON events (user_id, realm_id, id) WHERE user_id IS NOT NULL;

INSERT INTO partitioned_tables (name, span, ahead, kept) VALUES ('events', 'month', '2 months', '13 months');

GRANT SELECT, INSERT ON events TO latchkey_service;
