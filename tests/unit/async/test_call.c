/* Calls and waits: nesting, stale wake-ups, cancellation at every wait, what is deferred. */
#include <check.h>
#include <stddef.h>

#include "async/call.h"
#include "async/fiber.h"
#include "async/loop.h"
#include "async/wait.h"
#include "base/cache.h"

Suite *suite_async_call(void);

static unsigned finished;
static enum result last_failure;

static void
note_finished(struct call *call)
{
	finished++;
	last_failure = call->failure;
}

static void
begin(void)
{
	finished = 0;
	last_failure = RESULT_OK;
	timers_run(1000000);
}

static void
end(void)
{
	ck_assert_uint_eq(fiber_alive(), 0);
}

/* A door of the test's own: the test says when the condition holds. */
struct gate {
	struct wait *wait; /* who waits */
	unsigned passed;
};

static enum result
gate_wait(struct call *call, struct gate *gate, bool is_cancellable)
{
	struct wait wait = {0};
	enum result result;

	if (call->failure != RESULT_OK)
		return (call->failure);
	gate->wait = &wait;
	result = wait_until_done(call, &wait, is_cancellable);
	gate->wait = NULL;
	if (result == RESULT_OK)
		gate->passed++;
	return (result);
}

static void
gate_open(struct gate *gate)
{
	ck_assert_ptr_nonnull(gate->wait);
	wait_done(gate->wait);
	wait_run_ready();
}

static void
pass_twice(struct call *call, void *argument)
{
	if (gate_wait(call, argument, true) == RESULT_OK)
		gate_wait(call, argument, true);
}

START_TEST(runs_at_once_to_its_first_wait)
{
	struct gate gate = {0};

	ck_assert_ptr_nonnull(call_start(pass_twice, &gate, note_finished, NULL));
	ck_assert_ptr_nonnull(gate.wait);
	gate_open(&gate);
	ck_assert_uint_eq(gate.passed, 1);
	ck_assert_uint_eq(finished, 0);
	gate_open(&gate);
	ck_assert_uint_eq(gate.passed, 2);
	ck_assert_uint_eq(finished, 1);
	ck_assert_int_eq(last_failure, RESULT_OK);
}
END_TEST

static void
done_before(struct call *call, void *argument)
{
	struct wait wait = {0};

	wait_done(&wait);
	wait_done(&wait);
	*(enum result *)argument = wait_until_done(call, &wait, true);
}

START_TEST(a_wait_that_is_done_does_not_park)
{
	enum result result = RESULT_FAILED;

	call_start(done_before, &result, note_finished, NULL);
	ck_assert_uint_eq(finished, 1);
	ck_assert_int_eq(result, RESULT_OK);
}
END_TEST

struct nested {
	struct gate outer, inner;
	unsigned order[4], length;
};

static void
nested_inner(struct call *call, void *argument)
{
	struct nested *nested = argument;

	gate_wait(call, &nested->inner, true);
	nested->order[nested->length++] = 2;
	if (nested->outer.wait != NULL)
		wait_done(nested->outer.wait);
}

static void
nested_outer(struct call *call, void *argument)
{
	struct nested *nested = argument;

	ck_assert_ptr_nonnull(call_start(nested_inner, nested, note_finished, NULL));
	nested->order[nested->length++] = 1;
	gate_wait(call, &nested->outer, true);
	nested->order[nested->length++] = 3;
}

