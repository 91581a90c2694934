/* grant_type=client_credentials: RFC 6749, 4.4. The client by itself: nothing about a person. */
#include "oauth/grants.h"

#include "base/text.h"
#include "oauth/scopes.h"
#include "realms/realms.h"

static bool
authorize(struct call *call, const struct token_request *request, struct token_order *order,
    struct oauth_error *error)
{
	const struct client *client = request->client;
	const char *asked = form_value(request->form, "scope"), *allowed;

	allowed = scopes_without_personal(call->arena,
	    scopes_allowed(call->arena, client->scope, client->scope, call->realm->scopes));
	order->scope = allowed;
	if (asked == NULL)
		return (true);
	if (!scopes_are_well_formed(asked))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_malformed",
		    "The scope is not a list of words with single spaces."));
	if (scopes_have_personal(asked))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_of_a_person",
		    "The scope asks for something about a person, but nobody signed in."));
	if (!text_list_within(asked, allowed))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_not_allowed",
		    "The scope goes beyond what this client may ask for."));
	order->scope = text_list_intersect(call->arena, asked, allowed);
	return (true);
}

const struct grant_type grant_client_credentials = {
    .name = "client_credentials",
    .client_grant = CLIENT_GRANT_CLIENT_CREDENTIALS,
    .need = CLIENT_CONFIDENTIAL,
    .parameters = {"scope"},
    .authorize = authorize,
};
