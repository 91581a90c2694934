/* A realm's own secrets, and the keys for one purpose that are derived from them. */
#include <stdio.h>

#include "db/db.h"
#include "keys/realm_secrets.h"
#include "keys/snapshots.h"
#include "keys/wrapping.h"
#include "realms/realms.h"

enum { SECRET_BYTES = 32, SECRETS_BYTES_MAX = 65536, REALMS_MAX = 1024, ID_TEXT = 8 };

struct realm_secret {
	uint8_t id;
	struct secret secret;
};

/* Newest first; at least one. */
struct realm_secrets {
	struct realm_secret *list;
	size_t count;
};

static void *
secrets_build(struct call *call, const struct uuid *realm, const struct db_rows *rows,
    struct arena *arena, const void *previous)
{
	int row;
	char id[ID_TEXT];
	size_t length, opened_length;
	uint8_t *opened;
	const uint8_t *sealed;
	struct realm_secrets *secrets = arena_alloc(arena, sizeof(*secrets));

	(void)previous;
	secrets->list = arena_alloc(arena, (size_t)rows->count * sizeof(secrets->list[0]));
	for (row = 0; row < rows->count; row++) {
		secrets->list[row].id = (uint8_t)row_integer(rows, row, 0);
		sealed = row_bytes(rows, row, 1, &length);
		(void)snprintf(id, sizeof(id), "%u", secrets->list[row].id);
		if (!wrapping_open(
			call, "realm_secrets", realm, id, sealed, length, &opened, &opened_length))
			return (NULL);
		secrets->list[row].secret = secret_copy(arena, opened, opened_length);
		secret_wipe(opened, opened_length);
		secrets->count++;
	}
	return (secrets);
}

static struct snapshots all_secrets = {
    .realms_max = REALMS_MAX,
    .bytes_max = SECRETS_BYTES_MAX,
    .statement = STATEMENT_realm_secrets_of_realm,
    .build = secrets_build,
};

static const struct freshness for_newest = {60000, 3600000, 3600000};
static const struct freshness for_unknown = {1000, 1000, 3600000};

static const struct secret *
secret_by_id(const struct realm_secrets *secrets, uint8_t id)
{
	size_t i;

	for (i = 0; i < secrets->count; i++) {
		if (secrets->list[i].id == id)
			return (&secrets->list[i].secret);
	}
	return (NULL);
}

enum result
realm_secret_derive(
    struct call *call, const char *purpose, uint8_t *id, uint8_t out[SEAL_KEY_BYTES])
{
	enum result result;
	const struct realm_secrets *secrets;

	result = snapshots_find(call, &all_secrets, &for_newest, (const void **)&secrets);
	if (result != RESULT_OK)
		return (result);
	if (secrets->count == 0)
		return (call_fail(call, RESULT_FAILED, "the realm has no secret"));
	derive_key(&secrets->list[0].secret, purpose, out);
	*id = secrets->list[0].id;
	return (RESULT_OK);
}

enum result
realm_secret_derive_by_id(
    struct call *call, const char *purpose, uint8_t id, uint8_t out[SEAL_KEY_BYTES])
{
	enum result result;
	const struct secret *secret;
	const struct realm_secrets *secrets;

	result = snapshots_find(call, &all_secrets, &for_newest, (const void **)&secrets);
	if (result != RESULT_OK)
		return (result);
	if ((secret = secret_by_id(secrets, id)) == NULL) {
		/* Made on another node since? */
		result = snapshots_find(call, &all_secrets, &for_unknown, (const void **)&secrets);
		if (result != RESULT_OK)
			return (result);
		secret = secret_by_id(secrets, id);
	}
	if (secret == NULL)
		return (RESULT_NOT_FOUND);
	derive_key(secret, purpose, out);
	return (RESULT_OK);
}

enum result
realm_secrets_ensure(struct call *call)
{
	uint8_t id, key[SEAL_KEY_BYTES], *sealed;
	size_t length;
	enum result result;
	struct secret secret = secret_random(call->arena, SECRET_BYTES);
	struct db_rows rows;

	sealed = wrapping_seal(call->arena, "realm_secrets", &call->realm->id, "1", secret.bytes,
	    secret.length, &length);
	secret_wipe(secret.bytes, secret.length);
	result = db_run(call, STATEMENT_realm_secrets_insert_first,
	    DB_VALUES(db_uuid(&call->realm->id), db_bytes(sealed, length)), &rows);
	if (result != RESULT_OK)
		return (result);
	snapshots_drop(call, &all_secrets);
	result = realm_secret_derive(call, "check", &id, key);
	secret_wipe(key, sizeof(key));
	return (result);
}
