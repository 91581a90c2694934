#include "fixture.h"

#include "web/cookie.h"

Suite *suite_web_cookie(void);

static const char name[] = "__Host-lk-main";

static const struct {
	const char *first, *second; /* Cookie headers; NULL: not sent */
	enum cookie_state state;
	const char *value;
} readings[] = {
    {NULL, NULL, COOKIE_ABSENT, NULL},
    {"", NULL, COOKIE_ABSENT, NULL},
    {"__Host-lk-main=good", NULL, COOKIE_PRESENT, "good"},
    {"a=1; __Host-lk-main=good; b=2", NULL, COOKIE_PRESENT, "good"},
    {"a=1;__Host-lk-main=good", NULL, COOKIE_PRESENT, "good"},
    {"__Host-lk-main= good ", NULL, COOKIE_PRESENT, " good"},
    {"__Host-lk-main=a=b", NULL, COOKIE_PRESENT, "a=b"},
    {"__Host-lk-main=", NULL, COOKIE_PRESENT, ""},
    {"__Host-lk-main", NULL, COOKIE_ABSENT, NULL},
    {"x__Host-lk-main=evil", NULL, COOKIE_ABSENT, NULL},
    {"__Host-lk-main2=evil", NULL, COOKIE_ABSENT, NULL},
    {"__Host-lk-mai=evil", NULL, COOKIE_ABSENT, NULL},
    /* S-02: other spellings of the prefix are other cookies. */
    {"__HOST-LK-MAIN=evil; __Host-lk-main=good", NULL, COOKIE_PRESENT, "good"},
    {"__HOST-lk-main=evil", NULL, COOKIE_ABSENT, NULL},
    /* S-02: twice is absent, wherever the second one hides. */
    {"__Host-lk-main=good; __Host-lk-main=evil", NULL, COOKIE_AMBIGUOUS, NULL},
    {"__Host-lk-main=good; __Host-lk-main=good", NULL, COOKIE_AMBIGUOUS, NULL},
    {"__Host-lk-main=good", "__Host-lk-main=evil", COOKIE_AMBIGUOUS, NULL},
    {"__Host-lk-main=good; __Host-lk-main =evil", NULL, COOKIE_AMBIGUOUS, NULL},
    {"__Host-lk-main=good;\t__Host-lk-main=evil", NULL, COOKIE_AMBIGUOUS, NULL},
    {"a=1", "b=2; __Host-lk-main=good", COOKIE_PRESENT, "good"},
};

START_TEST(reads_exactly)
{
	const char *value = "untouched";

	if (readings[_i].first != NULL)
		fixture_header("Cookie", readings[_i].first);
	if (readings[_i].second != NULL)
		fixture_header("cookie", readings[_i].second);
	ck_assert_int_eq(cookie_read(&call, name, &value), readings[_i].state);
	ck_assert_str_eq(value, readings[_i].value != NULL ? readings[_i].value : "untouched");
}
END_TEST

/* S-02: ours works after sixty others. */
START_TEST(s02_reads_behind_sixty_others)
{
	const char *value = NULL;
	struct text line;

	text_init(&line, call.arena, 4096);
	for (int i = 0; i < 60; i++)
		text_addf(&line, "other%d=%d; ", i, i);
	text_add(&line, "__Host-lk-main=good");
	fixture_header("Cookie", line.data);
	ck_assert_int_eq(cookie_read(&call, name, &value), COOKIE_PRESENT);
	ck_assert_str_eq(value, "good");
}
END_TEST

static const char *
set(const char *value, int max_age)
{
	struct reply reply = reply_empty(200);

	cookie_set(&call, &reply, name, value, max_age);
	return (reply_header_value(&reply, "Set-Cookie"));
}

/* S-03. */
START_TEST(s03_sets_all_attributes)
{
	ck_assert_str_eq(set("v", 0), "__Host-lk-main=v; Path=/; Secure; HttpOnly; SameSite=Lax");
	ck_assert_str_eq(set("v", 3600),
	    "__Host-lk-main=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600");
	ck_assert_str_eq(
	    set("v", -1), "__Host-lk-main=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}
END_TEST

static const char *const unclean[] = {"a;b", "a b", "a,b", "a\"b", "a\\b", "a\r\nb", "\xc3\xa4"};

START_TEST(refuses_values_that_end_early)
{
	set(unclean[_i], 0);
}
END_TEST

START_TEST(refuses_names_without_the_prefix)
{
	struct reply reply = reply_empty(200);

	cookie_set(&call, &reply, "sid", "v", 0);
}
END_TEST

Suite *
suite_web_cookie(void)
{
	Suite *suite = suite_create("web/cookie");

	FIXTURE_CASE(suite, tcase, "cookie");
	tcase_add_loop_test_raise_signal(
	    tcase, refuses_values_that_end_early, SIGABRT, 0, sizeof(unclean) / sizeof(unclean[0]));
	tcase_add_test_raise_signal(tcase, refuses_names_without_the_prefix, SIGABRT);

	FIXTURE_CASE(suite, s02, "S-02");
	tcase_add_loop_test(s02, reads_exactly, 0, sizeof(readings) / sizeof(readings[0]));
	tcase_add_test(s02, s02_reads_behind_sixty_others);

	FIXTURE_CASE(suite, s03, "S-03");
	tcase_add_test(s03, s03_sets_all_attributes);
	return (suite);
}
