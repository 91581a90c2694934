/* The ready queue, and the plainest door: sleep_until. */
#include <stddef.h>

#include "async/fiber.h"
#include "async/loop.h"
#include "async/wait.h"
#include "base/fatal.h"

static struct wait *ready_first;
static struct wait **ready_last = &ready_first;
static bool is_running;

static void
kick_fired(struct timer *timer)
{
	(void)timer; /* the tick that fired it runs the ready queue */
}

static struct timer kick = {.fired = kick_fired};

void
wait_wake(struct wait *wait)
{
	if (wait->is_queued || wait->call == NULL || wait->call->waiting != wait)
		return;
	wait->is_queued = true;
	wait->next_ready = NULL;
	*ready_last = wait;
	ready_last = &wait->next_ready;
	if (!is_running && kick.link == NULL)
		timer_arm(&kick, 0);
}

bool
wait_is_cut(const struct wait *wait)
{
	return (wait->is_cancellable && wait->call->cancelled && !wait->call->is_writing);
}

enum result
wait_until_done(struct call *call, struct wait *wait, bool is_cancellable)
{
	if (fiber_current() != call->fiber)
		fatal("a wait outside of its call's fiber");
	wait->call = call;
	wait->is_cancellable = is_cancellable;
	call->waiting = wait;
	while (!wait->is_done && !wait_is_cut(wait))
		fiber_park();
	call->waiting = NULL;
	if (!wait->is_done)
		return (call_fail(call, RESULT_CANCELLED, "the client went away"));
	return (RESULT_OK);
}

void
wait_done(struct wait *wait)
{
	wait->is_done = true;
	wait_wake(wait);
}

void
wait_run_ready(void)
{
	struct wait *wait;

	if (fiber_current() != NULL)
		fatal("wait_run_ready inside a fiber");
	if (is_running)
		return;
	is_running = true;
	timer_disarm(&kick);
	while ((wait = ready_first) != NULL) {
		if ((ready_first = wait->next_ready) == NULL)
			ready_last = &ready_first;
		wait->is_queued = false;
		call_resume(wait->call);
	}
	is_running = false;
}

enum result
wait_may_begin(const struct call *call)
{
	if (call->leases != 0)
		fatal("a leased connection is held across a long wait");
	return (call->failure);
}

static void
sleep_fired(struct timer *timer)
{
	wait_done(timer->owner);
}

enum result
sleep_until(struct call *call, uint64_t deadline_ms)
{
	struct wait wait = {0};
	struct timer timer = {.fired = sleep_fired, .owner = &wait};
	enum result result;

	if ((result = wait_may_begin(call)) != RESULT_OK)
		return (result);
	timer_arm(&timer, deadline_ms);
	result = wait_until_done(call, &wait, true);
	timer_disarm(&timer);
	return (result);
}
