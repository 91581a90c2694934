/* base/encoding: strict decoders, complete escapes. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"

Suite *suite_base_encoding(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(8 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

static bool
decodes(const char *text)
{
	size_t length;
	uint8_t *out;

	return (base64url_decode(arena, text, strlen(text), &out, &length));
}

/* J-10 */
START_TEST(base64url_is_canonical_or_nothing)
{
	static const char *const bad[] = {"A", "AB", "AA=", "AA==", "A A", "AAA=", "AAB", "AA\n",
	    " AA", "AA+A", "AA/A", "AAAAA", "A.AA",
	    "\xc3\xa9"
	    "AA",
	    "AAAAAB"};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!decodes(bad[i]), "%s", bad[i]);
	ck_assert(decodes(""));
	ck_assert(decodes("AA"));
	ck_assert(decodes("AAA"));
	ck_assert(decodes("-_-_"));
}
END_TEST

START_TEST(base64url_vectors)
{
	size_t i, length;
	uint8_t *out;
	static const char *const vectors[][2] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"},
	    {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
	    {"\xfb\xff\xfe", "-__-"}};

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		ck_assert_str_eq(
		    base64url_encode(arena, vectors[i][0], strlen(vectors[i][0])), vectors[i][1]);
		ck_assert(
		    base64url_decode(arena, vectors[i][1], strlen(vectors[i][1]), &out, &length));
		ck_assert_uint_eq(length, strlen(vectors[i][0]));
		ck_assert_mem_eq(out, vectors[i][0], length);
	}
}
END_TEST

START_TEST(base64url_round_trips)
{
	size_t i, length;
	uint8_t bytes[96], *out;
	char *text;

	for (i = 0; i < 2000; i++) {
		random_bytes(bytes, sizeof(bytes));
		text = base64url_encode(arena, bytes, i % sizeof(bytes));
		ck_assert(base64url_decode(arena, text, strlen(text), &out, &length));
		ck_assert_uint_eq(length, i % sizeof(bytes));
		ck_assert_mem_eq(out, bytes, length);
	}
}
END_TEST

START_TEST(base64_needs_its_padding)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9",
	    "Zm9=x", "Zg==Zg==", "Zm9v ", "Zm9-", "Zm9_"};
	size_t i, length;
	uint8_t *out;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    !base64_decode(arena, bad[i], strlen(bad[i]), &out, &length), "%s", bad[i]);
	ck_assert(base64_decode(arena, "YTpi", 4, &out, &length));
	ck_assert_str_eq((char *)out, "a:b");
	ck_assert(base64_decode(arena, "Zg==", 4, &out, &length));
	ck_assert_uint_eq(length, 1);
	ck_assert(base64_decode(arena, "", 0, &out, &length));
	ck_assert_str_eq(base64_encode(arena, "fo", 2), "Zm8=");
	ck_assert_str_eq(base64_encode(arena, "f", 1), "Zg==");
	ck_assert_str_eq(base64_encode(arena, "\xfb\xff\xfe", 3), "+//+");
}
END_TEST

START_TEST(hexadecimal)
{
	uint8_t out[3];

	ck_assert_str_eq(hex_encode(arena, "\x00\xaf\xff", 3), "00afff");
	ck_assert(hex_decode("00AFff", 6, out, 3));
	ck_assert_mem_eq(out, "\x00\xaf\xff", 3);
	ck_assert(!hex_decode("00af", 4, out, 3));
	ck_assert(!hex_decode("00afg0", 6, out, 3));
	ck_assert(!hex_decode("0x00af", 6, out, 3));
}
END_TEST

START_TEST(escapes)
{
	struct text text;

	text_init(&text, arena, 1000);
	text_add_percent(&text, "aZ0-._~ /?&=+%\xc3\xa9");
	ck_assert_str_eq(text.data, "aZ0-._~%20%2F%3F%26%3D%2B%25%C3%A9");
	text_init(&text, arena, 1000);
	text_add_form(&text, "a b*~&");
	ck_assert_str_eq(text.data, "a+b*%7E%26");
	text_init(&text, arena, 1000);
	text_add_html(&text, "<a href=\"x\" title='y'>&</a>");
	ck_assert_str_eq(
	    text.data, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
}
END_TEST

static const char *
decoded(const char *in, bool plus_is_space)
{
	size_t length = strlen(in);
	char *copy = arena_string(arena, in);

	return (percent_decode(copy, &length, plus_is_space) ? arena_substring(arena, copy, length)
							     : NULL);
}

START_TEST(percent_decoding)
{
	static const char *const bad[] = {"%", "a%", "%4", "%zz", "%4g", "%00", "a%00b", "%01",
	    "%1b", "%7f", "%ff", "%c3", "%c0%af", "%ed%a0%80", "\x1b", "%+1", "% 1", "%-1"};
	size_t i, nul = 3;
	char with_nul[] = "a\0b";

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(decoded(bad[i], true) == NULL, "%s", bad[i]);
	ck_assert(!percent_decode(with_nul, &nul, false));
	ck_assert_str_eq(decoded("a%20b+c", true), "a b c");
	ck_assert_str_eq(decoded("a%20b+c", false), "a b+c");
	ck_assert_str_eq(decoded("%E2%82%AC%0d%0a%09", true), "\xe2\x82\xac\r\n\t");
	ck_assert_str_eq(decoded("%2525", true), "%25");
	ck_assert_str_eq(decoded("%2B", true), "+");
	ck_assert_str_eq(decoded("", true), "");
}
END_TEST

Suite *
suite_base_encoding(void)
{
	Suite *suite = suite_create("base/encoding");
	TCase *tests = tcase_create("encoding");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, base64url_is_canonical_or_nothing);
	tcase_add_test(tests, base64url_vectors);
	tcase_add_test(tests, base64url_round_trips);
	tcase_add_test(tests, base64_needs_its_padding);
	tcase_add_test(tests, hexadecimal);
	tcase_add_test(tests, escapes);
	tcase_add_test(tests, percent_decoding);
	suite_add_tcase(suite, tests);
	return (suite);
}
