/* What a page's policy says of the client it may lead back to. */
#include <check.h>

#include "login/scope_texts.h"
#include "login/step.h"

START_TEST(a_redirect_uri_gives_a_source)
{
	static const char *const cases[][2] = {
	    {"https://app.example/callback?x=1", "https://app.example"},
	    {"https://app.example:8443", "https://app.example:8443"},
	    {"https://app.example#x", "https://app.example"},
	    {"http://127.0.0.1:4711/cb", "http://127.0.0.1:4711"},
	    {"http://[::1]:4711/cb", "http:"},
	    {"com.example.app:/callback", "com.example.app:"},
	    {"com.example.app://callback", "com.example.app:"},
	    {"https://a;script-src *", NULL},
	    {"https://user@app.example/", NULL},
	    {"https:///callback", NULL},
	    {"a b:/callback", NULL},
	    {";script-src", NULL},
	    {"", NULL},
	};
	struct arena *arena = arena_create(4096);

	ck_assert_pstr_eq(redirect_uri_source(arena, cases[_i][0]), cases[_i][1]);
	arena_destroy(arena);
}
END_TEST

START_TEST(scopes_have_words)
{
	ck_assert_str_eq(scope_text_find("email")->title, "See your e-mail address");
	ck_assert_ptr_null(scope_text_find("emai"));
	ck_assert_ptr_null(scope_text_find(""));
}
END_TEST

Suite *suite_login_step(void);

Suite *
suite_login_step(void)
{
	Suite *suite = suite_create("login/step");
	TCase *pages = tcase_create("pages");

	tcase_add_loop_test(pages, a_redirect_uri_gives_a_source, 0, 13);
	tcase_add_test(pages, scopes_have_words);
	suite_add_tcase(suite, pages);
	return (suite);
}
