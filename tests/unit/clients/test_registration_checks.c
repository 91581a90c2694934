/* RFC 7591 metadata: what is taken, what is refused and with which words. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "clients/registration_checks.h"

#define URI "\"redirect_uris\":[\"https://a.example/cb\"]"

static const struct {
	const char *metadata, *error;
} cases[] = {
    {"{" URI "}", NULL},
    {"{" URI ",\"unknown\":{\"x\":1},\"logo_uri\":7}", NULL},
    {"{" URI ",\"scope\":\"\",\"client_name\":null}", NULL},
    {"{" URI ",\"require_pkce\":false}", NULL},
    {"{\"grant_types\":[\"client_credentials\"]}", NULL},
    {"{\"grant_types\":[\"client_credentials\"],\"response_types\":[]}", NULL},
    {"[]", "invalid_client_metadata"},
    {"{}", "invalid_redirect_uri"},
    {"{\"redirect_uris\":[]}", "invalid_redirect_uri"},
    {"{\"redirect_uris\":\"https://a.example/cb\"}", "invalid_client_metadata"},
    {"{\"redirect_uris\":[1]}", "invalid_client_metadata"},
    {"{\"redirect_uris\":[\"com.example.app:/cb\"]}", "invalid_redirect_uri"},
    {"{\"redirect_uris\":[\"com.example.app:/cb\"],\"application_type\":\"native\"}", NULL},
    {"{\"redirect_uris\":[\"https://a.example/cb\",\"javascript:x\"]}", "invalid_redirect_uri"},
    {"{" URI ",\"post_logout_redirect_uris\":[\"http://a.example\"]}", "invalid_client_metadata"},
    {"{" URI ",\"application_type\":\"desktop\"}", "invalid_client_metadata"},
    {"{" URI ",\"grant_types\":[\"implicit\"]}", "invalid_client_metadata"},
    {"{" URI ",\"grant_types\":[\"password\"]}", "invalid_client_metadata"},
    {"{" URI ",\"grant_types\":[]}", "invalid_client_metadata"},
    {"{" URI ",\"grant_types\":[\"refresh_token\"]}", "invalid_client_metadata"},
    {"{" URI ",\"response_types\":[\"token\"]}", "invalid_client_metadata"},
    {"{" URI ",\"response_types\":[\"code\",\"code id_token\"]}", "invalid_client_metadata"},
    {"{" URI ",\"response_types\":[]}", "invalid_client_metadata"},
    {"{\"grant_types\":[\"client_credentials\"],\"response_types\":[\"code\"]}",
	"invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":\"private_key_jwt\"}", "invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":1}", "invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\"}", NULL},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\",\"client_secret\":\"x\"}",
	"invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\",\"require_pkce\":false}",
	"invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\","
     "\"grant_types\":[\"authorization_code\",\"client_credentials\"]}",
	"invalid_client_metadata"},
    {"{" URI ",\"client_id\":\"my app\",\"client_secret\":\"x\"}", NULL},
    {"{" URI ",\"client_id\":\"\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_id\":\" x\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_id\":\"\\u00e4\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_id\":\"a\\nb\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_secret\":\"a\\tb\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_secret\":\"\"}", "invalid_client_metadata"},
    {"{" URI ",\"client_uri\":\"javascript:alert(1)\"}", "invalid_client_metadata"},
    {"{" URI ",\"tos_uri\":\"https://a.example/\\\"x\"}", "invalid_client_metadata"},
    {"{" URI ",\"policy_uri\":\"https://a.example/p\"}", NULL},
    {"{" URI ",\"client_name\":\"a\\u0007\"}", "invalid_client_metadata"},
    {"{" URI ",\"contacts\":[\"a@example.org\"]}", NULL},
    {"{" URI ",\"contacts\":\"a@example.org\"}", "invalid_client_metadata"},
    {"{" URI ",\"scope\":\"a  b\"}", "invalid_client_metadata"},
    {"{" URI ",\"scope\":\" a\"}", "invalid_client_metadata"},
    {"{" URI ",\"scope\":\"a \"}", "invalid_client_metadata"},
    {"{" URI ",\"scope\":\"a\\\\b\"}", "invalid_client_metadata"},
    {"{" URI ",\"scope\":[\"a\"]}", "invalid_client_metadata"},
    {"{" URI ",\"require_pkce\":\"no\"}", "invalid_client_metadata"},
    {"{" URI ",\"skip_consent\":1}", "invalid_client_metadata"},
    {"{" URI ",\"require_nonce\":false}", NULL},
    {"{" URI ",\"rotate_refresh_tokens\":false}", NULL},
    {"{" URI ",\"rotate_refresh_tokens\":null}", NULL},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\",\"rotate_refresh_tokens\":false}",
	"invalid_client_metadata"},
    {"{" URI ",\"token_endpoint_auth_method\":\"none\",\"rotate_refresh_tokens\":true}", NULL},
    {"{" URI ",\"access_token_lifetime\":60}", NULL},
    {"{" URI ",\"access_token_lifetime\":9}", "invalid_client_metadata"},
    {"{" URI ",\"access_token_lifetime\":86401}", "invalid_client_metadata"},
    {"{" URI ",\"access_token_lifetime\":\"60\"}", "invalid_client_metadata"},
    {"{" URI ",\"id_token_lifetime\":1e300}", "invalid_client_metadata"},
    {"{" URI ",\"refresh_idle_lifetime\":59}", "invalid_client_metadata"},
    {"{" URI ",\"refresh_absolute_lifetime\":86400}", NULL},
    {"{" URI ",\"refresh_retry_window\":0}", NULL},
    {"{" URI ",\"refresh_retry_window\":61}", "invalid_client_metadata"},
    {"{" URI ",\"access_token_signed_response_alg\":\"RS256\"}", NULL},
    {"{" URI ",\"access_token_signed_response_alg\":\"HS256\"}", "invalid_client_metadata"},
    {"{" URI ",\"userinfo_signed_response_alg\":\"ES256\"}", NULL},
    {"{" URI ",\"userinfo_signed_response_alg\":\"none\"}", "invalid_client_metadata"},
    {"{" URI ",\"id_token_signed_response_alg\":\"none\"}", "invalid_client_metadata"},
    {"{" URI ",\"id_token_signed_response_alg\":\"HS256\"}", "invalid_client_metadata"},
    {"{" URI ",\"id_token_signed_response_alg\":\"ES256\"}", NULL},
};

static bool
check(struct arena *arena, const char *metadata, struct registration_request *request,
    struct client_registration *out, json_t **tree)
{
	const char *error = NULL;

	*tree = parse_json(metadata, strlen(metadata), &error);
	ck_assert_msg(*tree != NULL, "%s: %s", metadata, error);
	*out = (struct client_registration){.error = NULL};
	return (registration_check(arena, *tree, "openid email", request, out));
}

START_TEST(what_is_taken_and_what_refused)
{
	struct arena *arena = arena_create(1024 * 1024);
	struct registration_request request;
	struct client_registration out;
	const char *c;
	json_t *tree;
	size_t i;
	bool is_fine;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_fine = check(arena, cases[i].metadata, &request, &out, &tree);
		json_decref(tree);
		ck_assert_msg(is_fine == (cases[i].error == NULL), "%s: %s", cases[i].metadata,
		    out.error_description);
		ck_assert_pstr_eq(out.error, cases[i].error);
		if (is_fine)
			continue;
		/* RFC 6749, 5.2: what an error_description may hold. */
		for (c = out.error_description; *c != '\0'; c++)
			ck_assert_msg(*c >= 0x20 && *c <= 0x7e && *c != '"' && *c != '\\', "%s",
			    out.error_description);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(defaults)
{
	struct arena *arena = arena_create(1024 * 1024);
	struct registration_request request;
	struct client_registration out;
	json_t *tree;

	ck_assert(check(arena, "{" URI "}", &request, &out, &tree));
	ck_assert_int_eq(request.auth_method, CLIENT_AUTH_SECRET_BASIC);
	ck_assert_uint_eq(request.grants, CLIENT_GRANT_AUTHORIZATION_CODE);
	ck_assert(!request.policy.may_skip_pkce && !request.policy.may_skip_nonce);
	ck_assert(!request.policy.skip_consent && !request.policy.keeps_refresh_tokens);
	ck_assert_int_eq(request.policy.access_token_alg, JOSE_ES256);
	ck_assert(!request.policy.access_token.is_own && !request.is_native);
	ck_assert_str_eq(request.scope, "openid email");
	ck_assert_str_eq(request.id_token_alg, "RS256");
	ck_assert_ptr_null(request.userinfo_alg);
	ck_assert_ptr_null(request.client_id);
	ck_assert_ptr_null(request.client_secret);
	json_decref(tree);
	ck_assert(
	    check(arena, "{\"grant_types\":[\"client_credentials\"]}", &request, &out, &tree));
	ck_assert_str_eq(request.scope, "");
	json_decref(tree);
	arena_destroy(arena);
}
END_TEST

