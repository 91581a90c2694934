/* When a job runs next. */
#include <check.h>

#include "jobs/schedule.h"

START_TEST(the_first_run_is_within_a_minute)
{
	ck_assert_uint_eq(schedule_first_ms(3600, 0), 0);
	ck_assert_uint_eq(schedule_first_ms(3600, 0x80000000), 30000);
	ck_assert_uint_eq(schedule_first_ms(3600, UINT32_MAX), 59999);
	ck_assert_uint_eq(schedule_first_ms(10, UINT32_MAX), 9999);
}
END_TEST

START_TEST(the_next_run_is_a_period_later_and_a_little_more)
{
	ck_assert_uint_eq(schedule_next_ms(3600, false, 0), 3600000);
	ck_assert_uint_eq(schedule_next_ms(3600, false, 0x80000000), 3780000);
	ck_assert_uint_eq(schedule_next_ms(86400 * 30, false, UINT32_MAX), 2851199999);
}
END_TEST

START_TEST(a_failed_run_is_repeated_soon)
{
	ck_assert_uint_eq(schedule_next_ms(3600, true, 0), 60000);
	ck_assert_uint_eq(schedule_next_ms(3600, true, UINT32_MAX), 65999);
	ck_assert_uint_eq(schedule_next_ms(30, true, 0), 30000);
}
END_TEST

Suite *suite_jobs_schedule(void);

Suite *
suite_jobs_schedule(void)
{
	Suite *suite = suite_create("jobs/schedule");
	TCase *times = tcase_create("times");

	tcase_add_test(times, the_first_run_is_within_a_minute);
	tcase_add_test(times, the_next_run_is_a_period_later_and_a_little_more);
	tcase_add_test(times, a_failed_run_is_repeated_soon);
	suite_add_tcase(suite, times);
	return (suite);
}
