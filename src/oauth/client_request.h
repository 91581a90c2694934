/* What the token, introspection and revocation endpoints share: a form, POSTed by a client. */
#ifndef OAUTH_CLIENT_REQUEST_H
#define OAUTH_CLIENT_REQUEST_H

#include <stdbool.h>

#include "async/call.h"
#include "clients/clients.h"
#include "oauth/errors.h"
#include "web/form.h"

enum client_need {
	CLIENT_ANY,	    /* public clients may ask, too */
	CLIENT_CONFIDENTIAL /* only one that can authenticate */
};

/*
 * In this order: no secrets in the query (T-05), a form in the body, no duplicates but of resource
 * and audience, a client that is who it says. May wait.
 */
bool client_request_read(struct call *, enum client_need, struct form *form,
    const struct client **client, struct oauth_error *);
/* The same for a client that asks about a token: its parameter `token` (RFC 7009, 2.1; RFC
 * 7662, 2.1). token_type_hint may be ignored, and is. */
bool client_request_read_token(struct call *, enum client_need, const struct client **client,
    const char **token, struct oauth_error *);

#endif
