/* What is announced is what the tables and the routes say. */
#include <check.h>
#include <string.h>

#include "base/json.h"
#include "oauth/authorize_reply.h"
#include "oauth/client_auth.h"
#include "oauth/discovery.h"
#include "oauth/endpoints.h"
#include "oauth/grants.h"
#include "routes.h"

Suite *suite_oauth_discovery(void);

static const struct realm realm = {
    .issuer = "https://id.example/realms/acme",
    .scopes = "openid email orders:read",
};
static struct arena *arena;
static json_t *document;

static void
begin(void)
{
	const char *fault;
	struct text text;

	arena = arena_create(1048576);
	text_init(&text, arena, 65536);
	discovery_write(&realm, &text);
	ck_assert(!text.overflowed);
	document = parse_json(text.data, text.length, &fault);
	ck_assert_ptr_nonnull(document);
}

static void
end(void)
{
	json_decref(document);
	arena_destroy(arena);
}

static bool
has(const char *name, const char *word)
{
	const json_t *array = member_array(document, name);
	size_t i;

	ck_assert_msg(array != NULL, "%s is missing", name);
	for (i = 0; i < json_array_size(array); i++) {
		if (text_equal(json_string_value(json_array_get(array, i)), word))
			return (true);
	}
	return (false);
}

static size_t
count(const char *name)
{
	return (json_array_size(member_array(document, name)));
}

START_TEST(the_issuer_is_the_realms)
{
	ck_assert_str_eq(member_text(document, "issuer"), realm.issuer);
}
END_TEST

START_TEST(what_a_request_may_ask_for_is_announced)
{
	static const char *const prompts[] = {"none", "login", "consent", "select_account"};
	size_t i;

	ck_assert(member_boolean(document, "claims_parameter_supported", false));
	ck_assert_uint_eq(count("acr_values_supported"), 1);
	ck_assert(has("acr_values_supported", "urn:latchkey:acr:1"));
	ck_assert_uint_eq(count("display_values_supported"), 1);
	ck_assert(has("display_values_supported", "page"));
	for (i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++)
		ck_assert(has("prompt_values_supported", prompts[i]));
}
END_TEST

START_TEST(grants_methods_and_modes_are_those_of_the_tables)
{
	size_t i;

	ck_assert_uint_eq(count("grant_types_supported"), grant_types_count);
	for (i = 0; i < grant_types_count; i++)
		ck_assert(has("grant_types_supported", grant_types[i]->name));
	ck_assert_uint_eq(count("response_modes_supported"), response_modes_count);
	for (i = 0; i < response_modes_count; i++)
		ck_assert(has("response_modes_supported", response_modes[i].name));
	ck_assert_uint_eq(
	    count("token_endpoint_auth_methods_supported"), client_authentications_count);
	for (i = 0; i < client_authentications_count; i++) {
		ck_assert(
		    has("token_endpoint_auth_methods_supported", client_authentications[i]->name));
		ck_assert(has("introspection_endpoint_auth_methods_supported",
			      client_authentications[i]->name) ==
			  (client_authentications[i]->method != CLIENT_AUTH_NONE));
	}
	ck_assert_ptr_null(grant_type_find("password"));
	ck_assert_ptr_null(grant_type_find(NULL));
	ck_assert_ptr_null(response_mode_find("jwt"));
}
END_TEST

START_TEST(what_we_hold_to_is_announced)
{
	ck_assert_uint_eq(count("response_types_supported"), 1);
	ck_assert(has("response_types_supported", "code"));
	ck_assert_uint_eq(count("code_challenge_methods_supported"), 1);
	ck_assert(has("code_challenge_methods_supported", "S256"));
	ck_assert(has("id_token_signing_alg_values_supported", "RS256"));
	ck_assert(has("id_token_signing_alg_values_supported", "ES256"));
	ck_assert(has("token_endpoint_auth_signing_alg_values_supported", "EdDSA"));
	ck_assert(!has("token_endpoint_auth_signing_alg_values_supported", "none"));
	ck_assert(has("subject_types_supported", "public"));
	ck_assert(
	    member_boolean(document, "authorization_response_iss_parameter_supported", false));
	ck_assert(!member_boolean(document, "request_parameter_supported", true));
	ck_assert(!member_boolean(document, "request_uri_parameter_supported", true));
}
END_TEST

START_TEST(scopes_and_their_claims_are_the_realms)
{
	ck_assert_uint_eq(count("scopes_supported"), 3);
	ck_assert(has("scopes_supported", "orders:read"));
	ck_assert(has("claims_supported", "sub"));
	ck_assert(has("claims_supported", "email_verified"));
	ck_assert(!has("claims_supported", "given_name"));
}
END_TEST

static const struct {
	const char *member;
	struct reply (*handler)(struct call *);
	unsigned methods;
} endpoints[] = {
    {"authorization_endpoint", oauth_authorize, METHOD_GET | METHOD_POST},
    {"token_endpoint", oauth_token, METHOD_POST},
    {"userinfo_endpoint", oauth_userinfo, METHOD_GET | METHOD_POST},
    {"jwks_uri", oauth_jwks, METHOD_GET},
    {"introspection_endpoint", oauth_introspect, METHOD_POST},
    {"revocation_endpoint", oauth_revoke, METHOD_POST},
    {"end_session_endpoint", oauth_end_session, METHOD_GET | METHOD_POST},
};

START_TEST(every_endpoint_is_a_route)
{
	const char *url = member_text(document, endpoints[_i].member), *path;
	size_t i, found = 0;

	ck_assert_ptr_nonnull(url);
	ck_assert(text_starts_with(url, realm.issuer));
	path = url + strlen(realm.issuer);
	for (i = 0; i < routes_count; i++) {
		if (!text_equal(routes[i].path, path))
			continue;
		ck_assert(routes[i].handler == endpoints[_i].handler);
		ck_assert_uint_eq(routes[i].methods, endpoints[_i].methods);
		found++;
	}
	ck_assert_uint_eq(found, 1);
}
END_TEST

Suite *
suite_oauth_discovery(void)
{
	Suite *suite = suite_create("oauth/discovery");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, the_issuer_is_the_realms);
	tcase_add_test(tests, what_a_request_may_ask_for_is_announced);
	tcase_add_test(tests, grants_methods_and_modes_are_those_of_the_tables);
	tcase_add_test(tests, what_we_hold_to_is_announced);
	tcase_add_test(tests, scopes_and_their_claims_are_the_realms);
	tcase_add_loop_test(
	    tests, every_endpoint_is_a_route, 0, sizeof(endpoints) / sizeof(endpoints[0]));
	suite_add_tcase(suite, tests);
	return (suite);
}
