/* Is an authorization request as it must be? One table, in the order of validation; no I/O. */
#ifndef OAUTH_AUTHORIZE_CHECKS_H
#define OAUTH_AUTHORIZE_CHECKS_H

#include <stdbool.h>

#include "base/arena.h"
#include "clients/clients.h"
#include "login/flow.h"
#include "oauth/authorize_reply.h"
#include "oauth/authorize_request.h"
#include "oauth/errors.h"

/* What is spoken here, for discovery; space-separated. */
#define AUTHORIZE_RESPONSE_TYPES "code"
#define AUTHORIZE_PROMPTS "none login consent select_account"
#define AUTHORIZE_DISPLAYS "page"

/* Bytes. What together does not fit into a sealed flow (FLOW_SEALED_MAX) is refused too. */
enum {
	AUTHORIZE_STATE_MAX = 4096,
	AUTHORIZE_NONCE_MAX = 255,
	AUTHORIZE_LOGIN_HINT_MAX = 254,
	AUTHORIZE_UI_LOCALES_MAX = 200
};

/* A request that was understood, and what became of it so far. */
struct authorize_plan {
	const struct client *client;
	struct flow flow;
	bool prompt_none;
};

struct authorize_checked {
	struct arena *arena;
	const struct authorize_request *request;
	const struct client *client; /* NULL: unknown or disabled */
	const char *realm_scopes;
};

enum authorize_verdict {
	AUTHORIZE_FINE,
	AUTHORIZE_REFUSED_BY_PAGE, /* client or redirect_uri is wrong: never redirect
				    */
	AUTHORIZE_REFUSED_BY_REDIRECT /* plan says where to and how */
};

/* Fills *plan as far as the request is right, and *error unless all is fine. */
enum authorize_verdict authorize_check(
    const struct authorize_checked *, struct authorize_plan *, struct oauth_error *);

/* Where the plan's answer goes. */
struct authorize_target authorize_target(const struct authorize_plan *);

#endif
