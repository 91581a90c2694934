/* CPU-heavy work: results, the bounded queue, cancellation, slots shared with other processes. */
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "async/call.h"
#include "async/loop.h"
#include "async/thread_slots.h"
#include "async/threads.h"
#include "async/wait.h"
#include "base/clock.h"

Suite *suite_async_threads(void);

enum { LONG_MS = 600000, MANY = 500 };

/* Work that begins, tells, and waits to be let go. */
struct held {
	sem_t has_begun, may_end;
	bool ran;
	struct call *call;
	enum result result;
	bool is_over;
};

static void
held_init(struct held *held)
{
	*held = (struct held){.result = RESULT_FAILED};
	sem_init(&held->has_begun, 0, 0);
	sem_init(&held->may_end, 0, 0);
}

static void
held_work(void *argument)
{
	struct held *held = argument;

	held->ran = true;
	sem_post(&held->has_begun);
	sem_wait(&held->may_end);
}

static void
held_run(struct call *call, void *argument)
{
	struct held *held = argument;

	held->call = call;
	held->result = thread_run(call, held_work, held);
	if (held->result == RESULT_UNAVAILABLE)
		ck_assert_int_eq(call->failure, RESULT_OK);
}

static void
held_finished(struct call *call)
{
	struct held *held = call->owner;

	held->is_over = true;
}

static void
held_start(struct held *held)
{
	held_init(held);
	ck_assert_ptr_nonnull(call_start(held_run, held, held_finished, held));
}

static void
finish(struct held *held)
{
	while (!held->is_over)
		loop_poll_once(-1);
}

struct sum {
	unsigned from, sum;
	pthread_t thread;
};

static void
sum_work(void *argument)
{
	struct sum *sum = argument;

	for (unsigned i = 0; i < 1000; i++)
		sum->sum += sum->from + i;
	sum->thread = pthread_self();
}

static unsigned sums_right;

static void
sum_run(struct call *call, void *argument)
{
	struct sum sum = {.from = *(unsigned *)argument};

	if (thread_run(call, sum_work, &sum) == RESULT_OK && sum.sum == 1000 * sum.from + 499500 &&
	    !pthread_equal(sum.thread, pthread_self()))
		sums_right++;
}

static void
begin(void)
{
	loop_poll_start();
}

static void
end(void)
{
	threads_stop();
	loop_poll_stop();
}

START_TEST(results_come_back_to_their_callers)
{
	static unsigned numbers[MANY];
	struct thread_figures figures;

	threads_prepare(3);
	threads_start(MANY, LONG_MS);
	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = i;
		call_start(sum_run, &numbers[i], NULL, NULL);
	}
	do {
		loop_poll_once(-1);
		threads_figures(&figures);
	} while (figures.done < MANY);
	ck_assert_uint_eq(sums_right, MANY);
	ck_assert_uint_eq(figures.slots, 3);
	ck_assert_uint_eq(figures.slots_busy, 0);
	ck_assert_uint_eq(figures.queued, 0);
	ck_assert_uint_eq(figures.refused, 0);
}
END_TEST

START_TEST(a_full_queue_refuses)
{
	struct held one, two, three, four;
	struct thread_figures figures;

	threads_prepare(1);
	threads_start(2, LONG_MS);
	held_start(&one);
	held_start(&two);
	held_start(&three);
	held_start(&four);
	ck_assert(four.is_over);
	ck_assert_int_eq(four.result, RESULT_UNAVAILABLE);
	threads_figures(&figures);
	ck_assert_uint_eq(figures.queued, 2);
	ck_assert_uint_eq(figures.slots_busy, 1);
	ck_assert_uint_eq(figures.refused, 1);
	sem_post(&one.may_end);
	finish(&one);
	sem_post(&two.may_end);
	finish(&two);
	sem_post(&three.may_end);
	finish(&three);
	ck_assert_int_eq(one.result, RESULT_OK);
	ck_assert_int_eq(two.result, RESULT_OK);
	ck_assert_int_eq(three.result, RESULT_OK);
	ck_assert(!four.ran);
}
END_TEST

START_TEST(without_a_queue_a_free_slot_is_enough)
{
	struct held one, two;

	threads_prepare(1);
	threads_start(0, LONG_MS);
	held_start(&one);
	held_start(&two);
	ck_assert(two.is_over);
	sem_post(&one.may_end);
	finish(&one);
	ck_assert_int_eq(one.result, RESULT_OK);
	ck_assert_int_eq(two.result, RESULT_UNAVAILABLE);
}
END_TEST

START_TEST(a_wait_too_long_is_refused)
{
	struct held one, two;

	threads_prepare(1);
	threads_start(5, 30);
	held_start(&one);
	held_start(&two);
	finish(&two);
	ck_assert_int_eq(two.result, RESULT_UNAVAILABLE);
	ck_assert(!two.ran);
	sem_post(&one.may_end);
	finish(&one);
	ck_assert_int_eq(one.result, RESULT_OK);
}
END_TEST

START_TEST(cancellation_cuts_what_waits_and_not_what_runs)
{
	struct held one, two, three;
	struct thread_figures figures;

	threads_prepare(1);
	threads_start(5, LONG_MS);
	held_start(&one);
	held_start(&two);
	held_start(&three);
	sem_wait(&one.has_begun);
	call_cancel(one.call);
	call_cancel(two.call);
	wait_run_ready();
	ck_assert(!one.is_over);
	ck_assert(two.is_over);
	ck_assert_int_eq(two.result, RESULT_CANCELLED);
	threads_figures(&figures);
	ck_assert_uint_eq(figures.queued, 1);
	sem_post(&one.may_end);
	finish(&one);
	ck_assert_int_eq(one.result, RESULT_OK);
	sem_post(&three.may_end);
	finish(&three);
	ck_assert(three.ran);
	ck_assert(!two.ran);
}
END_TEST

