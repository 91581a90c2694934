/* base/ids and base/clock: UUIDv7 and the forms of time. */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"

Suite *suite_base_ids(void);

START_TEST(uuids_are_version_7_of_now)
{
	int i;
	int64_t before = clock_now_us() / 1000;
	struct uuid uuid, last = {{0}};

	for (i = 0; i < 1000; i++) {
		uuid = uuid_create();
		ck_assert_int_eq(uuid.bytes[6] >> 4, 7);
		ck_assert_int_eq(uuid.bytes[8] >> 6, 2);
		ck_assert_int_ge(uuid_time_ms(&uuid), before);
		ck_assert_int_ge(uuid_time_ms(&uuid), uuid_time_ms(&last));
		ck_assert(!uuid_equal(&uuid, &last));
		last = uuid;
	}
	ck_assert(!uuid_is_zero(&last));
}
END_TEST

/* RFC 9562, A.6. */
START_TEST(uuid_of_the_rfc)
{
	char text[UUID_TEXT];
	struct uuid uuid;

	ck_assert(uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &uuid));
	ck_assert_int_eq(uuid_time_ms(&uuid), 0x017f22e279b0);
	uuid_format(&uuid, text);
	ck_assert_str_eq(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}
END_TEST

START_TEST(uuid_parse_is_strict)
{
	static const char *const bad[] = {"", "017f22e279b07cc398c4dc0c0c07398f",
	    "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
	    "017f22e2-79b0-7cc3-98c4_dc0c0c07398f", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
	    " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f"};
	size_t i;
	struct uuid uuid;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!uuid_parse(bad[i], &uuid), "%s", bad[i]);
}
END_TEST

START_TEST(times_in_words)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(0, text);
	ck_assert_str_eq(text, "1970-01-01T00:00:00.000000Z");
	clock_rfc3339(951782400000001, text);
	ck_assert_str_eq(text, "2000-02-29T00:00:00.000001Z");
	clock_rfc3339(4107542399999999, text);
	ck_assert_str_eq(text, "2100-02-28T23:59:59.999999Z");
	clock_rfc3339(-1, text);
	ck_assert_str_eq(text, "1969-12-31T23:59:59.999999Z");
	/* RFC 9110, 5.6.7 */
	clock_http_date(784111777, text);
	ck_assert_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	clock_http_date(1704067199, text);
	ck_assert_str_eq(text, "Sun, 31 Dec 2023 23:59:59 GMT");
}
END_TEST

START_TEST(the_shift_moves_wall_time_only)
{
	int64_t wall = clock_now();
	uint64_t monotonic = clock_monotonic_ms();

	clock_shift(-86400);
	ck_assert_int_le(clock_now(), wall - 86400 + 60);
	ck_assert_uint_ge(clock_monotonic_ms(), monotonic);
	clock_shift(0);
	ck_assert_int_ge(clock_now(), wall);
}
END_TEST

Suite *
suite_base_ids(void)
{
	Suite *suite = suite_create("base/ids");
	TCase *tests = tcase_create("ids");

	tcase_add_test(tests, uuids_are_version_7_of_now);
	tcase_add_test(tests, uuid_of_the_rfc);
	tcase_add_test(tests, uuid_parse_is_strict);
	tcase_add_test(tests, times_in_words);
	tcase_add_test(tests, the_shift_moves_wall_time_only);
	suite_add_tcase(suite, tests);
	return (suite);
}
