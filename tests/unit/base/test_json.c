/* base/json: the writer's output is always JSON, the parser refuses tricks (J-08). */
#include <check.h>
#include <string.h>

#include "base/json.h"

Suite *suite_base_json(void);

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

START_TEST(writer_writes)
{
	struct text text;
	struct json_writer writer;

	text_init(&text, arena, 1000);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "a", "x\"\\\n\x1f\x7f\xc3\xa9");
	writer_text(&writer, "none", NULL);
	writer_text_if(&writer, "absent", NULL);
	writer_integer(&writer, "i", INT64_MIN);
	writer_boolean(&writer, "b", true);
	writer_list(&writer, "list", "one two");
	writer_list(&writer, "empty", "");
	writer_object_begin(&writer, "o");
	writer_object_end(&writer);
	writer_raw(&writer, "raw", "[1]");
	writer_object_end(&writer);
	ck_assert_str_eq(text.data,
	    "{\"a\":\"x\\\"\\\\\\u000a\\u001f\\u007f\xc3\xa9\",\"none\":null,\"i\":-"
	    "9223372036854775808,"
	    "\"b\":true,\"list\":[\"one\",\"two\"],\"empty\":[],\"o\":{},\"raw\":[1]}");
}
END_TEST

START_TEST(writer_repairs_invalid_utf8)
{
	const char *error;
	struct text text;
	struct json_writer writer;
	json_t *tree;

	text_init(&text, arena, 1000);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "a", "\xff\xc3(\xed\xa0\x80");
	writer_object_end(&writer);
	tree = parse_json(text.data, text.length, &error);
	ck_assert_ptr_nonnull(tree);
	ck_assert_str_eq(member_text(tree, "a"),
	    "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	json_decref(tree);
}
END_TEST

START_TEST(parser_refuses)
{
	static const char *const bad[] = {"", " ", "{", "{}{}", "{} x", "[1,]", "{\"a\":1,\"a\":2}",
	    "{\"a\":1,\"\\u0061\":2}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "{\"a\":\"\xff\"}",
	    "{\"a\":\"\\ud800\"}", "{\"a\":1e400}", "{\"a\":99999999999999999999}", "{'a':1}", "1",
	    "\"x\"", "null", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\n\"}", "\xef\xbb\xbf{}",
	    "/**/{}", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"};
	size_t i;
	const char *error;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = NULL;
		ck_assert_msg(parse_json(bad[i], strlen(bad[i]), &error) == NULL, "%s", bad[i]);
		ck_assert_msg(error != NULL, "%s", bad[i]);
	}
	ck_assert_ptr_null(parse_json("{\"a\":\"\0\"}", 9, &error));
}
END_TEST

START_TEST(parser_limits)
{
	const char *error;
	const char *deep = "[[[[[[[[[[[[[[[[\"[[[\\\"[\"]]]]]]]]]]]]]]]]";
	char *large = arena_alloc(arena, JSON_BYTES_MAX + 2);
	json_t *tree;

	memset(large, ' ', JSON_BYTES_MAX + 1);
	large[0] = '[';
	large[JSON_BYTES_MAX - 1] = ']';
	tree = parse_json(large, JSON_BYTES_MAX, &error);
	ck_assert_ptr_nonnull(tree);
	json_decref(tree);
	ck_assert_ptr_null(parse_json(large, JSON_BYTES_MAX + 1, &error));
	tree = parse_json(deep, strlen(deep), &error);
	ck_assert_ptr_nonnull(tree);
	json_decref(tree);
}
END_TEST

START_TEST(members_are_typed)
{
	const char *error;
	int64_t out = 5;
	const char *text =
	    "{\"t\":\"x\",\"i\":3,\"r\":3.0,\"b\":false,\"a\":[],\"o\":{},\"n\":null}";
	json_t *tree = parse_json(text, strlen(text), &error);

	ck_assert_ptr_nonnull(tree);
	ck_assert_str_eq(member_text(tree, "t"), "x");
	ck_assert_ptr_null(member_text(tree, "i"));
	ck_assert_ptr_null(member_text(tree, "n"));
	ck_assert_ptr_null(member_text(NULL, "n"));
	ck_assert(!member_integer(tree, "r", &out));
	ck_assert(!member_integer(tree, "t", &out));
	ck_assert_int_eq(out, 5);
	ck_assert(member_integer(tree, "i", &out));
	ck_assert_int_eq(out, 3);
	ck_assert(!member_boolean(tree, "b", true));
	ck_assert(member_boolean(tree, "absent", true));
	ck_assert(member_boolean(tree, "t", true));
	ck_assert_ptr_nonnull(member_array(tree, "a"));
	ck_assert_ptr_null(member_array(tree, "o"));
	ck_assert_ptr_nonnull(member_object(tree, "o"));
	ck_assert_ptr_null(member_object(tree, "a"));
	json_decref(tree);
}
END_TEST

Suite *
suite_base_json(void)
{
	Suite *suite = suite_create("base/json");
	TCase *tests = tcase_create("json");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, writer_writes);
	tcase_add_test(tests, writer_repairs_invalid_utf8);
	tcase_add_test(tests, parser_refuses);
	tcase_add_test(tests, parser_limits);
	tcase_add_test(tests, members_are_typed);
	suite_add_tcase(suite, tests);
	return (suite);
}
