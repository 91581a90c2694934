/*
 * Clients and their cache. A row serves for a second after its reading began; from half a second on
 * the next reader starts a renewal in the background, so that a busy worker never waits for one.
 */
#include "clients/clients.h"

#include <string.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/text.h"
#include "clients/client_metadata.h"
#include "db/db.h"
#include "realms/realms.h"

enum { CLIENTS_CACHED_MAX = 4096, FRESH_MS = 1000, RENEW_MS = 500, CLIENT_ARENA_MAX = 1024 * 1024 };

/* The value of a cache entry. */
struct cached_client {
	struct client client;
	uint64_t renewal_began_ms;
};

/* What to read: by client_id, or by uuid when that is NULL. */
struct client_key {
	struct uuid realm;
	const char *client_id;
	struct uuid id;
};

static struct cache *cached;

static char *
name_of(struct arena *arena, const struct client_key *key)
{
	char realm[UUID_TEXT], id[UUID_TEXT];

	uuid_format(&key->realm, realm);
	uuid_format(&key->id, id);
	return (arena_format(arena, "%s%s%s", realm, key->client_id != NULL ? "/" : "#",
	    key->client_id != NULL ? key->client_id : id));
}

/* Columns of one secret from `first` on: digest, phc, expires_at. None when both are NULL. */
static void
secret_from_row(struct arena *arena, const struct db_rows *rows, int first, struct client *out)
{
	struct client_secret *secret = &out->secrets[out->secret_count];
	const uint8_t *digest;
	size_t length;

	digest = row_bytes(rows, 0, first, &length);
	secret->phc = arena_string(arena, row_text(rows, 0, first + 1));
	secret->expires_at = row_time(rows, 0, first + 2);
	if (digest != NULL && length == SHA256_BYTES)
		memcpy(secret->digest, digest, SHA256_BYTES);
	else if (secret->phc == NULL)
		return;
	out->secret_count++;
}

static enum result
client_load(struct call *call, const struct client_key *key, struct cache_entry **out)
{
	uint64_t began = clock_monotonic_ms();
	const char *name = name_of(call->arena, key);
	struct cached_client *value;
	struct arena *arena;
	struct db_rows rows;
	enum result result;

	result = key->client_id != NULL
		     ? db_run(call, STATEMENT_clients_find,
			   DB_VALUES(db_uuid(&key->realm), db_text(key->client_id)), &rows)
		     : db_run(call, STATEMENT_clients_find_by_uuid,
			   DB_VALUES(db_uuid(&key->realm), db_uuid(&key->id)), &rows);
	if (result == RESULT_NOT_FOUND && cached != NULL)
		cache_drop(cached, name);
	if (result != RESULT_OK)
		return (result);
	arena = arena_create(CLIENT_ARENA_MAX);
	value = arena_alloc(arena, sizeof(*value));
	value->client.id = row_uuid(&rows, 0, 0);
	value->client.client_id = arena_string(arena, row_text(&rows, 0, 1));
	value->client.is_enabled = true;
	client_metadata_read(arena, row_text(&rows, 0, 2), row_text(&rows, 0, 3), &value->client);
	secret_from_row(arena, &rows, 4, &value->client);
	secret_from_row(arena, &rows, 7, &value->client);
	if (cached == NULL)
		cached = cache_create(CLIENTS_CACHED_MAX);
	*out = cache_put(cached, name, arena, value, began);
	return (RESULT_OK);
}

static void
renewal_run(struct call *call, void *argument)
{
	struct cache_entry *entry;

	(void)client_load(call, argument, &entry);
}

static void
renewal_finished(struct call *call)
{
	(void)call;
}

static void
renewal_start(const struct client_key *key, struct cached_client *value)
{
	uint64_t now = clock_monotonic_ms();
	struct client_key *copy;
	struct arena *arena;

	if (value->renewal_began_ms != 0 && now < value->renewal_began_ms + FRESH_MS)
		return;
	value->renewal_began_ms = now;
	arena = arena_create(CALL_ARENA_MAX);
	copy = arena_copy(arena, key, sizeof(*key));
	copy->client_id = arena_string(arena, key->client_id);
	(void)call_start_with(arena, NULL, renewal_run, copy, renewal_finished, NULL);
}

static enum result
client_find(struct call *call, const struct client_key *key, const struct client **out)
{
	uint64_t now = clock_monotonic_ms();
	struct cache_entry *entry = NULL;
	struct cached_client *value;
	enum result result;

	if (cached != NULL)
		entry = cache_find(cached, name_of(call->arena, key), now - FRESH_MS);
	if (entry == NULL) {
		result = client_load(call, key, &entry);
		if (result != RESULT_OK)
			return (result);
	}
	/* Borrowed before the renewal starts: it may replace the entry before it first waits. */
	value = call_borrow(call, entry);
	if (now >= entry->loaded_ms + RENEW_MS)
		renewal_start(key, value);
	*out = &value->client;
	return (RESULT_OK);
}

enum result
clients_find(struct call *call, const char *client_id, const struct client **out)
{
	struct client_key key = {.realm = call->realm->id, .client_id = client_id};
	size_t length = strnlen(client_id, CLIENT_ID_MAX + 1);

	if (length == 0 || length > CLIENT_ID_MAX || !text_is_utf8(client_id, length))
		return (RESULT_NOT_FOUND);
	return (client_find(call, &key, out));
}

enum result
clients_find_by_uuid(struct call *call, const struct uuid *id, const struct client **out)
{
	struct client_key key = {.realm = call->realm->id, .id = *id};

	return (client_find(call, &key, out));
}

enum result
clients_set_status(struct call *call, const char *client_id, bool is_enabled, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_clients_set_status,
	    DB_VALUES(db_uuid(&call->realm->id), db_text(client_id),
		db_text(is_enabled ? "active" : "disabled"), db_text(reason), db_uuid(&event)),
	    &rows));
}
