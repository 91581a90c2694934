/* THE TABLE of standard claims of a person (OpenID Connect Core, 5.1), the scopes that open them
 * (5.4), and what may be set. */
#ifndef PEOPLE_STANDARD_CLAIMS_H
#define PEOPLE_STANDARD_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "people/claim_forms.h"
#include "people/users.h"

enum claim_kind {
	CLAIM_TEXT,	/* const char * of struct user */
	CLAIM_VERIFIED, /* bool of struct user, about a text: only beside it */
	CLAIM_SECONDS,	/* microseconds of struct user, written as seconds */
	CLAIM_ADDRESS	/* const char * of struct user: a JSON object (5.1.1) */
};

struct standard_claim {
	const char *name; /* also of the column, unless nobody sets it */
	const char *scope;
	enum claim_kind kind;
	size_t offset; /* in struct user */
	size_t about;  /* CLAIM_VERIFIED: offset of the text that it is about */
	/* Of a text: most bytes, and its form; NULL: nobody sets it. */
	size_t bytes_max;
	const struct claim_form *form;
};

/* Bytes that standard_claims_write writes at most for values of the table's sizes. */
enum { CLAIMS_OF_PERSON_MAX = 10000 };

extern const struct standard_claim standard_claims[];
extern const size_t standard_claims_count;

/*
 * Claims that are asked for one by one are words of a list: "email", or "email=x,y", where x and y
 * are digests of the values that it may have (OpenID Connect Core, 5.5.1), so that no list grows
 * with them. "email=": none will do.
 */
enum { CLAIM_DIGEST_TEXT = 16 };
/* Of a value as JSON, whatever the order of its members. */
char *standard_claims_digest(struct arena *, const json_t *value);

/* NULL: none of the table. */
const struct standard_claim *standard_claims_find(const char *name);
/* Those of the scopes and those of the names (either list may be NULL), each once, in the order of
 * the table; what has no value, or another than its name asks for, is left out. */
void standard_claims_write(
    struct json_writer *, const struct user *, const char *scopes, const char *names);
/* Of the names those whose scope both lists have: what a client may learn of what it asked for one
 * by one. names NULL: "". */
char *standard_claims_within(
    struct arena *, const char *names, const char *of_client, const char *of_realm);

#endif
