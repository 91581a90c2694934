/* What a realm has in one table, read whole and kept per worker. */
#include "base/clock.h"
#include "keys/snapshots.h"
#include "realms/realms.h"

/* A reading that has taken longer is taken for lost. */
enum { RELOAD_MAX_MS = 2500 };

struct snapshot {
	void *value;
	uint64_t reload_began_ms; /* 0: nobody reads anew */
};

struct refresh {
	struct snapshots *kind;
	struct uuid realm;
};

static struct cache *
cache_of(struct snapshots *kind)
{
	if (kind->cache == NULL)
		kind->cache = cache_create(kind->realms_max);
	return (kind->cache);
}

static enum result
load(struct call *call, struct snapshots *kind, const struct uuid *realm, struct cache_entry **out)
{
	char name[UUID_TEXT];
	enum result result;
	uint64_t began = clock_monotonic_ms();
	struct arena *arena;
	struct db_rows rows;
	struct snapshot *snapshot;
	const struct snapshot *previous;
	struct cache_entry *entry;

	result = db_run(call, kind->statement, DB_VALUES(db_uuid(realm)), &rows);
	if (result != RESULT_OK)
		return (result);
	uuid_format(realm, name);
	entry = cache_find(cache_of(kind), name, 0);
	previous = entry == NULL ? NULL : call_borrow(call, entry);
	arena = arena_create(kind->bytes_max);
	snapshot = arena_alloc(arena, sizeof(*snapshot));
	snapshot->value =
	    kind->build(call, realm, &rows, arena, previous == NULL ? NULL : previous->value);
	if (snapshot->value == NULL) {
		arena_destroy(arena);
		return (call_fail(call, RESULT_FAILED, "a realm's keys cannot be read"));
	}
	*out = cache_put(kind->cache, name, arena, snapshot, began);
	return (RESULT_OK);
}

static void
refresh_run(struct call *call, void *argument)
{
	const struct refresh *refresh = argument;
	struct cache_entry *entry;

	(void)load(call, refresh->kind, &refresh->realm, &entry);
}

static void
refresh_start(struct snapshots *kind, const struct uuid *realm)
{
	struct arena *arena = arena_create(CALL_ARENA_MAX);
	struct refresh *refresh = arena_alloc(arena, sizeof(*refresh));

	refresh->kind = kind;
	refresh->realm = *realm;
	/* Without a free fiber there is no refresh: the next call tries again. */
	(void)call_start_with(arena, NULL, refresh_run, refresh, NULL, NULL);
}

static enum result
use(struct call *call, struct cache_entry *entry, const void **value)
{
	const struct snapshot *snapshot = call_borrow(call, entry);

	*value = snapshot->value;
	return (RESULT_OK);
}

/* The database is asked, and the older snapshot stands in when it does not answer: that failure
 * must not stick. */
static enum result
load_or_use(struct call *call, struct snapshots *kind, const struct freshness *freshness,
    struct cache_entry *old, const void **value)
{
	enum result result;
	struct cache_entry *entry;
	struct snapshot *snapshot = old == NULL ? NULL : call_borrow(call, old);

	if (snapshot != NULL)
		snapshot->reload_began_ms = clock_monotonic_ms();
	result = load(call, kind, &call->realm->id, &entry);
	if (snapshot != NULL)
		snapshot->reload_began_ms = 0;
	if (result == RESULT_OK)
		return (use(call, entry, value));
	if (result != RESULT_UNAVAILABLE || old == NULL ||
	    clock_monotonic_ms() - old->loaded_ms > freshness->stale_ms)
		return (result);
	call->failure = RESULT_OK;
	call->failure_reason = NULL;
	*value = snapshot->value;
	return (RESULT_OK);
}

enum result
snapshots_find(struct call *call, struct snapshots *kind, const struct freshness *freshness,
    const void **value)
{
	char name[UUID_TEXT];
	uint64_t now, age;
	bool is_reloading;
	struct cache_entry *entry;
	struct snapshot *snapshot;

	if (call->failure != RESULT_OK)
		return (call->failure);
	uuid_format(&call->realm->id, name);
	if ((entry = cache_find(cache_of(kind), name, 0)) == NULL)
		return (load_or_use(call, kind, freshness, NULL, value));
	now = clock_monotonic_ms();
	age = now - entry->loaded_ms;
	snapshot = entry->value;
	is_reloading =
	    snapshot->reload_began_ms != 0 && now - snapshot->reload_began_ms < RELOAD_MAX_MS;
	if (age > freshness->fresh_ms && !(is_reloading && age <= freshness->stale_ms))
		return (load_or_use(call, kind, freshness, entry, value));
	if (age > freshness->renew_ms && !is_reloading) {
		snapshot->reload_began_ms = now;
		refresh_start(kind, &call->realm->id);
	}
	return (use(call, entry, value));
}

void
snapshots_drop(struct call *call, struct snapshots *kind)
{
	char name[UUID_TEXT];

	uuid_format(&call->realm->id, name);
	cache_drop(cache_of(kind), name);
}
