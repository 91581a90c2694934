/* Assertions that were used: RFC 7523, 3, about jti. */
#include "clients/used_assertions.h"

#include <string.h>

#include "base/secret.h"
#include "db/db.h"
#include "realms/realms.h"

enum { TIME_BYTES = 6 };

struct uuid
used_assertion_id(const struct uuid *client, const char *jti, int64_t expires_at_ms)
{
	uint8_t named[UUID_BYTES + ASSERTION_JTI_MAX], digest[SHA256_BYTES];
	size_t length = strnlen(jti, ASSERTION_JTI_MAX);
	struct uuid id;
	int i;

	memcpy(named, client->bytes, UUID_BYTES);
	memcpy(named + UUID_BYTES, jti, length);
	sha256(named, UUID_BYTES + length, digest);
	for (i = 0; i < TIME_BYTES; i++)
		id.bytes[i] = (uint8_t)((uint64_t)expires_at_ms >> (40 - 8 * i));
	memcpy(id.bytes + TIME_BYTES, digest, UUID_BYTES - TIME_BYTES);
	id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return (id);
}

enum result
used_assertions_add(
    struct call *call, const struct client *client, const char *jti, int64_t expires_at_ms)
{
	struct uuid id = used_assertion_id(&client->id, jti, expires_at_ms);
	struct db_rows rows;

	return (db_run(call, STATEMENT_used_assertions_add,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&id)), &rows));
}
