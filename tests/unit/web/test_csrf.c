#include "fixture.h"

#include "web/csrf.h"

Suite *suite_web_csrf(void);

static const char own[] = "https://id.example";
static const uint8_t key[CSRF_KEY_BYTES] = {1, 2, 3};
static const uint8_t other_key[CSRF_KEY_BYTES] = {1, 2, 4};

static bool
is_valid(const char *token, const char *binding, const char *purpose)
{
	struct form_field field = {"csrf", token};
	struct form form = {&field, 1};

	return (csrf_is_valid(&call, &form, key, binding, purpose, own));
}

START_TEST(accepts_its_own_token)
{
	ck_assert(is_valid(csrf_token(&call, key, "browser", "login"), "browser", "login"));
}
END_TEST

START_TEST(refuses_every_other_token)
{
	const char *right = csrf_token(&call, key, "browser", "login");
	struct form none = {NULL, 0};

	ck_assert(!is_valid(right, "other browser", "login"));
	ck_assert(!is_valid(right, "browser", "consent"));
	ck_assert(!is_valid(csrf_token(&call, other_key, "browser", "login"), "browser", "login"));
	ck_assert(!is_valid(arena_format(call.arena, "%sA", right), "browser", "login"));
	ck_assert(
	    !is_valid(arena_substring(call.arena, right, strlen(right) - 1), "browser", "login"));
	ck_assert(!is_valid("", "browser", "login"));
	ck_assert(!csrf_is_valid(&call, &none, key, "browser", "login", own));
}
END_TEST

START_TEST(an_unbound_token_is_worth_nothing)
{
	ck_assert(!is_valid(csrf_token(&call, key, "", "login"), "", "login"));
	ck_assert(!is_valid(csrf_token(&call, key, "", "login"), NULL, "login"));
}
END_TEST

START_TEST(purpose_and_binding_do_not_run_together)
{
	ck_assert_str_ne(
	    csrf_token(&call, key, "nx", "logi"), csrf_token(&call, key, "x", "login"));
}
END_TEST

/* B-02: what the browser itself says about where the request comes from. */
static const struct {
	const char *site, *origin;
	bool expected;
} sources[] = {
    {NULL, NULL, true},
    {"same-origin", own, true},
    {"none", NULL, true},
    {NULL, own, true},
    {"same-origin", "null", true},
    {NULL, "null", false},
    {"none", "null", false},
    {"same-site", own, false},
    {"cross-site", own, false},
    {"cross-site", NULL, false},
    {"cross-site", "null", false},
    {"same-origin", "https://evil.example", false},
    {NULL, "https://evil.example", false},
    {NULL, "https://id.example.evil.example", false},
    {NULL, "http://id.example", false},
    {NULL, "https://id.example:8443", false},
    {NULL, "", false},
};

START_TEST(b02_listens_to_the_browser)
{
	if (sources[_i].site != NULL)
		fixture_header("Sec-Fetch-Site", sources[_i].site);
	if (sources[_i].origin != NULL)
		fixture_header("Origin", sources[_i].origin);
	ck_assert_int_eq(csrf_is_same_origin(&call, own), sources[_i].expected);
	ck_assert_int_eq(is_valid(csrf_token(&call, key, "browser", "login"), "browser", "login"),
	    sources[_i].expected);
}
END_TEST

START_TEST(b02_refuses_a_header_that_comes_twice)
{
	fixture_header("Origin", own);
	fixture_header("Origin", own);
	ck_assert(!csrf_is_same_origin(&call, own));
}
END_TEST

Suite *
suite_web_csrf(void)
{
	Suite *suite = suite_create("web/csrf");

	FIXTURE_CASE(suite, tcase, "csrf");
	tcase_add_test(tcase, accepts_its_own_token);
	tcase_add_test(tcase, refuses_every_other_token);
	tcase_add_test(tcase, an_unbound_token_is_worth_nothing);
	tcase_add_test(tcase, purpose_and_binding_do_not_run_together);

	FIXTURE_CASE(suite, b02, "B-02");
	tcase_add_loop_test(
	    b02, b02_listens_to_the_browser, 0, sizeof(sources) / sizeof(sources[0]));
	tcase_add_test(b02, b02_refuses_a_header_that_comes_twice);
	return (suite);
}
