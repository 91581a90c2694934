/*
 * OAuth errors: one table of codes, and the only writer of error bodies (RFC 6749 5.2, 4.1.2.1;
 * RFC 6750 3.1; OpenID Connect Core 3.1.2.6; OpenID Connect Core Error Code
 * unmet_authentication_requirements 1.0).
 */
#ifndef OAUTH_ERRORS_H
#define OAUTH_ERRORS_H

#include <stdbool.h>

#include "async/call.h"
#include "web/reply.h"

enum oauth_error_code {
	OAUTH_NO_ERROR,
	OAUTH_INVALID_REQUEST,
	OAUTH_INVALID_CLIENT,
	OAUTH_INVALID_GRANT,
	OAUTH_UNAUTHORIZED_CLIENT,
	OAUTH_UNSUPPORTED_GRANT_TYPE,
	OAUTH_INVALID_SCOPE,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE,
	OAUTH_ACCESS_DENIED,
	OAUTH_SERVER_ERROR,
	OAUTH_TEMPORARILY_UNAVAILABLE,
	OAUTH_LOGIN_REQUIRED,
	OAUTH_CONSENT_REQUIRED,
	OAUTH_INTERACTION_REQUIRED,
	OAUTH_REQUEST_NOT_SUPPORTED,
	OAUTH_REQUEST_URI_NOT_SUPPORTED,
	OAUTH_REGISTRATION_NOT_SUPPORTED,
	OAUTH_UNMET_AUTHENTICATION_REQUIREMENTS,
	OAUTH_INVALID_TOKEN,
	OAUTH_INSUFFICIENT_SCOPE,
	OAUTH_TOO_MANY_FAILURES /* temporarily_unavailable, but 429: it is the client's doing */
};

struct oauth_error {
	enum oauth_error_code code;
	const char
	    *description;     /* for the client: ASCII, no quotes or backslashes (RFC 6749, 5.2) */
	const char *reason;   /* for log and audit: distinct, "code_reuse" */
	unsigned retry_after; /* seconds; 0: the code says whether to try again */
	const char *scope;    /* insufficient_scope: what is needed (RFC 6750, 3); else NULL */
};

/* Fills *error and returns false, so that `return (oauth_fail(error, ...))` reads well. */
bool oauth_fail(
    struct oauth_error *, enum oauth_error_code, const char *reason, const char *description);
/* As oauth_fail, insufficient_scope: scope is what the access token lacks. */
bool oauth_fail_for_scope(
    struct oauth_error *, const char *scope, const char *reason, const char *description);
/* As oauth_fail, after a wait whose failure sticks to the call: temporarily_unavailable or
 * server_error. */
bool oauth_fail_for_us(struct call *, struct oauth_error *);
const char *oauth_error_name(enum oauth_error_code);
/* The status of a JSON answer with this code. */
int oauth_error_status(enum oauth_error_code);
/* Sets call->reason to "<code>.<reason>". */
void oauth_error_note(struct call *, const struct oauth_error *);

/*
 * JSON body of the token, introspection and revocation endpoints; 401 with WWW-Authenticate: Basic
 * for invalid_client (RFC 9110, 15.5.2 wants it with every 401); 503 or 429 (RFC 6585, 4) with
 * Retry-After for temporarily_unavailable. Sets call->reason.
 */
struct reply oauth_error_reply(struct call *, const struct oauth_error *);
/*
 * WWW-Authenticate: Bearer of protected resources (userinfo). code OAUTH_NO_ERROR: no token was
 * sent, no error attribute (RFC 6750, 3). What is our own fault is answered as by
 * oauth_error_reply: no other token would help.
 */
struct reply oauth_bearer_error_reply(struct call *, const struct oauth_error *);
/*
 * An HTML page that a person understands: what happened, what to do, the request id as reference.
 * Never redirects. status 400 or more.
 */
struct reply oauth_error_page(struct call *, int status, const struct oauth_error *);

#endif
