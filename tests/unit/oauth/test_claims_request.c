/* The claims parameter: OpenID Connect Core, 5.5. */
#include <check.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "oauth/claims_request.h"

Suite *suite_oauth_claims_request(void);

#define MAIL "kG4fUi7c4i90GXyO"
#define OTHER "QJM6PJeBwMbABjNq"
#define A "018f3a5e-0000-7000-8000-00000000000a"
#define B "018f3a5e-0000-7000-8000-00000000000b"

static struct arena *arena;

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

static const struct {
	const char *json;
	/* What comes of it, for a client that may ask for openid, profile and email. */
	const char *id_token, *userinfo, *scopes, *subject, *acr;
} rows[] = {
    {"{}", NULL, NULL, NULL, NULL, NULL},
    {" {\"id_token\":{},\"userinfo\":{}} ", NULL, NULL, NULL, NULL, NULL},
    {"{\"id_token\":null,\"userinfo\":null}", NULL, NULL, NULL, NULL, NULL},
    /* 5.5.1: null, essential, and members that nobody knows. */
    {"{\"id_token\":{\"email\":null}}", "email", NULL, "email", NULL, NULL},
    {"{\"userinfo\":{\"email\":{\"essential\":true,\"purpose\":7,\"http://x/\":{\"a\":[1]}}}}",
	NULL, "email", "email", NULL, NULL},
    {"{\"userinfo\":{\"name\":{\"essential\":null,\"values\":null,\"value\":null}}}", NULL, "name",
	"profile", NULL, NULL},
    /* 5.5.1: values, by digest; what is value and values is both. */
    {"{\"userinfo\":{\"email\":{\"value\":\"a@example.org\"}}}", NULL, "email=" MAIL, "email", NULL,
	NULL},
    {"{\"id_token\":{\"email\":{\"values\":[\"b@example.org\",\"a@example.org\"]}}}",
	"email=" OTHER "," MAIL, NULL, "email", NULL, NULL},
    {"{\"id_token\":{\"email\":{\"value\":\"a@example.org\",\"values\":[\"b@example.org\","
     "\"a@example.org\"]}}}",
	"email=" MAIL, NULL, "email", NULL, NULL},
    {"{\"id_token\":{\"email\":{\"value\":\"c\",\"values\":[\"b@example.org\"]}}}", "email=", NULL,
	"email", NULL, NULL},
    {"{\"more\":7,\"id_token\":{\"given_name\":null},\"userinfo\":{\"email\":{},\"name\":null}}",
	"given_name", "name email", "profile email", NULL, NULL},
    /* Each once, whatever the order. */
    {"{\"id_token\":{\"email\":null,\"name\":null},\"userinfo\":{\"name\":null,\"email\":null}}",
	"name email", "name email", "profile email", NULL, NULL},
    /* Unknown claims, claims of scopes that are not allowed, and those that are always there. */
    {"{\"id_token\":{\"nobody\":null,\"\":null,\"email#de\":null,\"Email\":null}}", NULL, NULL,
	NULL, NULL, NULL},
    {"{\"userinfo\":{\"phone_number\":{\"essential\":true}}}", NULL, NULL, NULL, NULL, NULL},
    {"{\"id_token\":{\"auth_time\":{\"essential\":true},\"iss\":null,\"sub\":null}}", NULL, NULL,
	NULL, NULL, NULL},
    /* sub: 3.1.2.2. */
    {"{\"id_token\":{\"sub\":{\"value\":\"" A "\"}}}", NULL, NULL, NULL, A, NULL},
    {"{\"userinfo\":{\"sub\":{\"value\":\"" A "\"}}}", NULL, NULL, NULL, A, NULL},
    {"{\"id_token\":{\"sub\":{\"values\":[\"" B "\",\"" A "\",\"" B "\"]}}}", NULL, NULL, NULL,
	B " " A, NULL},
    {"{\"id_token\":{\"sub\":{\"value\":\"" A "\",\"values\":[\"" B "\",\"" A "\"]}}}", NULL, NULL,
	NULL, A, NULL},
    {"{\"id_token\":{\"sub\":{\"value\":\"" A "\"}},\"userinfo\":{\"sub\":{\"value\":\"" B "\"}}}",
	NULL, NULL, NULL, "", NULL},
    {"{\"id_token\":{\"sub\":{\"values\":[\"" A "\",\"" B
     "\"]}},\"userinfo\":{\"sub\":{\"value\":\"" B "\"}}}",
	NULL, NULL, NULL, B, NULL},
    {"{\"id_token\":{\"sub\":{\"value\":\"" A " " B "\"}}}", NULL, NULL, NULL, "", NULL},
    {"{\"id_token\":{\"sub\":{\"value\":\"alice\"}}}", NULL, NULL, NULL, "", NULL},
    {"{\"id_token\":{\"sub\":{\"value\":\"\"}}}", NULL, NULL, NULL, "", NULL},
    {"{\"id_token\":{\"sub\":{\"essential\":true,\"values\":[]}}}", NULL, NULL, NULL, NULL, NULL},
    /* acr: 5.5.1.1. Voluntary, or of userinfo, it is no condition. */
    {"{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"a\"}}}", NULL, NULL, NULL, NULL, "a"},
    {"{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"b\",\"a\",\"x y\",\"b\"]}}}", NULL,
	NULL, NULL, NULL, "b a"},
    {"{\"id_token\":{\"acr\":{\"essential\":false,\"values\":[\"a\"]}}}", NULL, NULL, NULL, NULL,
	NULL},
    {"{\"id_token\":{\"acr\":{\"values\":[\"a\"]}}}", NULL, NULL, NULL, NULL, NULL},
    {"{\"id_token\":{\"acr\":{\"essential\":true}}}", NULL, NULL, NULL, NULL, NULL},
    {"{\"id_token\":{\"acr\":null}}", NULL, NULL, NULL, NULL, NULL},
    {"{\"userinfo\":{\"acr\":{\"essential\":true,\"value\":\"a\"}}}", NULL, NULL, NULL, NULL, NULL},
};