START_TEST(a_call_may_start_and_wait_for_another)
{
	struct nested nested = {0};

	call_start(nested_outer, &nested, note_finished, NULL);
	ck_assert_ptr_null(nested.inner.wait);
	wait_run_ready();
	gate_open(&nested.inner);
	ck_assert_uint_eq(finished, 2);
	ck_assert_uint_eq(nested.length, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(nested.order[i], i + 1);
}
END_TEST

/* A wake-up kept beyond its wait reaches neither the call's next wait nor another call. */
struct stale {
	struct wait first;
	struct gate second;
};

static void
stale_call(struct call *call, void *argument)
{
	struct stale *stale = argument;

	wait_until_done(call, &stale->first, true);
	gate_wait(call, &stale->second, true);
}

START_TEST(a_stale_wake_up_wakes_nobody)
{
	struct stale one = {0}, two = {0};

	call_start(stale_call, &one, note_finished, NULL);
	call_start(stale_call, &two, note_finished, NULL);
	wait_done(&one.first);
	wait_run_ready();
	wait_done(&one.first);
	wait_wake(&one.first);
	wait_run_ready();
	ck_assert_uint_eq(one.second.passed, 0);
	ck_assert_ptr_null(two.second.wait);
	wait_wake(&two.first); /* spurious: the condition does not hold */
	wait_run_ready();
	ck_assert_ptr_null(two.second.wait);
	wait_done(&two.first);
	wait_run_ready();
	gate_open(&one.second);
	gate_open(&two.second);
	ck_assert_uint_eq(finished, 2);
}
END_TEST

START_TEST(a_wake_up_outside_of_an_event_runs_with_the_next_tick)
{
	struct gate gate = {0};
	struct call *call;

	call = call_start(pass_twice, &gate, note_finished, NULL);
	call_cancel(call);
	call_cancel(call);
	ck_assert_uint_eq(finished, 0);
	ck_assert_int_eq(timers_next(1000000), 10);
	wait_run_ready();
	ck_assert_uint_eq(finished, 1);
	ck_assert_int_eq(last_failure, RESULT_CANCELLED);
	ck_assert_int_eq(timers_next(1000000), -1);
}
END_TEST

struct writing {
	struct gate gate;
	bool is_cancellable, is_writing;
	enum result first, second;
};

static void
writing_call(struct call *call, void *argument)
{
	struct writing *writing = argument;

	call->is_writing = writing->is_writing;
	writing->first = gate_wait(call, &writing->gate, writing->is_cancellable);
	call->is_writing = false;
	writing->second = gate_wait(call, &writing->gate, true);
}

START_TEST(what_writes_or_may_not_be_cut_runs_to_its_end)
{
	struct writing writing = {.is_cancellable = _i == 0, .is_writing = _i == 0};
	struct call *call;

	call = call_start(writing_call, &writing, note_finished, NULL);
	call_cancel(call);
	wait_run_ready();
	ck_assert_uint_eq(finished, 0);
	gate_open(&writing.gate);
	ck_assert_uint_eq(finished, 1);
	ck_assert_int_eq(writing.first, RESULT_OK);
	ck_assert_int_eq(writing.second, RESULT_CANCELLED);
}
END_TEST

START_TEST(done_and_cancelled_is_done)
{
	struct writing writing = {.is_cancellable = true};
	struct call *call;

	call = call_start(writing_call, &writing, note_finished, NULL);
	call_cancel(call);
	wait_done(writing.gate.wait);
	wait_run_ready();
	ck_assert_int_eq(writing.first, RESULT_OK);
	ck_assert_int_eq(writing.second, RESULT_CANCELLED);
	ck_assert_uint_eq(finished, 1);
}
END_TEST

static void
fail_early(struct call *call, void *argument)
{
	struct gate *gate = argument;

	ck_assert_int_eq(call_fail(call, RESULT_UNAVAILABLE, "first"), RESULT_UNAVAILABLE);
	ck_assert_int_eq(call_fail(call, RESULT_FAILED, "second"), RESULT_FAILED);
	ck_assert_int_eq(gate_wait(call, gate, true), RESULT_UNAVAILABLE);
	ck_assert_int_eq(sleep_until(call, 0), RESULT_UNAVAILABLE);
	ck_assert_str_eq(call->failure_reason, "first");
}

START_TEST(the_first_failure_sticks)
{
	struct gate gate = {0};

	call_start(fail_early, &gate, note_finished, NULL);
	ck_assert_uint_eq(finished, 1);
	ck_assert_int_eq(last_failure, RESULT_UNAVAILABLE);
}
END_TEST

static unsigned released[8], released_length;

static void
note_released(void *object)
{
	released[released_length++] = *(unsigned *)object;
}

static void
defer_three(struct call *call, void *argument)
{
	unsigned *numbers = argument;

	for (unsigned i = 0; i < 3; i++)
		call_defer(call, note_released, &numbers[i]);
}

static void
finished_before_release(struct call *call)
{
	note_finished(call);
	ck_assert_uint_eq(released_length, 0);
}

START_TEST(deferred_runs_last_first_after_finished)
{
	unsigned numbers[] = {1, 2, 3};

	released_length = 0;
	call_start(defer_three, numbers, finished_before_release, NULL);
	ck_assert_uint_eq(released_length, 3);
	ck_assert_uint_eq(released[0], 3);
	ck_assert_uint_eq(released[1], 2);
	ck_assert_uint_eq(released[2], 1);
}
END_TEST

struct borrowing {
	struct cache_entry *entry;
	struct gate gate;
	const char *seen;
};

static void
borrow(struct call *call, void *argument)
{
	struct borrowing *borrowing = argument;
	const char *value = call_borrow(call, borrowing->entry);

	gate_wait(call, &borrowing->gate, true);
	ck_assert_str_eq(value, "old");
	ck_assert_uint_eq(borrowing->entry->references, 1);
}

START_TEST(a_borrowed_entry_outlives_its_replacement)
{
	struct cache *cache = cache_create(4);
	struct arena *old = arena_create(1024), *new = arena_create(1024);
	struct borrowing borrowing = {0};

	borrowing.entry = cache_put(cache, "name", old, arena_string(old, "old"), 1);
	call_start(borrow, &borrowing, note_finished, NULL);
	cache_put(cache, "name", new, arena_string(new, "new"), 2);
	gate_open(&borrowing.gate);
	ck_assert_uint_eq(finished, 1);
	cache_destroy(cache);
}
END_TEST

/*
 * A handler as handlers are: takes things that are no memory, waits, nests, cleans up at out:. It
 * is cancelled at its n-th wait, for every n; whatever it had taken is given back.
 */
enum { SCRIPT_WAITS = 9 };

struct script {
	unsigned waits; /* begun */
	unsigned held;	/* things taken and not given back */
	struct gate gate;
	bool is_through;
};

static enum result
script_wait(struct call *call, struct script *script)
{
	if (call->failure == RESULT_OK)
		script->waits++;
	return (gate_wait(call, &script->gate, true));
}

static void
script_give_back(void *object)
{
	(*(unsigned *)object)--;
}

static enum result
script_inner(struct call *call, struct script *script, unsigned times)
{
	enum result result = RESULT_OK;

	script->held++;
	for (unsigned i = 0; i < times; i++) {
		if ((result = script_wait(call, script)) != RESULT_OK)
			goto out;
	}
	script->held++;
	call_defer(call, script_give_back, &script->held);
out:
	script->held--;
	return (result);
}

static void
script_run(struct call *call, void *argument)
{
	struct script *script = argument;

	script->held++;
	if (script_wait(call, script) != RESULT_OK)
		goto out;
	if (script_inner(call, script, 3) != RESULT_OK)
		goto out;
	script_wait(call, script); /* unchecked: the failure sticks */
	script_wait(call, script);
	if (script_inner(call, script, 2) != RESULT_OK)
		goto out;
	if (script_wait(call, script) != RESULT_OK)
		goto out;
	script->is_through = true;
out:
	script->held--;
}

START_TEST(cancelled_at_every_wait_it_unwinds)
{
	for (unsigned at = 1; at <= SCRIPT_WAITS + 1; at++) {
		struct script script = {0};
		struct call *call;

		finished = 0;
		call = call_start(script_run, &script, note_finished, NULL);
		while (finished == 0 && script.waits < at)
			gate_open(&script.gate);
		if (finished == 0) {
			call_cancel(call);
			call_cancel(call);
			wait_run_ready();
		}
		ck_assert_uint_eq(finished, 1);
		ck_assert_uint_eq(script.held, 0);
		ck_assert_uint_eq(script.waits, at <= SCRIPT_WAITS ? at : SCRIPT_WAITS);
		ck_assert_int_eq(script.is_through, at > SCRIPT_WAITS);
		ck_assert_int_eq(last_failure, at > SCRIPT_WAITS ? RESULT_OK : RESULT_CANCELLED);
		ck_assert_uint_eq(fiber_alive(), 0);
	}
}
END_TEST

/* The same, by a client that has gone while the handler ran: each later wait refuses to park. */
static void
cancelled_while_running(struct call *call, void *argument)
{
	struct gate *gate = argument;

	call_cancel(call);
	ck_assert_int_eq(gate_wait(call, gate, true), RESULT_CANCELLED);
	ck_assert_int_eq(gate_wait(call, gate, true), RESULT_CANCELLED);
}

START_TEST(cancelled_before_a_wait_it_does_not_park)
{
	struct gate gate = {0};

	call_start(cancelled_while_running, &gate, note_finished, NULL);
	ck_assert_uint_eq(finished, 1);
}
END_TEST

enum { SLEEPERS = 10000 };

static void
sleep_some(struct call *call, void *argument)
{
	unsigned *slept = argument;
	uint64_t until = 1000000 + 10 + *slept % 97;

	if (sleep_until(call, until) == RESULT_OK && sleep_until(call, until + 200) == RESULT_OK)
		(*slept)++;
}

START_TEST(ten_thousand_calls_sleep_at_once)
{
	unsigned slept = 0;

	for (unsigned i = 0; i < SLEEPERS; i++)
		call_start(sleep_some, &slept, note_finished, NULL);
	ck_assert_uint_eq(fiber_alive(), SLEEPERS);
	for (uint64_t at = 1000000; finished < SLEEPERS; at += 10) {
		ck_assert_uint_lt(at, 1002000);
		timers_run(at);
		wait_run_ready();
	}
	ck_assert_uint_eq(slept, SLEEPERS);
}
END_TEST

static void
sleep_long(struct call *call, void *argument)
{
	*(enum result *)argument = sleep_until(call, 1000000 + 3600000);
}

START_TEST(a_cancelled_sleep_leaves_no_timer)
{
	enum result result = RESULT_OK;
	struct call *call;

	call = call_start(sleep_long, &result, note_finished, NULL);
	call_cancel(call);
	wait_run_ready();
	ck_assert_int_eq(result, RESULT_CANCELLED);
	ck_assert_int_eq(timers_next(1000000), -1);
}
END_TEST

Suite *
suite_async_call(void)
{
	Suite *suite = suite_create("async/call");
	TCase *tests = tcase_create("call");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, runs_at_once_to_its_first_wait);
	tcase_add_test(tests, a_wait_that_is_done_does_not_park);
	tcase_add_test(tests, a_call_may_start_and_wait_for_another);
	tcase_add_test(tests, a_stale_wake_up_wakes_nobody);
	tcase_add_test(tests, a_wake_up_outside_of_an_event_runs_with_the_next_tick);
	tcase_add_loop_test(tests, what_writes_or_may_not_be_cut_runs_to_its_end, 0, 2);
	tcase_add_test(tests, done_and_cancelled_is_done);
	tcase_add_test(tests, the_first_failure_sticks);
	tcase_add_test(tests, deferred_runs_last_first_after_finished);
	tcase_add_test(tests, a_borrowed_entry_outlives_its_replacement);
	tcase_add_test(tests, cancelled_at_every_wait_it_unwinds);
	tcase_add_test(tests, cancelled_before_a_wait_it_does_not_park);
	tcase_add_test(tests, ten_thousand_calls_sleep_at_once);
	tcase_add_test(tests, a_cancelled_sleep_leaves_no_timer);
	suite_add_tcase(suite, tests);
	return (suite);
}
