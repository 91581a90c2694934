/* The checks of an authorization request (RFC 6749, 4.1.2.1; RFC 7636; OpenID Connect Core,
 * 3.1.2.2). */
#include "oauth/authorize_checks.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "login/factors.h"
#include "oauth/claims_request.h"
#include "oauth/pkce.h"
#include "oauth/scopes.h"

typedef bool authorize_check_fn(
    const struct authorize_checked *, struct authorize_plan *, struct oauth_error *);

static authorize_check_fn check_one_target, check_client, check_redirect_uri;
static authorize_check_fn check_response_mode, check_no_duplicates, check_response_type;
static authorize_check_fn check_request_objects, check_grant, check_lengths, check_scope;
static authorize_check_fn check_pkce, check_prompt, check_max_age, check_claims;

/* THE TABLE, in the order of validation. Until client and redirect_uri are right, a person reads a
 * page; from then on the client is told by redirect. */
static const struct {
	authorize_check_fn *check;
	enum authorize_verdict refusal;
} checks[] = {
    {check_one_target, AUTHORIZE_REFUSED_BY_PAGE},	    /* */
    {check_client, AUTHORIZE_REFUSED_BY_PAGE},		    /* */
    {check_response_mode, AUTHORIZE_REFUSED_BY_PAGE},	    /* how every other refusal travels */
    {check_redirect_uri, AUTHORIZE_REFUSED_BY_PAGE},	    /* */
    {check_no_duplicates, AUTHORIZE_REFUSED_BY_REDIRECT},   /* */
    {check_response_type, AUTHORIZE_REFUSED_BY_REDIRECT},   /* */
    {check_request_objects, AUTHORIZE_REFUSED_BY_REDIRECT}, /* A-10, D-05 */
    {check_grant, AUTHORIZE_REFUSED_BY_REDIRECT},
    {check_lengths, AUTHORIZE_REFUSED_BY_REDIRECT},
    {check_scope, AUTHORIZE_REFUSED_BY_REDIRECT},
    {check_pkce, AUTHORIZE_REFUSED_BY_REDIRECT}, /* P-01 to P-04 */
    {check_prompt, AUTHORIZE_REFUSED_BY_REDIRECT},
    {check_max_age, AUTHORIZE_REFUSED_BY_REDIRECT},
    {check_claims, AUTHORIZE_REFUSED_BY_REDIRECT},
};

static bool
is_longer(const char *value, size_t max)
{
	return (value != NULL && strlen(value) > max);
}

enum authorize_verdict
authorize_check(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const struct authorize_request *request = in->request;
	size_t i;

	memset(plan, 0, sizeof(*plan));
	plan->client = in->client;
	plan->flow.client_id = request->client_id;
	plan->flow.scope = "";
	plan->flow.response_mode = response_modes[0].name;
	if (!request->has_two_states && !is_longer(request->state, AUTHORIZE_STATE_MAX))
		plan->flow.state = request->state;
	plan->flow.nonce = request->nonce;
	plan->flow.login_hint = request->login_hint;
	plan->flow.ui_locales = request->ui_locales;
	plan->flow.max_age = -1;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (!checks[i].check(in, plan, error))
			return (checks[i].refusal);
	}
	return (AUTHORIZE_FINE);
}

struct authorize_target
authorize_target(const struct authorize_plan *plan)
{
	return ((struct authorize_target){response_mode_find(plan->flow.response_mode),
	    plan->flow.redirect_uri, plan->flow.state});
}

static bool
check_one_target(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if (in->request->has_two_targets)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "two_clients_or_redirect_uris",
		    "The application sent two different addresses for the same thing."));
	return (true);
}

static bool
check_client(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if (in->request->client_id == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "client_id_missing",
		    "The application that sent you here did not say who it is."));
	if (in->client == NULL)
		return (oauth_fail(error, OAUTH_INVALID_CLIENT, "unknown_client",
		    "The application that sent you here is not registered."));
	return (true);
}

