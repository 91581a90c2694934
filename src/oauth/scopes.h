/* Scopes. The standard ones of OpenID Connect Core, 5.4, are about a person: a client by itself
 * cannot have them (T-07). The claims that they open are in people/standard_claims.h. */
#ifndef OAUTH_SCOPES_H
#define OAUTH_SCOPES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"

enum { SCOPE_BYTES_MAX = 1024 };

/* scope-token *( SP scope-token ), at most SCOPE_BYTES_MAX (RFC 6749, 3.3). */
bool scopes_are_well_formed(const char *list);
/* What of `asked` the client is registered for, in the order asked; of the standard ones only what
 * the realm offers. */
char *scopes_allowed(
    struct arena *, const char *asked, const char *of_client, const char *of_realm);
/* Has the list a standard scope? */
bool scopes_have_personal(const char *list);
/* The list without standard scopes. */
char *scopes_without_personal(struct arena *, const char *list);
/* The list without one word. */
char *scopes_without(struct arena *, const char *list, const char *word);

/* Names of claims, as array elements, for every scope in the list. */
void scopes_write_claim_names(struct json_writer *, const char *list);

#endif
