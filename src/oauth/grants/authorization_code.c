/* grant_type=authorization_code: RFC 6749, 4.1.3; RFC 7636, 4.5; OpenID Connect Core, 3.1.3. */
#include "oauth/grants.h"

#include "base/text.h"
#include "grants/codes.h"
#include "oauth/pkce.h"

/* One description for all causes: an attacker learns nothing from it (T-03). */
static bool
code_refuse(struct oauth_error *error, const char *reason)
{
	return (oauth_fail(error, OAUTH_INVALID_GRANT, reason,
	    "The authorization code is not valid, was used before, or belongs to another "
	    "request."));
}

/* One that the authorization request left out may be sent all the same: then it is the registered
 * one that was taken (RFC 6749, 4.1.3). */
static bool
has_right_redirect_uri(const struct authorization_code *code, const struct token_request *request)
{
	const char *sent = form_value(request->form, "redirect_uri");

	if (code->redirect_uri == NULL)
		return (sent == NULL || clients_has_redirect_uri(request->client, sent));
	return (text_equal(code->redirect_uri, sent));
}

/* What binds the code to this client, this request and this browser; NULL when all is right. */
static const char *
binding_fault(
    struct call *call, const struct authorization_code *code, const struct token_request *request)
{
	const char *verifier = form_value(request->form, "code_verifier");

	if (!uuid_equal(&code->client, &request->client->id))
		return ("code_of_other_client");
	if (!has_right_redirect_uri(code, request))
		return ("code_with_other_redirect_uri");
	if (code->code_challenge == NULL)
		return (verifier != NULL ? "verifier_without_challenge" : NULL);
	if (verifier == NULL)
		return ("verifier_missing");
	if (!pkce_matches(call->arena, verifier, code->code_challenge))
		return ("verifier_wrong");
	return (NULL);
}

static bool
code_redeem(struct call *call, const struct client *client, const struct authorization_code *code,
    struct grant *grant, struct oauth_error *error)
{
	switch (codes_redeem(call, code, client, grant)) {
	case REDEEM_OK:
		return (true);
	case REDEEM_USED:
		return (code_refuse(error, "code_reuse"));
	case REDEEM_EXPIRED:
		return (code_refuse(error, "code_expired"));
	case REDEEM_NOT_ALLOWED:
		return (code_refuse(error, "code_no_longer_allowed"));
	case REDEEM_FAILED:
		break;
	}
	return (oauth_fail_for_us(call, error));
}

static bool
authorize(struct call *call, const struct token_request *request, struct token_order *order,
    struct oauth_error *error)
{
	const char *text = form_value(request->form, "code"), *fault;
	struct authorization_code code;
	struct grant *grant;

	if (text == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "code_missing",
		    "The parameter code is missing."));
	if (!codes_open(call, text, &code)) {
		if (call->failure != RESULT_OK)
			return (oauth_fail_for_us(call, error));
		return (code_refuse(error, "code_unknown"));
	}
	if ((fault = binding_fault(call, &code, request)) != NULL) {
		if (codes_burn(call, &code, fault) != RESULT_OK)
			return (oauth_fail_for_us(call, error));
		return (code_refuse(error, fault));
	}
	grant = arena_alloc(call->arena, sizeof(*grant));
	if (!code_redeem(call, request->client, &code, grant, error))
		return (false);
	order->grant = grant;
	order->scope = grant->scope;
	order->nonce = code.nonce;
	return (true);
}

const struct grant_type grant_authorization_code = {
    .name = "authorization_code",
    .client_grant = CLIENT_GRANT_AUTHORIZATION_CODE,
    .need = CLIENT_ANY,
    .parameters = {"code", "redirect_uri", "code_verifier"},
    .authorize = authorize,
};
