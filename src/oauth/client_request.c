/* Shared phases of every endpoint that clients POST to. */
#include "oauth/client_request.h"

#include <stddef.h>

#include "base/log.h"
#include "oauth/client_auth.h"
#include "web/request.h"

/* What must never be in a URL, where logs and histories keep it. */
static const char *const secret_parameters[] = {
    "client_secret",
    "client_assertion",
    "code",
    "code_verifier",
    "refresh_token",
    "access_token",
    "token",
    "username",
    "password",
};

/* A client may name several of what its token is for (RFC 8707, 2; RFC 8693, 2.1). */
static const char repeatable[] = "resource audience";

static bool
form_fail(struct oauth_error *error, enum form_error form_error)
{
	return (oauth_fail(
	    error, OAUTH_INVALID_REQUEST, "form_malformed", form_error_text(form_error)));
}

static bool
query_check(struct call *call, struct oauth_error *error)
{
	enum form_error form_error;
	struct form query;
	size_t i, k;

	if ((form_error = form_from_query(call, &query)) != FORM_OK)
		return (form_fail(error, form_error));
	for (i = 0; i < query.count; i++) {
		for (k = 0; k < sizeof(secret_parameters) / sizeof(secret_parameters[0]); k++) {
			if (!text_equal(query.fields[i].name, secret_parameters[k]))
				continue;
			log_warning("credentials in a query",
			    FIELD("parameter", secret_parameters[k]),
			    FIELD("path", call->request->path));
			return (oauth_fail(error, OAUTH_INVALID_REQUEST, "credentials_in_query",
			    "Credentials and tokens must be in the body, not in the URL."));
		}
	}
	return (true);
}

bool
client_request_read(struct call *call, enum client_need need, struct form *form,
    const struct client **client, struct oauth_error *error)
{
	enum form_error form_error;

	if (!query_check(call, error))
		return (false);
	if ((form_error = form_from_body(call, form)) != FORM_OK)
		return (form_fail(error, form_error));
	if (form_duplicate_except(form, repeatable) != NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "duplicate_parameter",
		    "A parameter is there more than once."));
	if (!client_authenticate(call, form, client, error))
		return (false);
	if (need == CLIENT_CONFIDENTIAL && (*client)->auth_method == CLIENT_AUTH_NONE)
		return (client_auth_refuse(error, "client_is_public"));
	return (true);
}

bool
client_request_read_token(struct call *call, enum client_need need, const struct client **client,
    const char **token, struct oauth_error *error)
{
	struct form form;

	if (!client_request_read(call, need, &form, client, error))
		return (false);
	if ((*token = form_value(&form, "token")) == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "token_missing",
		    "The parameter token is missing."));
	return (true);
}
