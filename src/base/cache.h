/*
 * Bounded table of immutable snapshots, by name, least recently used out first. One per kind and
 * worker, so no locks. An entry owns an arena with its value. Readers hold a reference while they
 * use it (call_borrow), so a replaced or evicted entry lives until its last reader is done: the one
 * way to keep a cached pointer across a wait.
 */
#ifndef BASE_CACHE_H
#define BASE_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct cache;
struct cache_entry {
	struct arena *arena; /* the value's memory */
	void *value;
	uint64_t loaded_ms; /* clock_monotonic_ms() when its reading from the database began */
	unsigned references;
	struct cache *cache; /* NULL when no longer in the table */
	/* private */
	struct cache_entry *newer, *older, *next;
	char *name;
};

struct cache *cache_create(size_t entries_max);
void cache_destroy(struct cache *);
/* NULL when absent or loaded before loaded_since_ms (0: any age). Does not take a reference. */
struct cache_entry *cache_find(struct cache *, const char *name, uint64_t loaded_since_ms);
/* Takes over the arena (with value inside); an older entry of that name is replaced. Returns the
 * entry, without a reference. */
struct cache_entry *cache_put(
    struct cache *, const char *name, struct arena *, void *value, uint64_t loaded_ms);
void cache_drop(struct cache *, const char *name);
/* Drops from the end of the least recently used what was loaded before then, up to the first that
 * was not. */
void cache_trim(struct cache *, uint64_t loaded_since_ms);
void cache_reference(struct cache_entry *);
void cache_release(void *entry); /* void *, so that it fits call_defer */

#endif
