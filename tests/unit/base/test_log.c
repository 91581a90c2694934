/* base/log: one valid line whatever the values are (SL-04), and a stopped reader stops nobody. */
#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"

Suite *suite_base_log(void);

static int reader;
static int standard_error;

/* Standard error becomes a pipe that this test reads. */
static void
setup(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	standard_error = dup(STDERR_FILENO);
	ck_assert_int_ge(standard_error, 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	reader = ends[0];
	log_configure(LOG_LEVEL_INFO, true);
}

static void
teardown(void)
{
	(void)dup2(standard_error, STDERR_FILENO);
	log_configure(LOG_LEVEL_INFO, true);
	close(standard_error);
	close(reader);
}

static const char *
read_line(void)
{
	static char line[8192];
	ssize_t length = read(reader, line, sizeof(line) - 1);

	ck_assert_int_gt(length, 0);
	line[length] = '\0';
	ck_assert_ptr_eq(strchr(line, '\n'), line + length - 1);
	return (line);
}

static json_t *
read_json(void)
{
	const char *error, *line = read_line();
	json_t *tree = parse_json(line, strlen(line), &error);

	ck_assert_msg(tree != NULL, "%s", line);
	return (tree);
}

START_TEST(fields_are_typed)
{
	json_t *tree;
	int64_t number;

	log_info(
	    "it happened", FIELD("realm", "main"), FIELD_NUMBER("ms", 12), FIELD("none", NULL));
	tree = read_json();
	ck_assert_str_eq(member_text(tree, "event"), "it happened");
	ck_assert_str_eq(member_text(tree, "level"), "info");
	ck_assert_str_eq(member_text(tree, "realm"), "main");
	ck_assert_str_eq(member_text(tree, "none"), "");
	ck_assert(member_integer(tree, "ms", &number));
	ck_assert_int_eq(number, 12);
	json_decref(tree);
}
END_TEST

START_TEST(hostile_values_are_escaped)
{
	size_t i;
	const char *line;
	json_t *tree;
	static const char hostile[] = "\x1b[2J\"\\\r\n\x7f\xc2\x9b"
				      "31m\xff\xc3(\xe2\x82\xac";

	log_info("x", FIELD("agent", hostile));
	line = read_line();
	for (i = 0; i + 1 < strlen(line); i++) {
		ck_assert_uint_ge((unsigned char)line[i], 0x20);
		ck_assert_uint_ne((unsigned char)line[i], 0x7f);
	}
	ck_assert_ptr_null(strstr(line, "\xc2\x9b"));
	log_info("x", FIELD("agent", hostile));
	tree = read_json();
	ck_assert_str_eq(member_text(tree, "agent"), "\x1b[2J\"\\\r\n\x7f\xc2\x9b"
						     "31m\\xff\\xc3(\xe2\x82\xac");
	json_decref(tree);
}
END_TEST

START_TEST(large_values_are_cut)
{
	static char value[3000];
	json_t *tree;

	memset(value, '\x01', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	log_info("x", FIELD("first", "kept"), FIELD("large", value), FIELD("last", "lost"));
	tree = read_json();
	ck_assert_str_eq(member_text(tree, "first"), "kept");
	ck_assert_ptr_null(member_text(tree, "large"));
	ck_assert(member_boolean(tree, "truncated", false));
	json_decref(tree);
	memset(value, 'a', sizeof(value) - 1);
	log_info("x", FIELD("large", value), FIELD("last", "kept"));
	tree = read_json();
	ck_assert_uint_eq(strlen(member_text(tree, "large")), 1024 + 3);
	ck_assert_str_eq(member_text(tree, "last"), "kept");
	json_decref(tree);
}
END_TEST

START_TEST(human_lines)
{
	const char *line;

	log_configure(LOG_LEVEL_DEBUG, false);
	log_debug(
	    "began", FIELD("a", "x y"), FIELD("b", "z"), FIELD("c", "\x1b"), FIELD_NUMBER("n", -1));
	line = read_line();
	ck_assert_ptr_nonnull(strstr(line, " debug   began a=\"x y\" b=z c=\\u001b n=-1\n"));
}
END_TEST

START_TEST(low_levels_are_silent)
{
	log_debug("nothing");
	log_error("something");
	ck_assert_ptr_nonnull(strstr(read_line(), "something"));
}
END_TEST

/* FM-14: nobody reads, the pipe fills, lines are counted and dropped. */
START_TEST(a_stopped_reader_stops_nobody)
{
	int i;
	uint64_t before = log_dropped();

	for (i = 0; i < 5000; i++)
		log_info("x", FIELD("some", "text that fills the pipe"));
	ck_assert_uint_gt(log_dropped(), before);
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

Suite *
suite_base_log(void)
{
	Suite *suite = suite_create("base/log");
	TCase *tests = tcase_create("log");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, fields_are_typed);
	tcase_add_test(tests, hostile_values_are_escaped);
	tcase_add_test(tests, large_values_are_cut);
	tcase_add_test(tests, human_lines);
	tcase_add_test(tests, low_levels_are_silent);
	tcase_add_test(tests, a_stopped_reader_stops_nobody);
	suite_add_tcase(suite, tests);
	return (suite);
}
