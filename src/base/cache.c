/* Bounded table of snapshots by name, least recently used out first. */
#include <stdlib.h>
#include <string.h>

#include "base/cache.h"
#include "base/fatal.h"
#include "base/secret.h"

struct cache {
	size_t count, max;
	size_t mask; /* buckets - 1 */
	uint64_t seed;
	struct cache_entry *newest, *oldest;
	struct cache_entry **buckets;
};

struct cache *
cache_create(size_t entries_max)
{
	size_t buckets = 16;
	struct cache *cache;

	if (entries_max == 0 || entries_max > ((size_t)1 << 24))
		fatal("cache: impossible size %zu", entries_max);
	while (buckets < entries_max)
		buckets *= 2;
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL ||
	    (cache->buckets = calloc(buckets, sizeof(struct cache_entry *))) == NULL)
		fatal("out of memory for a cache");
	cache->max = entries_max;
	cache->mask = buckets - 1;
	random_bytes(&cache->seed, sizeof(cache->seed));
	return (cache);
}

static struct cache_entry **
cache_bucket(struct cache *cache, const char *name)
{
	uint64_t hash = cache->seed;

	for (; *name != '\0'; name++) {
		hash ^= (uint8_t)*name;
		hash *= 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return (&cache->buckets[hash & cache->mask]);
}

static void
entry_free(struct cache_entry *entry)
{
	arena_destroy(entry->arena);
	free(entry);
}

static void
list_remove(struct cache *cache, struct cache_entry *entry)
{
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		cache->newest = entry->older;
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		cache->oldest = entry->newer;
	entry->newer = entry->older = NULL;
}

static void
list_add(struct cache *cache, struct cache_entry *entry)
{
	entry->older = cache->newest;
	if (cache->newest != NULL)
		cache->newest->newer = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
}

/* Out of the table; its last reader frees it. */
static void
entry_detach(struct cache_entry *entry)
{
	struct cache *cache = entry->cache;
	struct cache_entry **link = cache_bucket(cache, entry->name);

	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	list_remove(cache, entry);
	cache->count--;
	entry->cache = NULL;
	entry->next = NULL;
	if (entry->references == 0)
		entry_free(entry);
}

void
cache_destroy(struct cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->oldest != NULL)
		entry_detach(cache->oldest);
	free(cache->buckets);
	free(cache);
}

static struct cache_entry *
entry_named(struct cache *cache, const char *name)
{
	struct cache_entry *entry;

	for (entry = *cache_bucket(cache, name); entry != NULL; entry = entry->next) {
		if (strcmp(entry->name, name) == 0)
			return (entry);
	}
	return (NULL);
}

struct cache_entry *
cache_find(struct cache *cache, const char *name, uint64_t loaded_since_ms)
{
	struct cache_entry *entry = entry_named(cache, name);

	if (entry == NULL || entry->loaded_ms < loaded_since_ms)
		return (NULL);
	if (entry != cache->newest) {
		list_remove(cache, entry);
		list_add(cache, entry);
	}
	return (entry);
}

struct cache_entry *
cache_put(
    struct cache *cache, const char *name, struct arena *arena, void *value, uint64_t loaded_ms)
{
	size_t name_bytes = strlen(name) + 1;
	struct cache_entry *entry, **bucket;

	cache_drop(cache, name);
	if (cache->count == cache->max)
		entry_detach(cache->oldest);
	if ((entry = calloc(1, sizeof(*entry) + name_bytes)) == NULL)
		fatal("out of memory for a cache entry");
	entry->name = (char *)(entry + 1);
	memcpy(entry->name, name, name_bytes);
	entry->arena = arena;
	entry->value = value;
	entry->loaded_ms = loaded_ms;
	entry->cache = cache;
	bucket = cache_bucket(cache, name);
	entry->next = *bucket;
	*bucket = entry;
	list_add(cache, entry);
	cache->count++;
	return (entry);
}

void
cache_drop(struct cache *cache, const char *name)
{
	struct cache_entry *entry = entry_named(cache, name);

	if (entry != NULL)
		entry_detach(entry);
}

void
cache_trim(struct cache *cache, uint64_t loaded_since_ms)
{
	while (cache->oldest != NULL && cache->oldest->loaded_ms < loaded_since_ms)
		entry_detach(cache->oldest);
}

void
cache_reference(struct cache_entry *entry)
{
	entry->references++;
}

void
cache_release(void *pointer)
{
	struct cache_entry *entry = pointer;

	if (entry->references == 0)
		fatal("cache: an entry was released twice");
	if (--entry->references == 0 && entry->cache == NULL)
		entry_free(entry);
}
