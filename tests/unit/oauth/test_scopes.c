/* Scopes: form, what is allowed, and the claims they open. */
#include <check.h>
#include <string.h>

#include "base/text.h"
#include "oauth/scopes.h"

Suite *suite_oauth_scopes(void);

static struct arena *arena;

static void
begin(void)
{
	arena = arena_create(262144);
}

static void
end(void)
{
	arena_destroy(arena);
}

/* RFC 6749, 3.3. */
START_TEST(a_scope_is_words_between_single_spaces)
{
	static const char *const good[] = {"openid", "openid profile", "a:b/c!~[]", "#"};
	static const char *const bad[] = {
	    "", " ", " a", "a ", "a  b", "a\tb", "a\"", "a\\", "\x7f", "\xc3\xa9"};
	char text[SCOPE_BYTES_MAX + 2];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(scopes_are_well_formed(good[i]), "%s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!scopes_are_well_formed(bad[i]), "%s", bad[i]);
	memset(text, 'a', sizeof(text));
	text[SCOPE_BYTES_MAX + 1] = '\0';
	ck_assert(!scopes_are_well_formed(text));
	text[SCOPE_BYTES_MAX] = '\0';
	ck_assert(scopes_are_well_formed(text));
}
END_TEST

START_TEST(the_client_allows_and_the_realm_may_withhold)
{
	ck_assert_str_eq(
	    scopes_allowed(arena, "b openid phone x b", "openid phone b", "openid"), "b openid");
	ck_assert_str_eq(scopes_allowed(arena, "openid", "", "openid"), "");
	ck_assert_str_eq(scopes_without_personal(arena, "openid a phone b offline_access"), "a b");
	ck_assert_str_eq(scopes_without(arena, "a bb b", "b"), "a bb");
	ck_assert(scopes_have_personal("a email"));
	ck_assert(!scopes_have_personal("a emails open"));
}
END_TEST

START_TEST(discovery_names_the_claims_of_the_scopes_that_are_offered)
{
	struct json_writer writer;
	struct text out;

	text_init(&out, arena, 4096);
	writer_init(&writer, &out);
	writer_array_begin(&writer, NULL);
	scopes_write_claim_names(&writer, "phone openid email x");
	writer_array_end(&writer);
	ck_assert_str_eq(
	    out.data, "[\"email\",\"email_verified\",\"phone_number\",\"phone_number_verified\"]");
}
END_TEST

Suite *
suite_oauth_scopes(void)
{
	Suite *suite = suite_create("oauth/scopes");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_scope_is_words_between_single_spaces);
	tcase_add_test(tests, the_client_allows_and_the_realm_may_withhold);
	tcase_add_test(tests, discovery_names_the_claims_of_the_scopes_that_are_offered);
	suite_add_tcase(suite, tests);
	return (suite);
}
