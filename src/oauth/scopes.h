/* The standard scopes of OpenID Connect Core, 5.4, and the claims that each of them opens. */
#ifndef OAUTH_SCOPES_H
#define OAUTH_SCOPES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "people/users.h"

enum { SCOPE_BYTES_MAX = 1024, SCOPE_CLAIMS_MAX = 8 };

enum claim_kind {
	CLAIM_TEXT,	     /* const char * of struct user */
	CLAIM_SECONDS,	     /* microseconds of struct user, written as seconds */
	CLAIM_EMAIL_VERIFIED /* only beside an e-mail address */
};

struct claim {
	const char *name; /* NULL ends the list */
	enum claim_kind kind;
	size_t offset; /* in struct user */
};

struct scope {
	const char *name;
	struct claim claims[SCOPE_CLAIMS_MAX + 1];
};

/* All of them are about a person: a client by itself cannot have them (T-07). */
extern const struct scope scopes[];
extern const size_t scopes_count;

/* scope-token *( SP scope-token ), at most SCOPE_BYTES_MAX (RFC 6749, 3.3). */
bool scopes_are_well_formed(const char *list);
/* What of `asked` the client is registered for, in the order asked; of scopes[] only what the realm
 * offers. */
char *scopes_allowed(
    struct arena *, const char *asked, const char *of_client, const char *of_realm);
/* Has the list a word of scopes[]? */
bool scopes_have_personal(const char *list);
/* The list without the words of scopes[]. */
char *scopes_without_personal(struct arena *, const char *list);
/* The list without one word. */
char *scopes_without(struct arena *, const char *list, const char *word);

/* Claims of the user that the granted scopes open; those without a value are left out. */
void scopes_write_claims(struct json_writer *, const char *granted, const struct user *);
/* Their names, as array elements, for every scope in the list. */
void scopes_write_claim_names(struct json_writer *, const char *list);

#endif
