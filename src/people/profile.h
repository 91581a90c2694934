/* A document that sets standard claims of a person: a JSON object of their names and values. What
 * may be set, and how long, is in the table of standard_claims.c. */
#ifndef PEOPLE_PROFILE_H
#define PEOPLE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "base/arena.h"
#include "base/ids.h"
#include "base/json.h"

enum { PROFILE_PROBLEMS_MAX = 32 };

struct profile_problem {
	const char *member;    /* "birthdate", "address.locality" */
	const char *complaint; /* "is not a date": follows the member in a sentence */
};

struct profile_change {
	const char *document; /* as profile_set takes it */
	struct profile_problem problems[PROFILE_PROBLEMS_MAX];
	size_t problem_count;
};

/*
 * True when it may be set; else out has every problem of the document (PROFILE_PROBLEMS_MAX at
 * most). null clears. An address or number that is set without its "verified" is not verified.
 */
bool profile_read(struct arena *, const json_t *document, struct profile_change *out);
/* NULL, or why this text cannot be the value of that claim. */
const char *profile_text_complaint(struct arena *, const char *claim, const char *text);

/* Writes it, with an audit event in the same statement. RESULT_NOT_FOUND: no such person.
 * RESULT_CONFLICT: the e-mail address is somebody else's. */
enum result profile_set(
    struct call *, const struct uuid *user, const struct profile_change *, const char *reason);

#endif
