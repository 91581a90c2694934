/* The order of validation at the authorization endpoint, P-01 to P-04,
 * */
#include <check.h>
#include <string.h>

#include "base/text.h"
#include "oauth/authorize_checks.h"

Suite *suite_oauth_authorize_checks(void);

#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define PKCE "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
#define TO_APP "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
#define ACR(essential, value)                                                                      \
	"%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3A" essential                       \
	"%2C%22value%22%3A%22" value "%22%7D%7D%7D"
#define ASK "client_id=app&response_type=code" TO_APP

static struct arena *arena;
static const char *one_uri[] = {"https://app.example/cb"};
static const char *two_uris[] = {"https://app.example/cb", "https://app.example/other"};
static const char *http_uri[] = {"http://app.example/cb"};

#define BOTH (CLIENT_GRANT_AUTHORIZATION_CODE | CLIENT_GRANT_REFRESH_TOKEN)

enum which {
	UNKNOWN,
	PUBLIC,
	CONFIDENTIAL,
	LENIENT,
	LENIENT_PUBLIC,
	MACHINE,
	BARE,
	TWO,
	PLAIN_HTTP
};
static const struct client clients[] = {
    [PUBLIC] = {.client_id = "app",
	.grants = BOTH,
	.redirect_uris = one_uri,
	.redirect_uri_count = 1,
	.scope = "openid profile offline_access orders:read"},
    [CONFIDENTIAL] = {.client_id = "app",
	.auth_method = CLIENT_AUTH_SECRET_BASIC,
	.grants = CLIENT_GRANT_AUTHORIZATION_CODE,
	.redirect_uris = one_uri,
	.redirect_uri_count = 1,
	.scope = "openid phone offline_access"},
    [LENIENT] = {.client_id = "app",
	.auth_method = CLIENT_AUTH_SECRET_BASIC,
	.grants = BOTH,
	.redirect_uris = one_uri,
	.redirect_uri_count = 1,
	.scope = "openid",
	.policy.may_skip_pkce = true},
    [LENIENT_PUBLIC] = {.client_id = "app",
	.grants = BOTH,
	.redirect_uris = one_uri,
	.redirect_uri_count = 1,
	.scope = "openid",
	.policy.may_skip_pkce = true},
    [MACHINE] = {.client_id = "app",
	.auth_method = CLIENT_AUTH_SECRET_BASIC,
	.grants = CLIENT_GRANT_CLIENT_CREDENTIALS,
	.redirect_uris = one_uri,
	.redirect_uri_count = 1,
	.scope = ""},
    [BARE] = {.client_id = "app", .grants = BOTH, .scope = "openid"},
    [TWO] = {.client_id = "app",
	.grants = BOTH,
	.redirect_uris = two_uris,
	.redirect_uri_count = 2,
	.scope = "openid orders:read"},
    [PLAIN_HTTP] = {.client_id = "app",
	.grants = BOTH,
	.redirect_uris = http_uri,
	.redirect_uri_count = 1,
	.scope = "openid"},
};

static void
begin(void)
{
	arena = arena_create(1048576);
}

static void
end(void)
{
	arena_destroy(arena);
}

static enum authorize_verdict
check(enum which client, const char *query, struct authorize_plan *plan, struct oauth_error *error)
{
	struct authorize_request request;
	struct authorize_checked checked = {arena, &request,
	    client == UNKNOWN ? NULL : &clients[client], "openid profile offline_access"};
	struct form form;

	ck_assert_int_eq(form_parse(arena, query, strlen(query), &form), FORM_OK);
	authorize_request_parse(&form, &request);
	return (authorize_check(&checked, plan, error));
}

