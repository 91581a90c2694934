/* grant_type=refresh_token: RFC 6749, 6; rotation with reuse detection (RFC 9700, 4.14). */
#include "oauth/grants.h"

#include "base/text.h"
#include "grants/refresh_tokens.h"
#include "oauth/scopes.h"
#include "realms/realms.h"

static bool
token_refuse(struct oauth_error *error, const char *reason)
{
	return (oauth_fail(error, OAUTH_INVALID_GRANT, reason,
	    "The refresh token is not valid, has expired, or was revoked."));
}

static bool
token_use(struct call *call, const struct refresh_token *token, const struct client *client,
    bool rotate, struct grant *grant, struct oauth_error *error)
{
	switch (refresh_tokens_use(call, token, &client->id, rotate, grant)) {
	case REFRESH_OK:
	case REFRESH_RETRIED:
		return (true);
	case REFRESH_REUSED:
		return (token_refuse(error, "refresh_token_reuse"));
	case REFRESH_REFUSED:
		return (token_refuse(error, "refresh_token_refused"));
	case REFRESH_FAILED:
		break;
	}
	return (oauth_fail_for_us(call, error));
}

/* A part of what was granted, never more (F-04). */
static bool
scope_check(const char *asked, const char *granted, struct oauth_error *error)
{
	if (!scopes_are_well_formed(asked))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_malformed",
		    "The scope is not a list of words with single spaces."));
	if (!text_list_within(asked, granted))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_not_granted",
		    "The scope goes beyond what was granted."));
	return (true);
}

/* What the client and the realm allow today may be less than when the grant began (F-06). */
static bool
scope_narrow(struct call *call, const struct client *client, const char *wanted,
    const char **scope, struct oauth_error *error)
{
	*scope = scopes_allowed(call->arena, wanted, client->scope, call->realm->scopes);
	if (wanted[0] != '\0' && (*scope)[0] == '\0')
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_no_longer_allowed",
		    "Nothing of this scope is allowed any more."));
	return (true);
}

static bool
authorize(struct call *call, const struct token_request *request, struct token_order *order,
    struct oauth_error *error)
{
	const char *text = form_value(request->form, "refresh_token");
	const char *asked = form_value(request->form, "scope");
	struct refresh_token token;
	struct grant *grant;

	if (text == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "refresh_token_missing",
		    "The parameter refresh_token is missing."));
	if (!refresh_tokens_open(call, text, &token)) {
		if (call->failure != RESULT_OK)
			return (oauth_fail_for_us(call, error));
		return (token_refuse(error, "refresh_token_unknown"));
	}
	grant = arena_alloc(call->arena, sizeof(*grant));
	/* Looked at before it is spent: a wrong scope must not cost the client its token. */
	if (asked != NULL &&
	    (!token_use(call, &token, request->client, false, grant, error) ||
		!scope_check(asked, grant->scope, error)))
		return (false);
	if (!token_use(call, &token, request->client, true, grant, error))
		return (false);
	order->grant = grant;
	return (scope_narrow(call, request->client, asked != NULL ? asked : grant->scope,
	    &order->scope, error));
}

const struct grant_type grant_refresh_token = {
	.name = "refresh_token",
	.client_grant = CLIENT_GRANT_REFRESH_TOKEN,
	.need = CLIENT_ANY,
	.parameters = {"refresh_token", "scope"},
	.authorize = authorize,
};
