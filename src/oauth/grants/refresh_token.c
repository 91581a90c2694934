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
    struct grant *grant, struct oauth_error *error)
{
	switch (refresh_tokens_use(call, token, client, grant)) {
	case REFRESH_OK:
	case REFRESH_RETRIED:
		return (true);
	case REFRESH_REUSED:
		return (token_refuse(error, "refresh_token_reuse"));
	case REFRESH_REFUSED:
		/* The room of the grants knows which of the reasons it was. */
		return (token_refuse(
		    error, call->reason != NULL ? call->reason : "refresh_token_refused"));
	case REFRESH_FAILED:
		break;
	}
	return (oauth_fail_for_us(call, error));
}

/* A part of what was granted, never more (F-04). What client and realm allow today may be less than
 * when the grant began (F-06). */
static bool
scope_choose(struct call *call, const struct client *client, const char *asked, const char *granted,
    const char **scope, struct oauth_error *error)
{
	if (asked != NULL && !text_list_within(asked, granted))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_not_granted",
		    "The scope goes beyond what was granted."));
	*scope = scopes_allowed(
	    call->arena, asked != NULL ? asked : granted, client->scope, call->realm->scopes);
	if (granted[0] != '\0' && (*scope)[0] == '\0')
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_no_longer_allowed",
		    "Nothing of this scope is allowed any more."));
	return (true);
}

/* A grant outlives its session for as long only as client and realm allow that (F-06). */
static bool
may_be_offline(struct call *call, const struct client *client)
{
	const char *offline =
	    scopes_allowed(call->arena, "offline_access", client->scope, call->realm->scopes);

	return (offline[0] != '\0');
}

/* A wrong scope must not cost the client its token: it is asked for before that is spent. A token
 * that is not good is for token_use to judge. */
static bool
scope_check(struct call *call, const struct client *client, const struct refresh_token *token,
    const char *asked, struct oauth_error *error)
{
	struct refresh_token_view view;
	const char *scope;

	if (asked == NULL)
		return (true);
	if (!scopes_are_well_formed(asked))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_malformed",
		    "The scope is not a list of words with single spaces."));
	if (!text_list_within(
		asked, scopes_allowed(call->arena, asked, client->scope, call->realm->scopes)))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_not_allowed",
		    "The scope goes beyond what this client may ask for."));
	switch (refresh_tokens_look(call, token, client, &view)) {
	case REFRESH_OK:
	case REFRESH_RETRIED:
		return (scope_choose(call, client, asked, view.grant.scope, &scope, error));
	case REFRESH_REUSED:
	case REFRESH_REFUSED:
		return (true);
	case REFRESH_FAILED:
		break;
	}
	return (oauth_fail_for_us(call, error));
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
	if (!scope_check(call, request->client, &token, asked, error))
		return (false);
	grant = arena_alloc(call->arena, sizeof(*grant));
	if (!token_use(call, &token, request->client, grant, error))
		return (false);
	if (grant->is_offline && !may_be_offline(call, request->client))
		return (token_refuse(error, "offline_access_no_longer_allowed"));
	order->grant = grant;
	return (scope_choose(call, request->client, asked, grant->scope, &order->scope, error));
}

const struct grant_type grant_refresh_token = {
    .name = "refresh_token",
    .client_grant = CLIENT_GRANT_REFRESH_TOKEN,
    .need = CLIENT_ANY,
    .parameters = {"refresh_token", "scope"},
    .authorize = authorize,
};
