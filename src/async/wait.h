/*
 * What the doors (db_*, fetch_*, thread_run, sleep_until) are made of. A wait owns its wake-up: the door disarms it before it
 * returns, and the wait loops until its own condition holds, so a stale wake-up of a dead request can wake nobody.
 */
#ifndef ASYNC_WAIT_H
#define ASYNC_WAIT_H

#include <stdbool.h>

#include "async/call.h"

struct wait {
	struct call	*call;
	bool		 is_done;
	bool		 is_cancellable;	/* false: cancellation is noted, the wait goes on to its end */
	struct wait	*next_ready;		/* private */
	bool		 is_queued;		/* private */
};

/* Parks until wait_done(), or, if cancellable, until the call is cancelled. RESULT_OK or RESULT_CANCELLED. */
enum result	wait_until_done(struct call *, struct wait *, bool is_cancellable);
/* From the loop's side: the condition holds. The fiber runs when the ready queue is next run. Safe to call twice. */
void		wait_done(struct wait *);
/* Runs every fiber that is ready, until none is. Each event source calls it once at the end of its event. Not from inside a fiber. */
void		wait_run_ready(void);

/* Waits until clock_monotonic_ms() >= deadline. Cancellable. */
enum result	sleep_until(struct call *, uint64_t deadline_ms);

#endif
