/* The timers' wheel on a clock of the test's own. */
#include <check.h>
#include <stdint.h>

#include "async/loop.h"

Suite *suite_async_timers(void);

enum { MANY = 20000 };

struct alarm {
	struct timer timer;
	unsigned fired_as; /* 1, 2, 3 ...; 0: not fired */
	struct alarm *to_disarm, *to_arm;
	uint64_t arm_at;
};

static uint64_t now;
static unsigned fired, mistakes;

static void
alarm_fired(struct timer *timer)
{
	struct alarm *alarm = timer->owner;

	mistakes += now < timer->deadline_ms || timer->link != NULL;
	alarm->fired_as = ++fired;
	if (alarm->to_disarm != NULL)
		timer_disarm(&alarm->to_disarm->timer);
	if (alarm->to_arm != NULL)
		timer_arm(&alarm->to_arm->timer, alarm->arm_at);
}

static struct alarm
alarm_new(void)
{
	return ((struct alarm){.timer.fired = alarm_fired});
}

static void
arm(struct alarm *alarm, uint64_t deadline)
{
	alarm->timer.owner = alarm;
	timer_arm(&alarm->timer, deadline);
}

static int
run_at(uint64_t at)
{
	now = at;
	return (timers_run(at));
}

static void
begin(void)
{
	now = 1000000;
	fired = 0;
	mistakes = 0;
	ck_assert_int_eq(timers_run(now), -1);
}

static void
end(void)
{
	ck_assert_uint_eq(mistakes, 0);
	ck_assert_int_eq(timers_next(now), -1);
}

START_TEST(fire_in_order_and_never_early)
{
	struct alarm a = alarm_new(), b = alarm_new(), c = alarm_new(), d = alarm_new();

	arm(&a, now + 35);
	arm(&b, now + 10);
	arm(&c, now + 31);
	arm(&d, now + 5);
	ck_assert_int_eq(timers_next(now), 10);
	ck_assert_int_eq(run_at(now + 9), 1);
	ck_assert_uint_eq(fired, 0);
	ck_assert_int_eq(run_at(now + 1), 30);
	ck_assert_uint_eq(b.fired_as, 1);
	ck_assert_uint_eq(d.fired_as, 2);
	ck_assert_int_eq(run_at(now + 29), 1);
	ck_assert_uint_eq(fired, 2);
	ck_assert_int_eq(run_at(now + 1), -1);
	ck_assert_uint_eq(a.fired_as, 3);
	ck_assert_uint_eq(c.fired_as, 4);
}
END_TEST

START_TEST(a_late_loop_fires_in_order_of_ticks)
{
	struct alarm a = alarm_new(), b = alarm_new(), c = alarm_new();

	arm(&a, now + 9000);
	arm(&b, now + 20);
	arm(&c, now + 4000);
	ck_assert_int_eq(run_at(now + 9500), -1);
	ck_assert_uint_eq(b.fired_as, 1);
	ck_assert_uint_eq(c.fired_as, 2);
	ck_assert_uint_eq(a.fired_as, 3);
}
END_TEST

START_TEST(far_timers_wait_for_their_turn)
{
	struct alarm far = alarm_new(), near = alarm_new();
	uint64_t start = now;
	int next;

	arm(&far, start + 60000);
	arm(&near, start + 60000 - 10240); /* same slot, one turn earlier */
	while ((next = timers_next(now)) >= 0) {
		ck_assert_int_gt(next, 0);
		run_at(now + (uint64_t)next);
		ck_assert_uint_eq(near.fired_as != 0, now >= start + 60000 - 10240);
		ck_assert_uint_eq(far.fired_as != 0, now >= start + 60000);
	}
	ck_assert_uint_eq(near.fired_as, 1);
	ck_assert_uint_eq(far.fired_as, 2);
}
END_TEST

START_TEST(disarmed_do_not_fire)
{
	struct alarm a = alarm_new(), b = alarm_new(), c = alarm_new();

	arm(&a, now + 20);
	arm(&b, now + 20);
	arm(&c, now + 20);
	timer_disarm(&c.timer);
	timer_disarm(&a.timer);
	timer_disarm(&a.timer);
	arm(&c, now + 20);
	ck_assert_int_eq(run_at(now + 20), -1);
	ck_assert_uint_eq(a.fired_as, 0);
	ck_assert_uint_eq(b.fired_as, 1);
	ck_assert_uint_eq(c.fired_as, 2);
	timer_disarm(&b.timer);
}
END_TEST

