/* application/x-www-form-urlencoded, from queries and bodies: bounded, strict, duplicates seen
 * (T-10, A-02). */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "base/arena.h"

enum { FORM_FIELDS_MAX = 100, FORM_BYTES_MAX = 65536 };

struct form_field {
	const char *name, *value; /* decoded UTF-8; an empty value is "" */
};

struct form {
	struct form_field *fields;
	size_t count;
};

enum form_error {
	FORM_OK,
	FORM_TOO_LARGE,
	FORM_TOO_MANY_FIELDS,
	FORM_BAD_ENCODING, /* invalid %, UTF-8, NUL, control byte */
	FORM_WRONG_TYPE /* form_from_body: content type is not application/x-www-form-urlencoded */
};

enum form_error form_parse(struct arena *, const char *, size_t length, struct form *out);
enum form_error form_from_query(struct call *, struct form *out); /* no query gives an empty form */
enum form_error form_from_body(struct call *, struct form *out);
const char *form_error_text(enum form_error); /* a sentence for error_description */
const char *form_value(const struct form *,
    const char *name); /* first; NULL when absent or empty (RFC 6749, 3.1: empty is as omitted) */
const char *form_duplicate(const struct form *); /* name of a field that is there twice, or NULL */
/* The same, but for the fields named in a space-separated list. */
const char *form_duplicate_except(const struct form *, const char *repeatable);

#endif