/* One that was not sent is the only registered one; OpenID Connect wants it sent (Core, 3.1.2.1).
 */
static bool
check_redirect_uri(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const char *uri = in->request->redirect_uri;

	if (uri == NULL &&
	    (in->client->redirect_uri_count != 1 || text_list_has(in->request->scope, "openid")))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "redirect_uri_missing",
		    "The application did not say where you should return to."));
	plan->flow.redirect_uri_was_sent = uri != NULL;
	if (uri == NULL)
		uri = in->client->redirect_uris[0];
	if (!clients_has_redirect_uri(in->client, uri))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "redirect_uri_not_registered",
		    "The address to return to is not registered for this application."));
	plan->flow.redirect_uri = uri;
	return (true);
}

static bool
check_response_mode(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const struct response_mode *mode;

	if (in->request->response_mode == NULL)
		return (true);
	if ((mode = response_mode_find(in->request->response_mode)) == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "response_mode_unknown",
		    "This response_mode is not supported."));
	plan->flow.response_mode = mode->name;
	return (true);
}

static bool
check_no_duplicates(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if (in->request->has_duplicates)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "duplicate_parameter",
		    "A parameter is there more than once."));
	return (true);
}

static bool
check_response_type(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if (in->request->response_type == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "response_type_missing",
		    "The parameter response_type is missing."));
	if (!text_equal(in->request->response_type, AUTHORIZE_RESPONSE_TYPES))
		return (oauth_fail(error, OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type_unknown",
		    "Only response_type code is supported."));
	return (true);
}

static bool
check_request_objects(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if (in->request->request != NULL)
		return (oauth_fail(error, OAUTH_REQUEST_NOT_SUPPORTED, "request_object",
		    "The parameter request is not supported."));
	if (in->request->request_uri != NULL)
		return (oauth_fail(error, OAUTH_REQUEST_URI_NOT_SUPPORTED, "request_uri",
		    "The parameter request_uri is not supported."));
	if (in->request->registration != NULL)
		return (oauth_fail(error, OAUTH_REGISTRATION_NOT_SUPPORTED, "registration",
		    "The parameter registration is not supported."));
	return (true);
}

static bool
check_grant(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	(void)plan;
	if ((in->client->grants & CLIENT_GRANT_AUTHORIZATION_CODE) == 0)
		return (oauth_fail(error, OAUTH_UNAUTHORIZED_CLIENT, "grant_type_not_registered",
		    "This client may not use the authorization code grant."));
	return (true);
}

static bool
check_lengths(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const struct authorize_request *request = in->request;
	const struct {
		const char *value, *reason, *description;
		size_t max;
	} limits[] = {
	    {request->state, "state_too_long", "The state is too long.", AUTHORIZE_STATE_MAX},
	    {request->nonce, "nonce_too_long", "The nonce is too long.", AUTHORIZE_NONCE_MAX},
	    {request->login_hint, "login_hint_too_long", "The login_hint is too long.",
		AUTHORIZE_LOGIN_HINT_MAX},
	    {request->ui_locales, "ui_locales_too_long", "The ui_locales are too long.",
		AUTHORIZE_UI_LOCALES_MAX},
	};
	size_t i;

	(void)plan;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (is_longer(limits[i].value, limits[i].max))
			return (oauth_fail(
			    error, OAUTH_INVALID_REQUEST, limits[i].reason, limits[i].description));
	}
	return (true);
}

/* Words that client or realm do not know are ignored (RFC 6749, 3.3), and offline_access without
 * refresh tokens (OpenID Connect Core, 11); nothing left of something is an error. */
static bool
check_scope(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const char *asked = in->request->scope;

	if (asked == NULL)
		return (true);
	if (!scopes_are_well_formed(asked))
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_malformed",
		    "The scope is not a list of words with single spaces."));
	plan->flow.scope = scopes_allowed(in->arena, asked, in->client->scope, in->realm_scopes);
	if ((in->client->grants & CLIENT_GRANT_REFRESH_TOKEN) == 0)
		plan->flow.scope = scopes_without(in->arena, plan->flow.scope, "offline_access");
	if (plan->flow.scope[0] == '\0')
		return (oauth_fail(error, OAUTH_INVALID_SCOPE, "scope_not_allowed",
		    "This client may ask for nothing of this scope."));
	return (true);
}

