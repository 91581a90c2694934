/* Client authentication at the token, introspection and revocation endpoints (RFC 6749, 2.3). */
#ifndef OAUTH_CLIENT_AUTH_H
#define OAUTH_CLIENT_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "clients/clients.h"
#include "oauth/errors.h"
#include "web/form.h"

struct client_assertion; /* private_key_jwt.c */

/* What a request brings along to show who is asking: what its method reads. */
struct client_proof {
	const char *client_id;
	const char *secret;
	/* As it came, where that differs: of who does not form-encode what is in a Basic header.
	 * NULL: it does not. */
	const char *raw_secret;
	const struct client_assertion *assertion;
};

/* One method of client authentication. A row of client_authentications[]. */
struct client_authentication {
	enum client_auth_method method;
	const char *name; /* as in RFC 7591 metadata */
	/* Does this request try it? Two that say yes make the request invalid. */
	bool (*is_tried)(struct call *, const struct form *);
	/* Fills *out, which is all zero before. */
	bool (*read)(
	    struct call *, const struct form *, struct client_proof *out, struct oauth_error *);
	/* Is the proof that of this client, which is registered for this method? May wait. */
	bool (*verify)(struct call *, const struct client *, const struct client_proof *,
	    struct oauth_error *);
};

extern const struct client_authentication client_authentication_basic;
extern const struct client_authentication client_authentication_post;
extern const struct client_authentication client_authentication_private_key_jwt;
extern const struct client_authentication client_authentication_none;

extern const struct client_authentication *const client_authentications[];
extern const size_t client_authentications_count;

/*
 * Exactly the registered method, used rightly (C-01). An unknown client, another method and a wrong
 * proof get the same answer, and count alike: who failed too often is sent away for the rest of the
 * minute, right or not (C-05). Sets call->client_id. May wait.
 */
bool client_authenticate(
    struct call *, const struct form *, const struct client **out, struct oauth_error *);

/* invalid_client with the one description that all its causes share. */
bool client_auth_refuse(struct oauth_error *, const char *reason);

/* The proof's secret is one that lives. For the methods that read one. */
bool client_secret_verify(
    struct call *, const struct client *, const struct client_proof *, struct oauth_error *);

/* "Basic " + base64(form-encoded id ":" form-encoded secret), strictly (C-06). Many programs leave
 * the encoding out (RFC 7617 knows none): the secret is kept as it came, too. */
bool client_secret_basic_parse(struct arena *, const char *header, struct client_proof *out);

#endif
