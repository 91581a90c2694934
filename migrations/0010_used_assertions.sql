-- Assertions by which clients have authenticated (RFC 7523), so that each is good once. The id begins with the moment at which the
-- assertion expires, in milliseconds, like a UUIDv7; the rest is taken from a digest of client and jti. Who comes twice, comes with the same id.

CREATE TABLE used_assertions (
	realm_id	uuid NOT NULL,
	id		uuid NOT NULL,
	PRIMARY KEY (realm_id, id)
) PARTITION BY RANGE (id);

INSERT INTO partitioned_tables (name, span, ahead, kept) VALUES ('used_assertions', 'day', '14 days', '1 day');

SELECT partitions_maintain();

GRANT SELECT, INSERT ON used_assertions TO latchkey_service;
