/*
 * Realms and their cache. A row serves for a second after its reading began; from half a second on
 * the next reader starts a renewal in the background, so that a busy worker never waits for one.
 */
#include "realms/realms.h"

#include <string.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "realms/realm_settings.h"

enum { REALMS_CACHED_MAX = 4096, FRESH_MS = 1000, RENEW_MS = 500, RENEWAL_ARENA_MAX = 256 * 1024 };

/* The value of a cache entry. */
struct cached_realm {
	struct realm realm;
	uint64_t renewal_began_ms;
};

struct renewal {
	const char *name;
};

static struct cache *cached;
static const char *base_url, *base_origin;

/* scheme://host[:port] of an absolute URL. */
static char *
origin_of(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		fatal("base_url is not an absolute URL: %s", url);
	host += strlen("://");
	return (arena_substring(arena, url, (size_t)(host - url) + strcspn(host, "/?#")));
}

void
realms_start(const char *url)
{
	static struct arena *arena;

	arena_destroy(arena);
	arena = arena_create(RENEWAL_ARENA_MAX);
	base_url = arena_string(arena, url);
	base_origin = origin_of(arena, url);
	cache_destroy(cached);
	cached = cache_create(REALMS_CACHED_MAX);
}

/* Columns: id, name, display_name, is_first, settings. */
static void
realm_from_row(struct arena *arena, const struct db_rows *rows, int row, struct realm *out)
{
	out->id = row_uuid(rows, row, 0);
	out->name = arena_string(arena, row_text(rows, row, 1));
	out->display_name = arena_string(arena, row_text(rows, row, 2));
	out->path_prefix =
	    row_boolean(rows, row, 3) ? "" : arena_format(arena, "/realms/%s", out->name);
	out->issuer = arena_format(arena, "%s%s", base_url, out->path_prefix);
	out->origin = arena_string(arena, base_origin);
	out->cookie_prefix = arena_format(arena, "__Host-lk-%s", out->name);
	out->is_enabled = true;
	realm_settings_read(arena, row_text(rows, row, 4), out);
}

/* Asks the database and puts the answer into the cache. */
static enum result
realm_load(struct call *call, const char *name, struct cache_entry **out)
{
	uint64_t began = clock_monotonic_ms();
	struct cached_realm *value;
	struct arena *arena;
	struct db_rows rows;
	enum result result;

	result = name[0] == '\0'
		     ? db_run(call, STATEMENT_realms_find_first, DB_NO_VALUES, &rows)
		     : db_run(call, STATEMENT_realms_find, DB_VALUES(db_text(name)), &rows);
	if (result == RESULT_NOT_FOUND)
		cache_drop(cached, name);
	if (result != RESULT_OK)
		return (result);
	arena = arena_create(RENEWAL_ARENA_MAX);
	value = arena_alloc(arena, sizeof(*value));
	realm_from_row(arena, &rows, 0, &value->realm);
	*out = cache_put(cached, name, arena, value, began);
	return (RESULT_OK);
}

static void
renewal_run(struct call *call, void *argument)
{
	const struct renewal *renewal = argument;
	struct cache_entry *entry;

	(void)realm_load(call, renewal->name, &entry);
}

static void
renewal_finished(struct call *call)
{
	(void)call;
}

/* At most one a second and entry, so that a database that is down is not asked for every request.
 */
static void
renewal_start(const char *name, struct cached_realm *value)
{
	uint64_t now = clock_monotonic_ms();
	struct renewal *renewal;
	struct arena *arena;

	if (value->renewal_began_ms != 0 && now < value->renewal_began_ms + FRESH_MS)
		return;
	value->renewal_began_ms = now;
	arena = arena_create(CALL_ARENA_MAX);
	renewal = arena_alloc(arena, sizeof(*renewal));
	renewal->name = arena_string(arena, name);
	(void)call_start_with(arena, NULL, renewal_run, renewal, renewal_finished, NULL);
}

enum result
realms_find(struct call *call, const char *name, bool stale_is_fine, const struct realm **out)
{
	uint64_t now = clock_monotonic_ms();
	struct cached_realm *value;
	struct cache_entry *entry;
	enum result result;

	if (name[0] != '\0' && !realms_name_is_valid(name))
		return (RESULT_NOT_FOUND);
	entry = cache_find(cached, name, stale_is_fine ? 0 : now - FRESH_MS);
	if (entry == NULL) {
		result = realm_load(call, name, &entry);
		if (result != RESULT_OK)
			return (result);
	}
	/* Borrowed before the renewal starts: it may replace the entry before it first waits. */
	value = call_borrow(call, entry);
	if (now >= entry->loaded_ms + RENEW_MS)
		renewal_start(name, value);
	*out = &value->realm;
	return (RESULT_OK);
}

bool
realms_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	return (length >= 1 && length <= REALM_NAME_MAX &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length && name[0] != '-' &&
		name[length - 1] != '-');
}

enum result
realms_create(struct call *call, const char *name, const char *display_name, struct uuid *id)
{
	struct uuid fresh = uuid_create(), event = uuid_create();
	struct db_rows rows;
	enum result result;
	int attempts = 0;

	if (!realms_name_is_valid(name))
		return (call_fail(call, RESULT_FAILED, "realm name is not valid"));
	/* Two that both found no first realm: the slower one tries once more. */
	do
		result = db_run(call, STATEMENT_realms_create,
		    DB_VALUES(
			db_uuid(&fresh), db_text(name), db_text(display_name), db_uuid(&event)),
		    &rows);
	while (result == RESULT_CONFLICT && text_equal(db_constraint(call), "realms_first") &&
	       ++attempts < 3);
	if (result == RESULT_OK)
		*id = fresh;
	return (result);
}

enum result
realms_set(struct call *call, const char *setting, const char *json)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_realms_set,
	    DB_VALUES(db_uuid(&call->realm->id), db_text(setting), db_text(json), db_uuid(&event)),
	    &rows));
}

enum result
realms_list(struct call *call, const struct realm ***out, size_t *count)
{
	const struct realm **list;
	struct realm *realms;
	struct db_rows rows;
	enum result result;
	int i;

	result = db_run(call, STATEMENT_realms_list, DB_NO_VALUES, &rows);
	if (result != RESULT_OK)
		return (result);
	list = arena_alloc(call->arena, ((size_t)rows.count + 1) * sizeof(struct realm *));
	realms = arena_alloc(call->arena, ((size_t)rows.count + 1) * sizeof(*realms));
	for (i = 0; i < rows.count; i++) {
		realm_from_row(call->arena, &rows, i, &realms[i]);
		realms[i].is_enabled = row_boolean(&rows, i, 5);
		list[i] = &realms[i];
	}
	*out = list;
	*count = (size_t)rows.count;
	return (RESULT_OK);
}
