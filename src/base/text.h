/* Growing text with a limit, and the few questions we ask of strings. Strings are NUL-terminated
 * UTF-8 unless a length is given. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Appending past the limit keeps what fits, sets `overflowed` and ignores the rest: the caller asks
 * once at the end. */
struct text {
	struct arena *arena;
	char *data;    /* always NUL-terminated after text_init */
	size_t length; /* bytes, without the NUL */
	size_t capacity;
	size_t limit; /* bytes */
	bool overflowed;
};

void text_init(struct text *, struct arena *, size_t limit);
void text_add(struct text *, const char *); /* NULL adds nothing */
void text_add_bytes(struct text *, const void *, size_t length);
void text_add_byte(struct text *, char);
void text_addf(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool text_equal(const char *, const char *);	    /* NULL equals NULL only; not constant-time */
bool text_equal_nocase(const char *, const char *); /* ASCII */
bool text_starts_with(const char *, const char *prefix);
bool text_is_utf8(const char *, size_t length); /* strict (RFC 3629), refuses U+0000 */
/* Bytes of the UTF-8 sequence at the start; 0 when there is none that is valid, or it is U+0000. */
size_t text_utf8_length(const char *, size_t length);
bool text_parse_integer(
    const char *, long long min, long long max, long long *out); /* whole string, decimal */

/* Lists as OAuth writes them: words separated by single spaces (RFC 6749, 3.3). */

/* At least one word, of the characters that may be in one. */
bool text_list_is_well_formed(const char *list);
bool text_list_has(const char *list, const char *word);	      /* NULL list has nothing */
bool text_list_within(const char *list, const char *allowed); /* every word of list is in allowed */
char *text_list_intersect(
    struct arena *, const char *list, const char *allowed); /* order of list, no duplicates */
/* Behind what is there, unless it is there. */
void text_list_add(struct text *list, const char *word);
/* Iterates: *cursor starts at the list; returns the next word copied into the arena, or NULL at the
 * end. */
char *text_list_next(struct arena *, const char **cursor);

#endif
