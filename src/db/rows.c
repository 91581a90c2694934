/* Reading rows in PostgreSQL's binary format. A wrong column or type is a mistake of ours: fatal().
 */
#include <endian.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/fatal.h"
#include "db/db.h"

/* Types' object ids, fixed for ever by the server's pg_type.dat. */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_NAME = 19,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_VARCHAR = 1043,
	TYPE_TIMESTAMPTZ = 1184,
	TYPE_UUID = 2950,
	TYPE_JSONB = 3802
};

/* Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch. */
#define EPOCH_2000 INT64_C(946684800000000)

static void
column_check(const struct db_rows *rows, int row, int column)
{
	if (rows->result == NULL || row < 0 || row >= PQntuples(rows->result) || column < 0 ||
	    column >= PQnfields(rows->result))
		fatal("database: no row %d or column %d in this result", row, column);
}

static void
type_wrong(const struct db_rows *rows, int column)
{
	fatal("database: column %d (%s) is of another type: %u", column,
	    PQfname(rows->result, column), PQftype(rows->result, column));
}

/* NULL for SQL NULL. */
static const char *
value_get(const struct db_rows *rows, int row, int column, Oid type, int length)
{
	column_check(rows, row, column);
	if (PQftype(rows->result, column) != type)
		type_wrong(rows, column);
	if (PQgetisnull(rows->result, row, column) == 1)
		return (NULL);
	if (length >= 0 && PQgetlength(rows->result, row, column) != length)
		fatal("database: column %d has another length", column);
	return (PQgetvalue(rows->result, row, column));
}

static int64_t
integer_read(const char *value, size_t length)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (length) {
	case sizeof(two):
		memcpy(&two, value, sizeof(two));
		return ((int16_t)be16toh(two));
	case sizeof(four):
		memcpy(&four, value, sizeof(four));
		return ((int32_t)be32toh(four));
	default:
		memcpy(&eight, value, sizeof(eight));
		return ((int64_t)be64toh(eight));
	}
}

bool
row_is_null(const struct db_rows *rows, int row, int column)
{
	column_check(rows, row, column);
	return (PQgetisnull(rows->result, row, column) == 1);
}

const char *
row_text(const struct db_rows *rows, int row, int column)
{
	const char *value;

	column_check(rows, row, column);
	if (PQgetisnull(rows->result, row, column) == 1)
		return (NULL);
	value = PQgetvalue(rows->result, row, column);
	switch (PQftype(rows->result, column)) {
	case TYPE_TEXT:
	case TYPE_VARCHAR:
	case TYPE_NAME:
		return (value);
	case TYPE_JSONB:
		/* Its version, always 1, goes before the text. */
		return (value + 1);
	default:
		type_wrong(rows, column);
		return (NULL);
	}
}

const uint8_t *
row_bytes(const struct db_rows *rows, int row, int column, size_t *length)
{
	const char *value = value_get(rows, row, column, TYPE_BYTEA, -1);

	*length = value != NULL ? (size_t)PQgetlength(rows->result, row, column) : 0;
	return ((const uint8_t *)value);
}

struct uuid
row_uuid(const struct db_rows *rows, int row, int column)
{
	const char *value = value_get(rows, row, column, TYPE_UUID, UUID_BYTES);
	struct uuid uuid = {{0}};

	if (value != NULL)
		memcpy(uuid.bytes, value, UUID_BYTES);
	return (uuid);
}

int64_t
row_integer(const struct db_rows *rows, int row, int column)
{
	Oid type;

	column_check(rows, row, column);
	type = PQftype(rows->result, column);
	if (type != TYPE_INT2 && type != TYPE_INT4 && type != TYPE_INT8)
		type_wrong(rows, column);
	if (PQgetisnull(rows->result, row, column) == 1)
		return (0);
	return (integer_read(
	    PQgetvalue(rows->result, row, column), (size_t)PQgetlength(rows->result, row, column)));
}

bool
row_boolean(const struct db_rows *rows, int row, int column)
{
	const char *value = value_get(rows, row, column, TYPE_BOOL, 1);

	return (value != NULL && *value != 0);
}

int64_t
row_time(const struct db_rows *rows, int row, int column)
{
	const char *value = value_get(rows, row, column, TYPE_TIMESTAMPTZ, sizeof(int64_t));
	int64_t time;

	if (value == NULL)
		return (0);
	time = integer_read(value, sizeof(time));
	/* 'infinity' stays the largest. */
	return (time > INT64_MAX - EPOCH_2000 ? INT64_MAX : time + EPOCH_2000);
}
