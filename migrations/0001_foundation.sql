-- The service's role, the database's clock, and time-partitioned tables.

-- The role that `latchkey serve` works with (or is a member of): rows, no DDL. Made here unless the operator has made it.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'latchkey_service') THEN
		CREATE ROLE latchkey_service NOLOGIN;
	END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO latchkey_service;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The one clock that decides about grants. Tests shift it by a setting of their connection.
CREATE FUNCTION db_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT now() + make_interval(secs => coalesce(nullif(current_setting('latchkey.clock_shift', true), ''), '0')::double precision)
$$;

-- The smallest UUIDv7 of a moment: bounds of partitions.
CREATE FUNCTION uuid_at(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Tables partitioned by RANGE over their UUIDv7 id, what a partition spans, how far ahead they are made, how long they are kept.
CREATE TABLE partitioned_tables (
	name		text PRIMARY KEY,
	span		text NOT NULL CHECK (span IN ('day', 'month')),
	ahead		interval NOT NULL,
	kept		interval NOT NULL
);

-- Makes partitions ahead of time and drops those whose time is over. The only DDL that the service can cause; safe to run many at once.
CREATE FUNCTION partitions_maintain() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	t		partitioned_tables%ROWTYPE;
	begins		timestamptz;
	partition	text;
	changed		integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('latchkey.partitions_maintain'));
	FOR t IN SELECT * FROM partitioned_tables ORDER BY name LOOP
		begins := date_trunc(t.span, db_now() - ('1 ' || t.span)::interval, 'UTC');
		WHILE begins < db_now() + t.ahead LOOP
			partition := t.name || '_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMMDD');
			IF to_regclass(partition) IS NULL THEN
				EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', partition, t.name,
				    uuid_at(begins), uuid_at(begins + ('1 ' || t.span)::interval));
				changed := changed + 1;
			END IF;
			begins := begins + ('1 ' || t.span)::interval;
		END LOOP;
		FOR partition IN
			SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
			WHERE i.inhparent = t.name::regclass
			  AND c.relname ~ ('^' || t.name || '_[0-9]{8}$')
			  AND to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' + ('1 ' || t.span)::interval < db_now() - t.kept
		LOOP
			EXECUTE format('DROP TABLE %I', partition);
			changed := changed + 1;
		END LOOP;
	END LOOP;
	RETURN changed;
END
$$;

REVOKE ALL ON FUNCTION partitions_maintain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partitions_maintain() TO latchkey_service;
