/* The parameters of an authorization request, as they came (RFC 6749, 4.1.1; OpenID Connect Core,
 * 3.1.2.1). */
#ifndef OAUTH_AUTHORIZE_REQUEST_H
#define OAUTH_AUTHORIZE_REQUEST_H

#include <stdbool.h>

#include "async/call.h"
#include "web/form.h"

/* NULL: absent or empty. Borrowed from the form. */
struct authorize_request {
	const char *client_id, *redirect_uri;
	const char *response_type, *response_mode;
	const char *scope, *state, *nonce;
	const char *code_challenge, *code_challenge_method;
	const char *prompt, *max_age, *id_token_hint, *login_hint, *ui_locales;
	const char *claims;
	const char *request, *request_uri, *registration;
	bool has_two_targets; /* client_id or redirect_uri is there twice */
	bool has_two_states;
	bool has_duplicates; /* of known parameters */
};

/* Is it a parameter that has a meaning, if not an effect? Others are ignored (RFC 6749, 3.1). */
bool authorize_request_knows(const char *name);

void authorize_request_parse(const struct form *, struct authorize_request *out);

/* The fields of the query and, for POST, of the body: a name that is in both is there twice.
 * end_session takes its parameters in the same way. */
enum form_error request_form_read(struct call *, struct form *out);

#endif
