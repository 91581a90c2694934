/* Grant types of the token endpoint. The endpoint owns the shared phases; a grant only decides. */
#ifndef OAUTH_GRANTS_H
#define OAUTH_GRANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "clients/clients.h"
#include "oauth/client_request.h"
#include "oauth/errors.h"
#include "tokens/tokens.h"
#include "web/form.h"

enum { GRANT_PARAMETERS_MAX = 8 };

/* Client authenticated, grant type allowed for it. form holds the grant's own parameters only. */
struct token_request {
	const struct client *client;
	const struct form *form;
};

/* (struct grant is what a person let a client do: grants/grants.h.) */
struct grant_type {
	const char *name;      /* the value of grant_type */
	unsigned client_grant; /* CLIENT_GRANT_*, what the client must be registered for */
	enum client_need need;
	const char *parameters[GRANT_PARAMETERS_MAX + 1]; /* what it reads; NULL ends */
	/* Fills *order, whose client is set already, or *error. */
	bool (*authorize)(struct call *, const struct token_request *, struct token_order *order,
	    struct oauth_error *);
};

extern const struct grant_type grant_authorization_code;
extern const struct grant_type grant_refresh_token;
extern const struct grant_type grant_client_credentials;

extern const struct grant_type *const grant_types[];
extern const size_t grant_types_count;

/* NULL for one that is not spoken here. */
const struct grant_type *grant_type_find(const char *name);

#endif
