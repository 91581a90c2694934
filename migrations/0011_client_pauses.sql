-- A client that was disabled and is enabled again starts afresh: what it was given before that moment stays over.

ALTER TABLE clients
	ADD COLUMN grants_from timestamptz NOT NULL DEFAULT '-infinity';
