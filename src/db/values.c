/* Parameters of statements. */
#include <limits.h>
#include <string.h>

#include "base/fatal.h"
#include "db/db.h"

struct db_value
db_text(const char *text)
{
	return ((struct db_value){text, 0, 0});
}

struct db_value
db_bytes(const void *bytes, size_t length)
{
	if (length > INT_MAX)
		fatal("database: a value of %zu bytes", length);
	return ((struct db_value){bytes, (int)length, 1});
}

struct db_value
db_uuid(const struct uuid *uuid)
{
	return ((struct db_value){uuid != NULL ? uuid->bytes : NULL, UUID_BYTES, 1});
}

struct db_value
db_integer(struct call *call, int64_t integer)
{
	return (db_text(arena_format(call->arena, "%lld", (long long)integer)));
}

struct db_value
db_boolean(bool is_true)
{
	return (db_text(is_true ? "true" : "false"));
}

struct db_value
db_null(void)
{
	return (db_text(NULL));
}
