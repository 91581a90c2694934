/* Client authentication at the token, introspection and revocation endpoints (RFC 6749, 2.3). */
#ifndef OAUTH_CLIENT_AUTH_H
#define OAUTH_CLIENT_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "clients/clients.h"
#include "oauth/errors.h"
#include "web/form.h"

/* What a request brings along to show who is asking. */
struct client_proof {
	const char *client_id;
	const char *secret; /* NULL: none, the client only names itself */
};

/* One method of client authentication. A row of client_authentications[]. */
struct client_authentication {
	enum client_auth_method method;
	const char *name; /* as in RFC 7591 metadata */
	/* Does this request try it? Two that say yes make the request invalid. */
	bool (*is_tried)(struct call *, const struct form *);
	bool (*read)(
	    struct call *, const struct form *, struct client_proof *out, struct oauth_error *);
};

extern const struct client_authentication client_authentication_basic;
extern const struct client_authentication client_authentication_post;
extern const struct client_authentication client_authentication_none;

extern const struct client_authentication *const client_authentications[];
extern const size_t client_authentications_count;

/*
 * Exactly the registered method, used rightly (C-01). An unknown client, another method and a wrong
 * secret get the same answer. Sets call->client_id. May wait.
 */
bool client_authenticate(
    struct call *, const struct form *, const struct client **out, struct oauth_error *);

/* invalid_client with the one description that all its causes share. */
bool client_auth_refuse(struct oauth_error *, const char *reason);

/* "Basic " + base64(form-encoded id ":" form-encoded secret), strictly (C-06). */
bool client_secret_basic_parse(struct arena *, const char *header, struct client_proof *out);

#endif
