/*
 * Memory that dies together. Everything a request allocates comes from its arena; there is no free
 * of single pieces. All memory is zeroed at birth and wiped (OPENSSL_cleanse) when the arena dies,
 * so passwords and keys in it leave no trace. Running out of memory or over the limit is fatal():
 * what comes from outside is bounded long before.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* limit: bytes, all blocks together. Small arenas come from a free list of the thread. */
struct arena *arena_create(size_t limit);
void arena_destroy(struct arena *); /* NULL is fine */

void *arena_alloc(struct arena *, size_t size); /* 16-byte aligned, zeroed */
void *arena_copy(struct arena *, const void *bytes, size_t length);
char *arena_string(struct arena *, const char *);		    /* NULL stays NULL */
char *arena_substring(struct arena *, const char *, size_t length); /* adds the NUL */
char *arena_format(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));
/* More room for what arena_alloc gave, in place when it is the last piece; the new part is zero.
 * Returns where it is now. */
void *arena_resize(struct arena *, void *, size_t old_size, size_t size);
/* release(object) runs when the arena dies, last deferred first: for keys and trees of libraries
 * that live as long as it. */
void arena_defer(struct arena *, void (*release)(void *), void *object);
size_t arena_used(const struct arena *); /* bytes handed out */

#endif
