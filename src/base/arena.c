/* Memory that dies together. */
#include <openssl/crypto.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fatal.h"

enum {
	ALIGNMENT = 16,
	BLOCK_FIRST = 4096,
	BLOCK_SECOND = 16384,
	BLOCK_MAX = 262144,
	POOLED_FIRST_MAX = 256,
	POOLED_SECOND_MAX = 64
};

struct block {
	struct block *next;
	size_t size; /* bytes in data */
	size_t used;
	size_t padding;
	alignas(ALIGNMENT) uint8_t data[];
};

struct deferred {
	struct deferred *next;
	void (*release)(void *);
	void *object;
};

struct arena {
	struct block *head; /* the one that is filled now */
	struct deferred *deferred;
	size_t limit;
	size_t used;
};

/* Blocks of one size that were wiped and wait for the next arena of this thread. */
struct pool {
	struct block *free;
	unsigned count;
};

static _Thread_local struct pool pool_first;
static _Thread_local struct pool pool_second;

static struct pool *
pool_for(size_t total, unsigned *max)
{
	if (total == BLOCK_FIRST) {
		*max = POOLED_FIRST_MAX;
		return (&pool_first);
	}
	if (total == BLOCK_SECOND) {
		*max = POOLED_SECOND_MAX;
		return (&pool_second);
	}
	return (NULL);
}

/* total: with the block's own head. Memory is zero, from the pool or fresh. */
static struct block *
block_get(size_t total)
{
	unsigned max;
	struct pool *pool;
	struct block *block;

	pool = pool_for(total, &max);
	if (pool != NULL && pool->free != NULL) {
		block = pool->free;
		pool->free = block->next;
		pool->count--;
	} else if ((block = calloc(1, total)) == NULL) {
		fatal("out of memory: %zu bytes", total);
	}
	block->next = NULL;
	block->size = total - sizeof(struct block);
	block->used = 0;
	return (block);
}

static void
block_put(struct block *block)
{
	unsigned max = 0;
	struct pool *pool;

	OPENSSL_cleanse(block->data, block->used);
	pool = pool_for(block->size + sizeof(struct block), &max);
	if (pool != NULL && pool->count < max) {
		block->next = pool->free;
		pool->free = block;
		pool->count++;
	} else {
		free(block);
	}
}

static size_t
rounded(size_t size)
{
	if (size > SIZE_MAX / 2)
		fatal("arena: impossible size %zu", size);
	return ((size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1));
}

static void *
block_take(struct block *block, size_t size)
{
	void *memory = block->data + block->used;

	block->used += size;
	return (memory);
}

struct arena *
arena_create(size_t limit)
{
	size_t total;
	struct arena *arena;
	struct block *block;

	total = BLOCK_FIRST;
	if (limit < BLOCK_FIRST - sizeof(struct block) - sizeof(struct arena))
		total = sizeof(struct block) + rounded(sizeof(struct arena)) + rounded(limit);
	block = block_get(total);
	arena = block_take(block, rounded(sizeof(*arena)));
	arena->head = block;
	arena->limit = rounded(limit);
	return (arena);
}

void
arena_destroy(struct arena *arena)
{
	struct block *block, *next;
	struct deferred *deferred;

	if (arena == NULL)
		return;
	while ((deferred = arena->deferred) != NULL) {
		arena->deferred = deferred->next;
		deferred->release(deferred->object);
	}
	for (block = arena->head; block != NULL; block = next) {
		next = block->next;
		block_put(block);
	}
}

static struct block *
arena_add_block(struct arena *arena, size_t size)
{
	size_t total;
	struct block *block;

	total = arena->head->size + sizeof(struct block);
	total = total < BLOCK_SECOND ? BLOCK_SECOND : total * 2;
	if (total > BLOCK_MAX)
		total = BLOCK_MAX;
	if (size > total - sizeof(struct block))
		total = size + sizeof(struct block);
	block = block_get(total);
	block->next = arena->head;
	arena->head = block;
	return (block);
}

static void
arena_count(struct arena *arena, size_t size)
{
	if (size > arena->limit - arena->used)
		fatal("arena: over its limit of %zu bytes", arena->limit);
	arena->used += size;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->head;

	size = rounded(size == 0 ? 1 : size);
	arena_count(arena, size);
	if (size > block->size - block->used)
		block = arena_add_block(arena, size);
	return (block_take(block, size));
}

void *
arena_resize(struct arena *arena, void *memory, size_t old_size, size_t size)
{
	struct block *block = arena->head;
	size_t old_rounded = rounded(old_size == 0 ? 1 : old_size);
	size_t more;
	void *moved;

	if (size <= old_size)
		return (memory);
	size = rounded(size);
	more = size - old_rounded;
	if ((uint8_t *)memory + old_rounded == block->data + block->used &&
	    more <= block->size - block->used) {
		arena_count(arena, more);
		block->used += more;
		return (memory);
	}
	moved = arena_alloc(arena, size);
	memcpy(moved, memory, old_size);
	return (moved);
}

void *
arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	void *copy = arena_alloc(arena, length);

	if (length > 0)
		memcpy(copy, bytes, length);
	return (copy);
}

char *
arena_string(struct arena *arena, const char *string)
{
	if (string == NULL)
		return (NULL);
	return (arena_copy(arena, string, strlen(string) + 1));
}

char *
arena_substring(struct arena *arena, const char *string, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length > 0)
		memcpy(copy, string, length);
	return (copy);
}

char *
arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
	int length;
	char *string;
	va_list again;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		fatal("arena: a format failed");
	string = arena_alloc(arena, (size_t)length + 1);
	(void)vsnprintf(string, (size_t)length + 1, format, arguments);
	return (string);
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	char *string;
	va_list arguments;

	va_start(arguments, format);
	string = arena_vformat(arena, format, arguments);
	va_end(arguments);
	return (string);
}

void
arena_defer(struct arena *arena, void (*release)(void *), void *object)
{
	struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));

	deferred->release = release;
	deferred->object = object;
	deferred->next = arena->deferred;
	arena->deferred = deferred;
}

size_t
arena_used(const struct arena *arena)
{
	return (arena->used);
}