START_TEST(what_is_asked_is_kept_by_name)
{
	struct claims_request out;

	ck_assert_msg(
	    claims_request_parse(arena, rows[_i].json, "openid profile email orders:read", &out),
	    "row %d: %s", _i, rows[_i].json);
	ck_assert_pstr_eq(out.id_token, rows[_i].id_token);
	ck_assert_pstr_eq(out.userinfo, rows[_i].userinfo);
	ck_assert_pstr_eq(out.scopes, rows[_i].scopes);
	ck_assert_pstr_eq(out.subject, rows[_i].subject);
	ck_assert_pstr_eq(out.acr, rows[_i].acr);
}
END_TEST

static const char *const malformed[] = {
    "",
    " ",
    "x",
    "null",
    "true",
    "1",
    "\"{}\"",
    "[]",
    "[{}]",
    "{",
    "{}{}",
    "{} x",
    "{'id_token':{}}",
    "{\"id_token\":{}",
    "{\"id_token\":{},}",
    "{\"id_token\":{},\"id_token\":{}}",
    "{\"id_token\":{\"email\":null,\"email\":null}}",
    "{\"id_token\":{\"em\\u0000ail\":null}}",
    "{\"id_token\":{\"email\xff\":null}}",
    "{\"id_token\":[]}",
    "{\"id_token\":\"email\"}",
    "{\"id_token\":true}",
    "{\"userinfo\":[\"email\"]}",
    "{\"userinfo\":7}",
    "{\"id_token\":{\"email\":true}}",
    "{\"id_token\":{\"email\":\"a@b\"}}",
    "{\"id_token\":{\"email\":[]}}",
    "{\"id_token\":{\"nobody\":1}}",
    "{\"id_token\":{\"email\":{\"essential\":\"true\"}}}",
    "{\"id_token\":{\"email\":{\"essential\":1}}}",
    "{\"id_token\":{\"email\":{\"values\":\"a\"}}}",
    "{\"id_token\":{\"email\":{\"values\":{}}}}",
    "{\"id_token\":{\"nobody\":{\"values\":7}}}",
    "{\"id_token\":{\"sub\":{\"value\":7}}}",
    "{\"id_token\":{\"sub\":{\"value\":[\"" A "\"]}}}",
    "{\"id_token\":{\"sub\":{\"values\":[null]}}}",
    "{\"userinfo\":{\"sub\":{\"values\":[\"" A "\",7]}}}",
    "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[1]}}}",
    "{\"id_token\":{\"acr\":{\"value\":{}}}}",
    "[[[[[[[[[[[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
    "{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}}}",
};

START_TEST(what_is_malformed_changes_nothing)
{
	struct claims_request out = {.id_token = "as before", .acr = "as before"};

	ck_assert_msg(!claims_request_parse(arena, malformed[_i], "openid email", &out),
	    "row %d: %s", _i, malformed[_i]);
	ck_assert_str_eq(out.id_token, "as before");
	ck_assert_str_eq(out.acr, "as before");
	ck_assert_ptr_null(out.userinfo);
}
END_TEST

static const char *
with_values(const char *claim, int count)
{
	struct text json;
	int i;

	text_init(&json, arena, JSON_BYTES_MAX);
	text_addf(&json, "{\"id_token\":{\"%s\":{\"essential\":true,\"values\":[", claim);
	for (i = 0; i < count; i++)
		text_addf(&json, "%s\"v%d\"", i > 0 ? "," : "", i);
	text_add(&json, "]}}}");
	ck_assert(!json.overflowed);
	return (json.data);
}

START_TEST(it_is_bounded)
{
	struct claims_request out;
	struct text json;
	int i;

	ck_assert(
	    claims_request_parse(arena, with_values("acr", CLAIM_VALUES_MAX), "openid", &out));
	ck_assert(
	    !claims_request_parse(arena, with_values("acr", CLAIM_VALUES_MAX + 1), "openid", &out));
	ck_assert(
	    !claims_request_parse(arena, with_values("sub", CLAIM_VALUES_MAX + 1), "openid", &out));
	text_init(&json, arena, JSON_BYTES_MAX + 100);
	text_add(&json, "{\"id_token\":{\"email\":null");
	for (i = 0; i < 3000; i++)
		text_addf(&json, ",\"claim%d\":null", i);
	text_add(&json, "}}");
	ck_assert(claims_request_parse(arena, json.data, "openid email", &out));
	ck_assert_str_eq(out.id_token, "email");
	while (json.length <= JSON_BYTES_MAX)
		text_add_byte(&json, ' ');
	ck_assert(!claims_request_parse(arena, json.data, "openid email", &out));
}
END_TEST

Suite *
suite_oauth_claims_request(void)
{
	Suite *suite = suite_create("oauth/claims_request");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(
	    tests, what_is_asked_is_kept_by_name, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(
	    tests, what_is_malformed_changes_nothing, 0, sizeof(malformed) / sizeof(malformed[0]));
	tcase_add_test(tests, it_is_bounded);
	suite_add_tcase(suite, tests);
	return (suite);
}
