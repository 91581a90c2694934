/* The claims parameter: which claims a client asks for one by one (OpenID Connect Core, 5.5). */
#ifndef OAUTH_CLAIMS_REQUEST_H
#define OAUTH_CLAIMS_REQUEST_H

#include <stdbool.h>

#include "base/arena.h"

enum { CLAIM_VALUES_MAX = 32 }; /* of sub and of acr */

/* Lists are space-separated and in the arena. */
struct claims_request {
	/* Known claims (standard_claims.h) of allowed scopes, each name once, with digests of the
	 * values that it may have; NULL when none. */
	const char *id_token, *userinfo;
	/* The scopes that open them; NULL when none. */
	const char *scopes;
	/* Who it is about, where sub is asked for with a value: one of these. "": nobody can be
	 * it, since no account of ours is called so, or the wishes contradict each other. NULL:
	 * anybody. */
	const char *subject;
	/* acr as an essential claim of the ID token, with values: one of these (5.5.1.1). NULL: any
	 * will do. */
	const char *acr;
};

/*
 * json: at most JSON_BYTES_MAX. allowed: the scopes that this client may ask for here; claims of
 * others are ignored, as are unknown claims and members. false: not JSON, or something of it has
 * the wrong type, or there are too many values or names; *out is untouched.
 */
bool claims_request_parse(
    struct arena *, const char *json, const char *allowed, struct claims_request *out);

#endif