/* Only a confidential client that is registered so may do without, and then with a nonce (RFC 9700,
 * 2.1.1), unless it is let off that, too: certification clients send neither. */
static bool
check_no_pkce(const struct authorize_checked *in, struct oauth_error *error)
{
	if (in->request->code_challenge_method != NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "code_challenge_missing",
		    "There is a code_challenge_method without a code_challenge."));
	if (!in->client->policy.may_skip_pkce || in->client->auth_method == CLIENT_AUTH_NONE)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "pkce_required",
		    "This client must use PKCE: code_challenge is missing."));
	if (!in->client->policy.may_skip_nonce &&
	    (in->request->nonce == NULL || !text_list_has(in->request->scope, "openid")))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "pkce_or_nonce_required",
		    "Without PKCE a nonce and the scope openid are required."));
	return (true);
}

static bool
check_pkce(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const struct authorize_request *request = in->request;

	if (request->code_challenge == NULL)
		return (check_no_pkce(in, error));
	if (!text_equal(request->code_challenge_method, PKCE_METHOD))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "code_challenge_method_not_s256",
		    "The code_challenge_method must be S256."));
	if (!pkce_challenge_is_valid(in->arena, request->code_challenge))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "code_challenge_malformed",
		    "The code_challenge must be 43 characters of base64url."));
	plan->flow.code_challenge = request->code_challenge;
	return (true);
}

static bool
check_prompt(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const char *prompt = in->request->prompt;

	if (prompt == NULL)
		return (true);
	if (!text_list_within(prompt, AUTHORIZE_PROMPTS))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "prompt_unknown",
		    "The prompt has a value that is not supported."));
	plan->prompt_none = text_list_has(prompt, "none");
	plan->flow.prompt_login = text_list_has(prompt, "login");
	plan->flow.prompt_consent = text_list_has(prompt, "consent");
	plan->flow.prompt_account = text_list_has(prompt, "select_account");
	if (plan->prompt_none && !text_list_within(prompt, "none"))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "prompt_none_with_others",
		    "The prompt none excludes all others."));
	return (true);
}

static bool
check_max_age(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	long long seconds;

	if (in->request->max_age == NULL)
		return (true);
	if (!text_parse_integer(in->request->max_age, 0, INT32_MAX, &seconds))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "max_age_malformed",
		    "The max_age must be a number of seconds."));
	plan->flow.max_age = seconds;
	return (true);
}

/* The claims parameter is one of OpenID Connect: without the scope openid it is unknown. */
static bool
check_claims(
    const struct authorize_checked *in, struct authorize_plan *plan, struct oauth_error *error)
{
	const char *scope = in->client->scope;
	struct claims_request claims;

	if (in->request->claims == NULL || !text_list_has(plan->flow.scope, "openid"))
		return (true);
	if (!claims_request_parse(in->arena, in->request->claims,
		scopes_allowed(in->arena, scope, scope, in->realm_scopes), &claims))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "claims_malformed",
		    "The parameter claims is not a JSON object as it must be."));
	plan->flow.id_token_claims = claims.id_token;
	plan->flow.userinfo_claims = claims.userinfo;
	plan->flow.claims_scope = claims.scopes;
	plan->flow.hinted_subject = claims.subject;
	if (claims.acr == NULL)
		return (true);
	plan->flow.required_acr =
	    text_list_intersect(in->arena, claims.acr, factors_acrs(in->arena));
	if (plan->flow.required_acr[0] == '\0')
		return (oauth_fail(error, OAUTH_UNMET_AUTHENTICATION_REQUIREMENTS,
		    "acr_not_reachable", "No way of signing in here reaches the requested acr."));
	return (true);
}