START_TEST(rearming_moves)
{
	struct alarm a = alarm_new();

	arm(&a, now + 20);
	arm(&a, now + 500);
	ck_assert_int_eq(timers_next(now), 500);
	run_at(now + 30);
	ck_assert_uint_eq(fired, 0);
	arm(&a, now + 10);
	ck_assert_int_eq(run_at(now + 10), -1);
	ck_assert_uint_eq(fired, 1);
}
END_TEST

START_TEST(a_callback_may_disarm_and_arm)
{
	struct alarm a = alarm_new(), b = alarm_new(), c = alarm_new();

	c.timer.owner = &c;
	a.to_disarm = &b;
	a.to_arm = &c;
	a.arm_at = 0; /* long past: next tick, not this run */
	arm(&a, now + 10);
	arm(&b, now + 10);
	ck_assert_int_eq(run_at(now + 10), 10);
	ck_assert_uint_eq(a.fired_as, 1);
	ck_assert_uint_eq(b.fired_as, 0);
	ck_assert_uint_eq(c.fired_as, 0);
	ck_assert_int_eq(run_at(now + 10), -1);
	ck_assert_uint_eq(c.fired_as, 2);
}
END_TEST

START_TEST(one_that_rearms_itself_fires_once_a_run)
{
	struct alarm a = alarm_new();

	a.to_arm = &a;
	arm(&a, 0);
	for (unsigned i = 1; i <= 100; i++) {
		ck_assert_int_eq(run_at(now + 10), 10);
		ck_assert_uint_eq(fired, i);
	}
	timer_disarm(&a.timer);
}
END_TEST

static uint64_t told_ms;
static unsigned told;

static void
note_armed(uint64_t due_ms)
{
	told_ms = due_ms;
	told++;
}

START_TEST(the_loop_is_told_of_an_earlier_timer)
{
	struct alarm a = alarm_new(), b = alarm_new(), c = alarm_new();

	told = 0;
	timers_on_arm(note_armed);
	arm(&a, now + 101);
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_eq(told_ms, now + 110);
	arm(&b, now + 200);
	ck_assert_uint_eq(told, 1);
	arm(&c, now + 50);
	ck_assert_uint_eq(told, 2);
	ck_assert_uint_eq(told_ms, now + 50);
	run_at(now + 200);
	ck_assert_uint_eq(fired, 3);
	timers_on_arm(NULL);
}
END_TEST

/* Many timers with pseudo-random deadlines: each fires exactly once, in the first tick that may. */
START_TEST(twenty_thousand)
{
	static struct alarm alarms[MANY];
	uint64_t start = now;
	uint32_t seed = 12345;
	bool may_have;

	for (unsigned i = 0; i < MANY; i++) {
		alarms[i] = alarm_new();
		seed = seed * 1664525 + 1013904223;
		arm(&alarms[i], start + 1 + (seed >> 8) % 30000);
	}
	for (unsigned i = 0; i < MANY; i += 3)
		timer_disarm(&alarms[i].timer);
	for (uint64_t at = start; at <= start + 30000; at += 10) {
		run_at(at);
		if ((at - start) % 5000 != 0)
			continue;
		for (unsigned i = 0; i < MANY; i++) {
			may_have = i % 3 != 0 && alarms[i].timer.deadline_ms <= at;
			mistakes += (alarms[i].fired_as != 0) != may_have;
		}
		ck_assert_uint_eq(mistakes, 0);
	}
	ck_assert_uint_eq(fired, MANY - (MANY + 2) / 3);
	ck_assert_int_eq(timers_next(now), -1);
}
END_TEST

Suite *
suite_async_timers(void)
{
	Suite *suite = suite_create("async/timers");
	TCase *tests = tcase_create("timers");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, fire_in_order_and_never_early);
	tcase_add_test(tests, a_late_loop_fires_in_order_of_ticks);
	tcase_add_test(tests, far_timers_wait_for_their_turn);
	tcase_add_test(tests, disarmed_do_not_fire);
	tcase_add_test(tests, rearming_moves);
	tcase_add_test(tests, a_callback_may_disarm_and_arm);
	tcase_add_test(tests, one_that_rearms_itself_fires_once_a_run);
	tcase_add_test(tests, the_loop_is_told_of_an_earlier_timer);
	tcase_add_test(tests, twenty_thousand);
	suite_add_tcase(suite, tests);
	return (suite);
}
