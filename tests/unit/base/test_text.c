/* base/text: limits, UTF-8, integers, lists. */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"

Suite *suite_base_text(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(1 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

START_TEST(text_grows_up_to_its_limit)
{
	int i;
	struct text text;

	text_init(&text, arena, 1000);
	ck_assert_str_eq(text.data, "");
	for (i = 0; i < 100; i++)
		text_add(&text, "0123456789");
	ck_assert(!text.overflowed);
	ck_assert_uint_eq(text.length, 1000);
	ck_assert_uint_eq(strlen(text.data), 1000);
	text_add_byte(&text, 'x');
	ck_assert(text.overflowed);
	ck_assert_uint_eq(text.length, 1000);
}
END_TEST

START_TEST(overflow_keeps_what_fits)
{
	struct text text;

	text_init(&text, arena, 5);
	text_add(&text, "abc");
	text_add(&text, NULL);
	text_add(&text, "defgh");
	text_add(&text, "i");
	ck_assert_str_eq(text.data, "abcde");
	ck_assert(text.overflowed);
	text_init(&text, arena, 5);
	text_addf(&text, "%s-%d", "ab", 12345);
	ck_assert_str_eq(text.data, "ab-12");
	ck_assert(text.overflowed);
	text_init(&text, arena, 0);
	ck_assert_str_eq(text.data, "");
	text_add_byte(&text, 'a');
	ck_assert_str_eq(text.data, "");
	ck_assert(text.overflowed);
}
END_TEST

START_TEST(comparisons)
{
	ck_assert(text_equal("a", "a"));
	ck_assert(!text_equal("a", "A"));
	ck_assert(text_equal(NULL, NULL));
	ck_assert(!text_equal("a", NULL));
	ck_assert(text_equal_nocase("BeArEr", "bearer"));
	ck_assert(!text_equal_nocase("bearer", "bearers"));
	ck_assert(!text_equal_nocase("@", "`"));
	ck_assert(text_starts_with("lk_rt_x", "lk_rt_"));
	ck_assert(!text_starts_with("lk_", "lk_rt_"));
}
END_TEST

START_TEST(utf8_is_strict)
{
	static const char *const good[] = {"", "abc", "\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\x94\x91", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"};
	static const char *const bad[] = {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x80\xaf",
	    "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80", "\xff", "\xfe", "\xe2\x82", "\xf0\x9f\x94", "a\xc3(b", "\xe2(\xa1"};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(text_is_utf8(good[i], strlen(good[i])), "good %zu", i);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!text_is_utf8(bad[i], strlen(bad[i])), "bad %zu", i);
	ck_assert(!text_is_utf8("a\0b", 3));
}
END_TEST

START_TEST(integers_are_whole_strings)
{
	static const char *const bad[] = {"", "-", " 1", "1 ", "+1", "0x10", "1e3", "1.0", "--1",
	    "9223372036854775808", "99999999999999999999", "1a"};
	size_t i;
	long long out = 7;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    !text_parse_integer(bad[i], LLONG_MIN, LLONG_MAX, &out), "%s", bad[i]);
	ck_assert(!text_parse_integer(NULL, 0, 1, &out));
	ck_assert(!text_parse_integer("11", 0, 10, &out));
	ck_assert(!text_parse_integer("-1", 0, 10, &out));
	ck_assert_int_eq(out, 7);
	ck_assert(text_parse_integer("-42", -100, 100, &out));
	ck_assert_int_eq(out, -42);
	ck_assert(text_parse_integer("9223372036854775807", 0, LLONG_MAX, &out));
	ck_assert(out == LLONG_MAX);
}
END_TEST

START_TEST(lists)
{
	const char *cursor = "openid  profile";

	ck_assert(text_list_has("openid profile", "profile"));
	ck_assert(!text_list_has("openid profile", "prof"));
	ck_assert(!text_list_has("openid profile", "openid profile"));
	ck_assert(!text_list_has("openid", ""));
	ck_assert(!text_list_has(NULL, "a"));
	ck_assert(text_list_within("b a", "a b c"));
	ck_assert(text_list_within(NULL, "a"));
	ck_assert(text_list_within("", NULL));
	ck_assert(!text_list_within("a d", "a b c"));
	ck_assert_str_eq(text_list_intersect(arena, "c a x a", "a b c"), "c a");
	ck_assert_str_eq(text_list_intersect(arena, NULL, "a"), "");
	ck_assert_str_eq(text_list_next(arena, &cursor), "openid");
	ck_assert_str_eq(text_list_next(arena, &cursor), "profile");
	ck_assert_ptr_null(text_list_next(arena, &cursor));
	ck_assert_ptr_null(text_list_next(arena, &cursor));
}
END_TEST

Suite *
suite_base_text(void)
{
	Suite *suite = suite_create("base/text");
	TCase *tests = tcase_create("text");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, text_grows_up_to_its_limit);
	tcase_add_test(tests, overflow_keeps_what_fits);
	tcase_add_test(tests, comparisons);
	tcase_add_test(tests, utf8_is_strict);
	tcase_add_test(tests, integers_are_whole_strings);
	tcase_add_test(tests, lists);
	suite_add_tcase(suite, tests);
	return (suite);
}
