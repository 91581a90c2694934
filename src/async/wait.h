/*
 * What the doors (db_*, fetch_*, thread_run, sleep_until) are made of. A wait owns its wake-up: the
 * door disarms it before it returns, and the wait loops until its own condition holds, so a stale
 * wake-up of a dead request can wake nobody. A door first returns call->failure if that is set.
 */
#ifndef ASYNC_WAIT_H
#define ASYNC_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"

/* Zeroed at birth; usually on the fiber's stack. */
struct wait {
	struct call *call;
	bool is_done;
	bool is_cancellable; /* false: cancellation is noted, the wait goes on to its end. A door
			      * may clear it while the wait is parked */
	struct wait *next_ready; /* private */
	bool is_queued;		 /* private */
};

/* Parks until wait_done(), or, if cancellable, until the call is cancelled, unless it is_writing.
 * RESULT_OK or RESULT_CANCELLED, which sticks to the call. OK when both happened. */
enum result wait_until_done(struct call *, struct wait *, bool is_cancellable);
/* The condition holds. The fiber runs when the ready queue is next run. Safe to call twice, and
 * before the wait is parked. */
void wait_done(struct wait *);
/* Runs every fiber that is ready, until none is. Each event source calls it once at the end of its
 * event; what is woken elsewhere (call_cancel, another fiber) runs at the latest with the next tick
 * of the timers' wheel. Not from inside a fiber. */
void wait_run_ready(void);

/* Waits until clock_monotonic_ms() >= deadline. Cancellable. */
enum result sleep_until(struct call *, uint64_t deadline_ms);

/* What the doors that leave the database for long check first: call->failure. fatal() when the call
 * holds a leased connection. */
enum result wait_may_begin(const struct call *);

/* For call_cancel: would the wait, as it stands, end by cancellation? And: look again. */
bool wait_is_cut(const struct wait *);
void wait_wake(struct wait *);

#endif