/* Cancelled while it waits, but begun before its fiber has run again: it runs to its end. */
START_TEST(begun_just_before_the_cancelled_fiber_runs)
{
	struct held one, two;
	struct thread_figures figures;
	enum result result = RESULT_OK;

	threads_prepare(1);
	threads_start(5, LONG_MS);
	held_start(&one);
	held_start(&two);
	sem_post(&one.may_end);
	do
		threads_figures(&figures);
	while (figures.slots_busy != 0);
	call_cancel(two.call);
	timers_run(clock_monotonic_ms() + TIMER_TICK_MS); /* the tick finds the free slot */
	wait_run_ready();
	ck_assert(!two.is_over);
	sem_post(&two.may_end);
	finish(&two);
	ck_assert_int_eq(two.result, result);
	ck_assert(two.ran);
}
END_TEST

START_TEST(stopping_refuses_what_waits)
{
	struct held one, two, late;

	threads_prepare(1);
	threads_start(5, LONG_MS);
	held_start(&one);
	held_start(&two);
	sem_post(&one.may_end);
	threads_stop();
	ck_assert(one.is_over);
	ck_assert_int_eq(one.result, RESULT_OK);
	ck_assert(two.is_over);
	ck_assert_int_eq(two.result, RESULT_UNAVAILABLE);
	held_start(&late);
	ck_assert_int_eq(late.result, RESULT_UNAVAILABLE);
}
END_TEST

static void
tell_and_hold(void *argument)
{
	ck_assert_int_eq(write(*(int *)argument, "x", 1), 1);
	for (;;)
		pause();
}

static void
hold_run(struct call *call, void *argument)
{
	thread_run(call, tell_and_hold, argument);
}

/* A worker that holds the node's only slot. */
static pid_t
worker_fork(void)
{
	int told[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(told), 0);
	if ((pid = fork()) == 0) {
		loop_poll_stop();
		loop_poll_start();
		threads_start(5, LONG_MS);
		loop_poll_run(hold_run, &told[1]);
		_exit(1);
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(read(told[0], &byte, 1), 1);
	close(told[0]);
	close(told[1]);
	return (pid);
}

START_TEST(a_killed_worker_gives_its_slot_back)
{
	struct held one;
	struct thread_figures figures;
	pid_t worker;

	threads_prepare(1);
	worker = worker_fork();
	threads_start(5, LONG_MS);
	threads_figures(&figures);
	ck_assert_uint_eq(figures.slots_busy, 1);
	held_start(&one);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	ck_assert_int_eq(waitpid(worker, NULL, 0), worker);
	timers_run(clock_monotonic_ms() + TIMER_TICK_MS);
	ck_assert(!one.ran);
	threads_reclaim(worker + 1);
	threads_figures(&figures);
	ck_assert_uint_eq(figures.slots_busy, 1);
	threads_reclaim(worker);
	sem_post(&one.may_end);
	finish(&one);
	ck_assert_int_eq(one.result, RESULT_OK);
}
END_TEST

START_TEST(the_longest_waiting_goes_first)
{
	int told[2];
	char byte;
	pid_t worker;

	threads_prepare(1);
	ck_assert_int_eq(pipe(told), 0);
	if ((worker = fork()) == 0) {
		slots_join();
		slots_announce(1000);
		if (write(told[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(told[0], &byte, 1), 1);
	slots_join();
	slots_announce(900);
	ck_assert(slots_is_first(900, 500));
	ck_assert(!slots_is_first(1100, 500));
	ck_assert(slots_is_first(1100, 1050)); /* the other has given up since */
	kill(worker, SIGKILL);
	ck_assert_int_eq(waitpid(worker, NULL, 0), worker);
	slots_reclaim(worker);
	ck_assert(slots_is_first(1100, 500));
	slots_leave();
}
END_TEST

static void
leased_run(struct call *call, void *argument)
{
	call->leases = 1;
	thread_run(call, held_work, argument);
}

START_TEST(a_leased_connection_across_a_thread_is_fatal)
{
	struct held one;

	threads_prepare(1);
	threads_start(5, LONG_MS);
	held_init(&one);
	call_start(leased_run, &one, NULL, NULL);
}
END_TEST

Suite *
suite_async_threads(void)
{
	Suite *suite = suite_create("async/threads");
	TCase *tests = tcase_create("threads");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, results_come_back_to_their_callers);
	tcase_add_test(tests, a_full_queue_refuses);
	tcase_add_test(tests, without_a_queue_a_free_slot_is_enough);
	tcase_add_test(tests, a_wait_too_long_is_refused);
	tcase_add_test(tests, cancellation_cuts_what_waits_and_not_what_runs);
	tcase_add_test(tests, begun_just_before_the_cancelled_fiber_runs);
	tcase_add_test(tests, stopping_refuses_what_waits);
	tcase_add_test(tests, a_killed_worker_gives_its_slot_back);
	tcase_add_test(tests, the_longest_waiting_goes_first);
	tcase_add_test_raise_signal(tests, a_leased_connection_across_a_thread_is_fatal, SIGABRT);
	suite_add_tcase(suite, tests);
	return (suite);
}
