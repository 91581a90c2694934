/* Fibers: switching, pool, ten thousand at once. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "async/fiber.h"

Suite *suite_async_fiber(void);

enum { MANY = 10000 };

struct counter {
	struct fiber *fiber;
	unsigned steps;
	bool was_right;
};

static struct counter counters[MANY];

static void
count(void *argument)
{
	struct counter *counter = argument;
	volatile unsigned char local[512];
	unsigned char mark = (unsigned char)(counter - counters);
	bool is_right = fiber_current() == counter->fiber;

	for (size_t i = 0; i < sizeof(local); i++)
		local[i] = mark;
	while (counter->steps < 3) {
		counter->steps++;
		fiber_park();
		is_right = is_right && fiber_current() == counter->fiber;
	}
	for (size_t i = 0; i < sizeof(local); i++)
		is_right = is_right && local[i] == mark;
	counter->was_right = is_right;
}

START_TEST(ten_thousand_at_once)
{
	unsigned right = 0;

	memset(counters, 0, sizeof(counters));
	for (unsigned i = 0; i < MANY; i++)
		counters[i].fiber = fiber_create(count, &counters[i]);
	ck_assert_uint_eq(fiber_alive(), MANY);
	for (unsigned round = 0; round < 4; round++) {
		right = 0;
		for (unsigned i = 0; i < MANY; i++) {
			right += counters[i].steps == round &&
				 fiber_resume(counters[i].fiber) == (round == 3) &&
				 fiber_current() == NULL;
		}
		ck_assert_uint_eq(right, MANY);
	}
	right = 0;
	for (unsigned i = 0; i < MANY; i++)
		right += counters[i].was_right;
	ck_assert_uint_eq(right, MANY);
	ck_assert_uint_eq(fiber_alive(), 0);
}
END_TEST

static void
nothing(void *argument)
{
	(*(unsigned *)argument)++;
}

START_TEST(stacks_are_used_again)
{
	struct fiber *first = NULL, *fiber;
	unsigned ran = 0, same = 0;

	for (unsigned i = 0; i < 50000; i++) {
		fiber = fiber_create(nothing, &ran);
		if (first == NULL)
			first = fiber;
		same += fiber == first && fiber_resume(fiber);
	}
	ck_assert_uint_eq(same, 50000);
	ck_assert_uint_eq(ran, 50000);
	ck_assert_uint_eq(fiber_alive(), 0);
}
END_TEST

START_TEST(the_limit_refuses)
{
	static struct fiber *fibers[FIBERS_MAX];
	unsigned made = 0, ran = 0;

	for (unsigned i = 0; i < FIBERS_MAX; i++)
		made += (fibers[i] = fiber_create(nothing, &ran)) != NULL;
	ck_assert_uint_eq(made, FIBERS_MAX);
	ck_assert_ptr_null(fiber_create(nothing, &ran));
	for (unsigned i = 0; i < FIBERS_MAX; i++)
		fiber_resume(fibers[i]);
	ck_assert_uint_eq(ran, FIBERS_MAX);
	ck_assert_uint_eq(fiber_alive(), 0);
}
END_TEST

static unsigned __attribute__((noinline, noclone)) deep(unsigned levels)
{
	volatile unsigned char frame[1024];

	frame[0] = (unsigned char)levels;
	frame[1023] = 1;
	if (levels == 0) {
		fiber_park();
		return (frame[1023]);
	}
	return (deep(levels - 1) + frame[1023]);
}

static void
dive(void *argument)
{
	*(unsigned *)argument = deep(40);
}

START_TEST(most_of_the_stack_is_usable)
{
	unsigned depth = 0;
	struct fiber *fiber = fiber_create(dive, &depth);

	ck_assert(!fiber_resume(fiber));
	ck_assert(fiber_resume(fiber));
	ck_assert_uint_eq(depth, 41);
}
END_TEST

static void
numbers(void *argument)
{
	volatile double half = 0.5, sum = 0;

	for (int i = 0; i < 10; i++) {
		sum += half;
		fiber_park();
	}
	*(double *)argument = sum;
}

START_TEST(floating_point_survives_a_switch)
{
	double first = 0, second = 0;
	struct fiber *one = fiber_create(numbers, &first), *two = fiber_create(numbers, &second);

	for (int i = 0; i < 10; i++) {
		ck_assert(!fiber_resume(one));
		ck_assert(!fiber_resume(two));
	}
	ck_assert(fiber_resume(one));
	ck_assert(fiber_resume(two));
	ck_assert(first == 5.0 && second == 5.0);
}
END_TEST

Suite *
suite_async_fiber(void)
{
	Suite *suite = suite_create("async/fiber");
	TCase *tests = tcase_create("fiber");

	tcase_add_test(tests, ten_thousand_at_once);
	tcase_add_test(tests, stacks_are_used_again);
	tcase_add_test(tests, the_limit_refuses);
	tcase_add_test(tests, most_of_the_stack_is_usable);
	tcase_add_test(tests, floating_point_survives_a_switch);
	suite_add_tcase(suite, tests);
	return (suite);
}
