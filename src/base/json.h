/*
 * JSON at the edges. Writing goes straight into text, without a tree; reading gives a jansson tree
 * behind typed getters. The prefix json_ belongs to jansson: ours are writer_* and member_*.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { JSON_BYTES_MAX = 65536, JSON_DEPTH_MAX = 16 };

/* Commas and escapes are the writer's. name is NULL for array elements and for the outermost value.
 * NULL text writes null. */
struct json_writer {
	struct text *text;
	bool needs_comma;
};

void writer_init(struct json_writer *, struct text *);
void writer_object_begin(struct json_writer *, const char *name);
void writer_object_end(struct json_writer *);
void writer_array_begin(struct json_writer *, const char *name);
void writer_array_end(struct json_writer *);
void writer_text(struct json_writer *, const char *name, const char *value);
void writer_integer(struct json_writer *, const char *name, int64_t value);
void writer_boolean(struct json_writer *, const char *name, bool value);
void writer_raw(struct json_writer *, const char *name, const char *json); /* already JSON, ours */
void writer_json(struct json_writer *, const char *name, const json_t *value);
/* Only if value is not NULL. */
void writer_text_if(struct json_writer *, const char *name, const char *value);
/* A space-separated list as an array of strings. */
void writer_list(struct json_writer *, const char *name, const char *words);

/* At most JSON_BYTES_MAX bytes and JSON_DEPTH_MAX deep, no duplicate members, no U+0000, one value.
 * NULL and *error (static text) otherwise. The tree is the caller's: json_decref. */
json_t *parse_json(const char *, size_t length, const char **error);
/* The same the other way, without spaces; sorted: members by name, so that what is equal reads
 * alike. */
char *print_json(struct arena *, const json_t *, size_t *length);
char *print_json_sorted(struct arena *, const json_t *, size_t *length);

json_t *member_value(const json_t *object, const char *name);	 /* NULL: absent or null */
const char *member_text(const json_t *object, const char *name); /* NULL: absent or not a string */
bool member_integer(
    const json_t *object, const char *name, int64_t *out); /* false: absent or not an integer */
bool member_boolean(const json_t *object, const char *name, bool otherwise);
const json_t *member_array(
    const json_t *object, const char *name); /* NULL: absent or not an array */
const json_t *member_object(const json_t *object, const char *name);

#endif
