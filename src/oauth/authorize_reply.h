/* How an answer gets back to the client: the TABLE of response modes (OAuth 2.0 Multiple Response
 * Type Encoding Practices, 2.1; OAuth 2.0 Form Post Response Mode). */
#ifndef OAUTH_AUTHORIZE_REPLY_H
#define OAUTH_AUTHORIZE_REPLY_H

#include <stddef.h>

#include "async/call.h"
#include "oauth/errors.h"
#include "web/reply.h"

enum { AUTHORIZE_PARAMETERS_MAX = 4, AUTHORIZE_ANSWER_MAX = 32 * 1024 };

/* name NULL ends the list; a NULL value is left out. */
struct authorize_parameter {
	const char *name, *value;
};

struct response_mode {
	const char *name;
	struct reply (*send)(
	    struct call *, const char *redirect_uri, const struct authorize_parameter *);
};

/* The first one is for requests that do not say. */
extern const struct response_mode response_modes[];
extern const size_t response_modes_count;

/* NULL for one that is not spoken here. */
const struct response_mode *response_mode_find(const char *name);

/* Where and how to answer: client and redirect_uri have been checked. */
struct authorize_target {
	const struct response_mode *mode;
	const char *redirect_uri;
	const char *state; /* NULL when none */
};

/* Both carry iss (RFC 9207). */
struct reply authorize_reply_code(struct call *, const struct authorize_target *, const char *code);
/* Sets call->reason. */
struct reply authorize_reply_error(
    struct call *, const struct authorize_target *, const struct oauth_error *);

/* scheme://host[:port] of a URI, or "scheme:" of one without authority, for form-action. */
const char *uri_origin(struct arena *, const char *uri);

#endif