START_TEST(lists_and_texts_have_limits)
{
	struct arena *arena = arena_create(1024 * 1024);
	struct registration_request request;
	struct client_registration out;
	struct text text;
	json_t *tree;
	size_t i;

	text_init(&text, arena, JSON_BYTES_MAX);
	text_add(&text, "{\"redirect_uris\":[\"https://a.example/\"");
	for (i = 0; i < CLIENT_URIS_MAX; i++)
		text_addf(&text, ",\"https://a.example/%zu\"", i);
	text_add(&text, "]}");
	ck_assert(!check(arena, text.data, &request, &out, &tree));
	json_decref(tree);
	text_init(&text, arena, JSON_BYTES_MAX);
	text_add(&text, "{" URI ",\"client_id\":\"");
	for (i = 0; i <= CLIENT_ID_MAX; i++)
		text_add(&text, "a");
	text_add(&text, "\"}");
	ck_assert(!check(arena, text.data, &request, &out, &tree));
	json_decref(tree);
	arena_destroy(arena);
}
END_TEST

Suite *suite_clients_registration_checks(void);

Suite *
suite_clients_registration_checks(void)
{
	Suite *suite = suite_create("clients_registration_checks");
	TCase *tests = tcase_create("registration_checks");

	tcase_add_test(tests, what_is_taken_and_what_refused);
	tcase_add_test(tests, defaults);
	tcase_add_test(tests, lists_and_texts_have_limits);
	suite_add_tcase(suite, tests);
	return (suite);
}
