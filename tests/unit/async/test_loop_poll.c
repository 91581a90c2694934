/* The stand-alone loop: descriptors, edges, removal from inside a callback. */
#include <check.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/call.h"
#include "async/loop.h"
#include "async/wait.h"
#include "base/clock.h"

Suite *suite_async_loop_poll(void);

struct seen {
	struct watch watch;
	unsigned events, times;
	struct seen *other; /* is unwatched when this one is served */
};

static void
note_ready(struct watch *watch, unsigned events)
{
	struct seen *seen = watch->owner;

	seen->events |= events;
	seen->times++;
	if (seen->other != NULL) {
		loop_unwatch(&seen->other->watch);
		loop_unwatch(&seen->watch);
	}
}

static void
seen_watch(struct seen *seen, int fd)
{
	*seen = (struct seen){.watch = {.ready = note_ready, .fd = fd}};
	seen->watch.owner = seen;
	loop_watch(&seen->watch);
}

START_TEST(edges_both_ways_and_hang_up)
{
	int pair[2];
	struct seen seen;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	seen_watch(&seen, pair[0]);
	loop_poll_once(-1);
	ck_assert_uint_eq(seen.events, LOOP_WRITABLE);
	ck_assert_uint_eq(seen.times, 1);
	loop_poll_once(0);
	ck_assert_uint_eq(seen.times, 1);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	loop_poll_once(-1);
	ck_assert(seen.events & LOOP_READABLE);
	ck_assert(!(seen.events & LOOP_FAILED));
	close(pair[1]);
	loop_poll_once(-1);
	ck_assert(seen.events & LOOP_FAILED);
	loop_unwatch(&seen.watch);
	loop_unwatch(&seen.watch);
	close(pair[0]);
}
END_TEST

START_TEST(one_removed_in_the_same_batch_is_not_served)
{
	struct seen one, two;
	int first = eventfd(1, EFD_NONBLOCK), second = eventfd(1, EFD_NONBLOCK);

	seen_watch(&one, first);
	seen_watch(&two, second);
	one.other = &two;
	two.other = &one;
	loop_poll_once(-1);
	loop_poll_once(0);
	ck_assert_uint_eq(one.times + two.times, 1);
	close(first);
	close(second);
}
END_TEST

struct reading {
	struct wait *wait;
	int fd;
	char byte;
};

static void
reading_ready(struct watch *watch, unsigned events)
{
	struct reading *reading = watch->owner;

	if (events & LOOP_READABLE && reading->wait != NULL)
		wait_done(reading->wait);
}

static void
read_byte(struct call *call, void *argument)
{
	struct reading *reading = argument;
	struct watch watch = {.ready = reading_ready, .owner = reading, .fd = reading->fd};
	struct wait wait = {0};

	ck_assert_int_eq(sleep_until(call, clock_monotonic_ms() + 20), RESULT_OK);
	reading->wait = &wait;
	loop_watch(&watch);
	ck_assert_int_eq(wait_until_done(call, &wait, true), RESULT_OK);
	loop_unwatch(&watch);
	ck_assert_int_eq(read(reading->fd, &reading->byte, 1), 1);
}

START_TEST(a_call_runs_to_its_end)
{
	int pair[2];
	struct reading reading = {0};
	uint64_t start = clock_monotonic_ms();

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(write(pair[1], "y", 1), 1);
	reading.fd = pair[0];
	loop_poll_run(read_byte, &reading);
	ck_assert_int_eq(reading.byte, 'y');
	ck_assert_uint_ge(clock_monotonic_ms(), start + 20);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

Suite *
suite_async_loop_poll(void)
{
	Suite *suite = suite_create("async/loop_poll");
	TCase *tests = tcase_create("loop_poll");

	tcase_add_checked_fixture(tests, loop_poll_start, loop_poll_stop);
	tcase_add_test(tests, edges_both_ways_and_hang_up);
	tcase_add_test(tests, one_removed_in_the_same_batch_is_not_served);
	tcase_add_test(tests, a_call_runs_to_its_end);
	suite_add_tcase(suite, tests);
	return (suite);
}