static const struct {
	enum which client;
	const char *query;
	enum authorize_verdict verdict;
	enum oauth_error_code code;
	const char *reason;
} rows[] = {
#define PAGE AUTHORIZE_REFUSED_BY_PAGE
#define REDIRECT AUTHORIZE_REFUSED_BY_REDIRECT
    /* Client and redirect_uri: a page. */
    {UNKNOWN, "", PAGE, OAUTH_INVALID_REQUEST, "client_id_missing"},
    {UNKNOWN, "client_id=", PAGE, OAUTH_INVALID_REQUEST, "client_id_missing"},
    {UNKNOWN, ASK, PAGE, OAUTH_INVALID_CLIENT, "unknown_client"},
    {PUBLIC, ASK "&client_id=app", PAGE, OAUTH_INVALID_REQUEST, "two_clients_or_redirect_uris"},
    {PUBLIC, ASK TO_APP, PAGE, OAUTH_INVALID_REQUEST, "two_clients_or_redirect_uris"},
    {PUBLIC, "client_id=app&redirect_uri=https%3A%2F%2Fevil.example%2Fcb", PAGE,
	OAUTH_INVALID_REQUEST, "redirect_uri_not_registered"},
    {PUBLIC, "client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F&scope=%22", PAGE,
	OAUTH_INVALID_REQUEST, "redirect_uri_not_registered"},
    {PUBLIC, "client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2FCB", PAGE,
	OAUTH_INVALID_REQUEST, "redirect_uri_not_registered"},
    {PLAIN_HTTP, "client_id=app&redirect_uri=http%3A%2F%2Fapp.example%2Fcb", PAGE,
	OAUTH_INVALID_REQUEST, "redirect_uri_not_registered"},
    {BARE, ASK, PAGE, OAUTH_INVALID_REQUEST, "redirect_uri_not_registered"},
    {BARE, "client_id=app", PAGE, OAUTH_INVALID_REQUEST, "redirect_uri_missing"},
    {TWO, "client_id=app", PAGE, OAUTH_INVALID_REQUEST, "redirect_uri_missing"},
    {PUBLIC, "client_id=app&scope=profile+openid", PAGE, OAUTH_INVALID_REQUEST,
	"redirect_uri_missing"},
    /* From here on by redirect. */
    {PUBLIC, ASK PKCE "&response_mode=jwt", PAGE, OAUTH_INVALID_REQUEST, "response_mode_unknown"},
    {PUBLIC, ASK PKCE "&state=1&state=2", REDIRECT, OAUTH_INVALID_REQUEST, "duplicate_parameter"},
    {PUBLIC, ASK PKCE "&state=1&%73tate=2", REDIRECT, OAUTH_INVALID_REQUEST, "duplicate_parameter"},
    {PUBLIC, ASK PKCE "&claims=%7B%7D&claims=%7B%7D", REDIRECT, OAUTH_INVALID_REQUEST,
	"duplicate_parameter"},
    {PUBLIC, ASK PKCE "&display=page&display=page", REDIRECT, OAUTH_INVALID_REQUEST,
	"duplicate_parameter"},
    {PUBLIC, ASK PKCE "&acr_values=&acr_values=1", REDIRECT, OAUTH_INVALID_REQUEST,
	"duplicate_parameter"},
    {PUBLIC, ASK PKCE "&claims_locales=de&claims_locales=de", REDIRECT, OAUTH_INVALID_REQUEST,
	"duplicate_parameter"},
    {PUBLIC, ASK PKCE "&registration=1&registration=1", REDIRECT, OAUTH_INVALID_REQUEST,
	"duplicate_parameter"},
    {PUBLIC, "client_id=app" TO_APP PKCE, REDIRECT, OAUTH_INVALID_REQUEST, "response_type_missing"},
    {PUBLIC, "client_id=app&response_type=token" TO_APP PKCE, REDIRECT,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type_unknown"},
    {PUBLIC, "client_id=app&response_type=code+id_token" TO_APP PKCE, REDIRECT,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type_unknown"},
    {PUBLIC, "client_id=app&response_type=none" TO_APP PKCE, REDIRECT,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type_unknown"},
    {PUBLIC, ASK PKCE "&request=e30", REDIRECT, OAUTH_REQUEST_NOT_SUPPORTED, "request_object"},
    {PUBLIC, ASK PKCE "&request_uri=urn%3Ax", REDIRECT, OAUTH_REQUEST_URI_NOT_SUPPORTED,
	"request_uri"},
    {PUBLIC, ASK PKCE "&registration=%7B%7D", REDIRECT, OAUTH_REGISTRATION_NOT_SUPPORTED,
	"registration"},
    {MACHINE, ASK PKCE, REDIRECT, OAUTH_UNAUTHORIZED_CLIENT, "grant_type_not_registered"},
    {PUBLIC, ASK PKCE "&scope=email", REDIRECT, OAUTH_INVALID_SCOPE, "scope_not_allowed"},
    {CONFIDENTIAL, ASK PKCE "&scope=phone", REDIRECT, OAUTH_INVALID_SCOPE, "scope_not_allowed"},
    {CONFIDENTIAL, ASK PKCE "&scope=offline_access", REDIRECT, OAUTH_INVALID_SCOPE,
	"scope_not_allowed"},
    {PUBLIC, ASK PKCE "&scope=openid++profile", REDIRECT, OAUTH_INVALID_SCOPE, "scope_malformed"},
    {PUBLIC, ASK PKCE "&scope=openid+%22", REDIRECT, OAUTH_INVALID_SCOPE, "scope_malformed"},
    {PUBLIC, ASK PKCE "&scope=openid+%C3%A9", REDIRECT, OAUTH_INVALID_SCOPE, "scope_malformed"},
    {PUBLIC, ASK, REDIRECT, OAUTH_INVALID_REQUEST, "pkce_required"},
    {CONFIDENTIAL, ASK "&scope=openid&nonce=n", REDIRECT, OAUTH_INVALID_REQUEST, "pkce_required"},
    {LENIENT_PUBLIC, ASK "&scope=openid&nonce=n", REDIRECT, OAUTH_INVALID_REQUEST, "pkce_required"},
    {LENIENT, ASK "&scope=openid", REDIRECT, OAUTH_INVALID_REQUEST, "pkce_or_nonce_required"},
    {LENIENT, ASK "&nonce=n", REDIRECT, OAUTH_INVALID_REQUEST, "pkce_or_nonce_required"},
    {LENIENT, ASK "&scope=openid&nonce=n&code_challenge_method=S256", REDIRECT,
	OAUTH_INVALID_REQUEST, "code_challenge_missing"},
    {PUBLIC, ASK "&code_challenge=" CHALLENGE, REDIRECT, OAUTH_INVALID_REQUEST,
	"code_challenge_method_not_s256"},
    {PUBLIC, ASK "&code_challenge_method=plain&code_challenge=" CHALLENGE, REDIRECT,
	OAUTH_INVALID_REQUEST, "code_challenge_method_not_s256"},
    {PUBLIC, ASK "&code_challenge_method=s256&code_challenge=" CHALLENGE, REDIRECT,
	OAUTH_INVALID_REQUEST, "code_challenge_method_not_s256"},
    {PUBLIC, ASK "&code_challenge_method=S256&code_challenge=" CHALLENGE "A", REDIRECT,
	OAUTH_INVALID_REQUEST, "code_challenge_malformed"},
    {PUBLIC, ASK PKCE "&prompt=none+login", REDIRECT, OAUTH_INVALID_REQUEST,
	"prompt_none_with_others"},
    {PUBLIC, ASK PKCE "&prompt=consent+none", REDIRECT, OAUTH_INVALID_REQUEST,
	"prompt_none_with_others"},
    {PUBLIC, ASK PKCE "&prompt=select_account+none", REDIRECT, OAUTH_INVALID_REQUEST,
	"prompt_none_with_others"},
    {PUBLIC, ASK PKCE "&prompt=Login", REDIRECT, OAUTH_INVALID_REQUEST, "prompt_unknown"},
    {PUBLIC, ASK PKCE "&max_age=-1", REDIRECT, OAUTH_INVALID_REQUEST, "max_age_malformed"},
    {PUBLIC, ASK PKCE "&max_age=1.5", REDIRECT, OAUTH_INVALID_REQUEST, "max_age_malformed"},
    {PUBLIC, ASK PKCE "&max_age=9999999999999999999", REDIRECT, OAUTH_INVALID_REQUEST,
	"max_age_malformed"},
    {PUBLIC, ASK PKCE "&scope=openid&claims=%7B", REDIRECT, OAUTH_INVALID_REQUEST,
	"claims_malformed"},
    {PUBLIC, ASK PKCE "&scope=openid&claims=" ACR("true", "urn%3Alatchkey%3Aacr%3A9"), REDIRECT,
	OAUTH_UNMET_AUTHENTICATION_REQUIREMENTS, "acr_not_reachable"},
    /* Right. */
    {PUBLIC, ASK PKCE "&unheard=1&unheard=2&resource=a&resource=b", AUTHORIZE_FINE, OAUTH_NO_ERROR,
	NULL},
    {PUBLIC, ASK PKCE "&display=hologram&claims_locales=xx&acr_values=gold+silver", AUTHORIZE_FINE,
	OAUTH_NO_ERROR, NULL},
    {PUBLIC, ASK PKCE "&scope=openid&claims=" ACR("false", "gold"), AUTHORIZE_FINE, OAUTH_NO_ERROR,
	NULL},
    /* Without openid it is no request of OpenID Connect. */
    {PUBLIC, ASK PKCE "&scope=orders%3Aread&claims=%7B", AUTHORIZE_FINE, OAUTH_NO_ERROR, NULL},
    {PUBLIC, ASK PKCE, AUTHORIZE_FINE, OAUTH_NO_ERROR, NULL},
    {PUBLIC, ASK PKCE "&scope=openid&state=s&prompt=login+consent&max_age=0", AUTHORIZE_FINE,
	OAUTH_NO_ERROR, NULL},
    {PUBLIC, "client_id=app&response_type=code" PKCE, AUTHORIZE_FINE, OAUTH_NO_ERROR, NULL},
    {LENIENT, ASK "&scope=openid&nonce=n", AUTHORIZE_FINE, OAUTH_NO_ERROR, NULL},
    {PUBLIC, ASK PKCE "&response_mode=form_post&claims=%7B%7D", AUTHORIZE_FINE, OAUTH_NO_ERROR,
	NULL},
};

START_TEST(a_request_is_answered_as_the_table_says)
{
	struct authorize_plan plan;
	struct oauth_error error = {0};
	enum authorize_verdict verdict;

	verdict = check(rows[_i].client, rows[_i].query, &plan, &error);
	ck_assert_msg(verdict == rows[_i].verdict, "row %d: %s gave %d %s", _i, rows[_i].query,
	    (int)verdict, error.reason != NULL ? error.reason : "");
	ck_assert_int_eq(error.code, rows[_i].code);
	if (rows[_i].reason != NULL)
		ck_assert_str_eq(error.reason, rows[_i].reason);
	if (verdict != AUTHORIZE_REFUSED_BY_PAGE)
		ck_assert_str_eq(authorize_target(&plan).redirect_uri, "https://app.example/cb");
	else
		ck_assert_ptr_null(plan.flow.redirect_uri);
}
END_TEST

START_TEST(what_is_asked_is_in_the_plan)
{
	struct authorize_plan plan;
	struct oauth_error error;

	ck_assert_int_eq(
	    check(PUBLIC,
		ASK PKCE "&scope=profile+email+openid+profile+orders%3Aread+x&state=a%26b"
			 "&nonce=n1&login_hint=al&ui_locales=de&max_age=60"
			 "&prompt=select_account+consent&response_mode=fragment",
		&plan, &error),
	    AUTHORIZE_FINE);
	ck_assert_ptr_eq(plan.client, &clients[PUBLIC]);
	ck_assert_str_eq(plan.flow.client_id, "app");
	ck_assert_str_eq(plan.flow.scope, "profile openid orders:read");
	ck_assert_str_eq(plan.flow.state, "a&b");
	ck_assert_str_eq(plan.flow.nonce, "n1");
	ck_assert_str_eq(plan.flow.login_hint, "al");
	ck_assert_str_eq(plan.flow.ui_locales, "de");
	ck_assert_str_eq(plan.flow.code_challenge, CHALLENGE);
	ck_assert_int_eq(plan.flow.max_age, 60);
	ck_assert(!plan.flow.prompt_login);
	ck_assert(plan.flow.prompt_account);
	ck_assert(plan.flow.prompt_consent);
	ck_assert(!plan.prompt_none);
	ck_assert(plan.flow.redirect_uri_was_sent);
	ck_assert_str_eq(plan.flow.response_mode, "fragment");
}
END_TEST

START_TEST(what_is_not_asked_is_absent)
{
	struct authorize_plan plan;
	struct oauth_error error;

	ck_assert_int_eq(check(PUBLIC, "client_id=app&response_type=code&state=&prompt=none" PKCE,
			     &plan, &error),
	    AUTHORIZE_FINE);
	ck_assert_str_eq(plan.flow.scope, "");
	ck_assert_ptr_null(plan.flow.state);
	ck_assert_ptr_null(plan.flow.nonce);
	ck_assert_int_eq(plan.flow.max_age, -1);
	ck_assert(!plan.flow.redirect_uri_was_sent);
	ck_assert(!plan.flow.prompt_login);
	ck_assert(!plan.flow.prompt_account);
	ck_assert_ptr_null(plan.flow.id_token_claims);
	ck_assert_ptr_null(plan.flow.userinfo_claims);
	ck_assert_ptr_null(plan.flow.claims_scope);
	ck_assert_ptr_null(plan.flow.required_acr);
	ck_assert(plan.prompt_none);
	ck_assert_str_eq(plan.flow.response_mode, "query");
	ck_assert_int_eq(plan.flow.expires_at, 0);
}
END_TEST

/* What the realm withholds ("phone") or the client is not registered for ("email") stays away. */
START_TEST(claims_travel_by_name)
{
	static const char claims[] =
	    "&claims=%7B%22userinfo%22%3A%7B%22name%22%3Anull%2C%22email%22%3Anull%2C"
	    "%22phone_number%22%3Anull%7D%2C%22id_token%22%3A%7B%22locale%22%3Anull%2C"
	    "%22sub%22%3A%7B%22value%22%3A%22018f3a5e-0000-7000-8000-00000000000a%22%7D%2C"
	    "%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22gold%22%2C"
	    "%22urn%3Alatchkey%3Aacr%3A1%22%5D%7D%7D%7D";
	const char *query = arena_format(arena, "%s&scope=openid%s", ASK PKCE, claims);
	struct authorize_plan plan;
	struct oauth_error error;

	ck_assert_int_eq(check(PUBLIC, query, &plan, &error), AUTHORIZE_FINE);
	ck_assert_str_eq(plan.flow.scope, "openid");
	ck_assert_str_eq(plan.flow.userinfo_claims, "name");
	ck_assert_str_eq(plan.flow.id_token_claims, "locale");
	ck_assert_str_eq(plan.flow.claims_scope, "profile");
	ck_assert_str_eq(plan.flow.required_acr, "urn:latchkey:acr:1");
	ck_assert_str_eq(plan.flow.hinted_subject, "018f3a5e-0000-7000-8000-00000000000a");
	query = arena_format(arena, "%s&scope=openid%s", ASK PKCE, claims);
	ck_assert_int_eq(check(CONFIDENTIAL, query, &plan, &error), AUTHORIZE_FINE);
	ck_assert_ptr_null(plan.flow.userinfo_claims);
	ck_assert_ptr_null(plan.flow.claims_scope);
}
END_TEST

START_TEST(offline_access_needs_refresh_tokens)
{
	struct authorize_plan plan;
	struct oauth_error error;

	ck_assert_int_eq(
	    check(CONFIDENTIAL, ASK PKCE "&scope=openid+offline_access", &plan, &error),
	    AUTHORIZE_FINE);
	ck_assert_str_eq(plan.flow.scope, "openid");
	ck_assert_int_eq(
	    check(PUBLIC, ASK PKCE "&scope=openid+offline_access", &plan, &error), AUTHORIZE_FINE);
	ck_assert_str_eq(plan.flow.scope, "openid offline_access");
}
END_TEST

/* The state of a refusal is the one that came, but not one of two, nor one that is too long; the
 * mode the one asked for. */
START_TEST(a_refusal_by_redirect_goes_where_the_client_waits)
{
	struct authorize_plan plan;
	struct oauth_error error;
	char state[AUTHORIZE_STATE_MAX + 2];

	check(PUBLIC, ASK "&state=s1&response_mode=form_post", &plan, &error);
	ck_assert_str_eq(authorize_target(&plan).state, "s1");
	ck_assert_str_eq(authorize_target(&plan).mode->name, "form_post");
	check(PUBLIC, ASK "&state=s1&state=s1", &plan, &error);
	ck_assert_ptr_null(authorize_target(&plan).state);
	memset(state, 'x', sizeof(state));
	state[AUTHORIZE_STATE_MAX + 1] = '\0';
	check(PUBLIC, arena_format(arena, "%s&state=%s", ASK, state), &plan, &error);
	ck_assert_ptr_null(authorize_target(&plan).state);
}
END_TEST

START_TEST(long_parameters_are_refused)
{
	static const struct {
		const char *name;
		size_t max;
	} limits[] = {
	    {"state", AUTHORIZE_STATE_MAX},
	    {"nonce", AUTHORIZE_NONCE_MAX},
	    {"login_hint", AUTHORIZE_LOGIN_HINT_MAX},
	    {"ui_locales", AUTHORIZE_UI_LOCALES_MAX},
	};
	struct authorize_plan plan;
	struct oauth_error error;
	char value[AUTHORIZE_STATE_MAX + 2], *query;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		memset(value, 'x', sizeof(value));
		value[limits[i].max + 1] = '\0';
		query = arena_format(arena, "%s&%s=%s", ASK PKCE, limits[i].name, value);
		ck_assert_int_eq(
		    check(PUBLIC, query, &plan, &error), AUTHORIZE_REFUSED_BY_REDIRECT);
		ck_assert(text_starts_with(error.reason, limits[i].name));
		value[limits[i].max] = '\0';
		query = arena_format(arena, "%s&%s=%s", ASK PKCE, limits[i].name, value);
		ck_assert_int_eq(check(PUBLIC, query, &plan, &error), AUTHORIZE_FINE);
	}
}
END_TEST

Suite *
suite_oauth_authorize_checks(void)
{
	Suite *suite = suite_create("oauth/authorize_checks");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(
	    tests, a_request_is_answered_as_the_table_says, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tests, what_is_asked_is_in_the_plan);
	tcase_add_test(tests, what_is_not_asked_is_absent);
	tcase_add_test(tests, claims_travel_by_name);
	tcase_add_test(tests, offline_access_needs_refresh_tokens);
	tcase_add_test(tests, a_refusal_by_redirect_goes_where_the_client_waits);
	tcase_add_test(tests, long_parameters_are_refused);
	suite_add_tcase(suite, tests);
	return (suite);
}
