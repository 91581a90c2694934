/*
 * One piece of work that may wait: a request, a job, a command of the command line. Runs in a fiber
 * of its own. A function that may wait takes struct call * first; nothing else waits. A failed wait
 * sticks (call->failure): the doors return it at once from then on, so straight-line code needs no
 * ladder of checks. The bridge turns it into 503 or 500 whatever the handler returned.
 */
#ifndef ASYNC_CALL_H
#define ASYNC_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cache.h"
#include "base/result.h"

struct fiber;
struct realm;
struct request;
struct wait;

struct call {
	struct arena *arena; /* dies with the call */
	struct fiber *fiber;
	struct request *request;   /* NULL in jobs and commands. A copy that is the call's own: safe
				    * after the client has gone */
	const struct realm *realm; /* set by the router; NULL where no realm is concerned */
	enum result failure;	   /* RESULT_OK, or the first of CANCELLED, UNAVAILABLE, FAILED */
	const char *failure_reason; /* constant text, for the log */
	const char *reason;	    /* reason code of the answer, for log and audit:
				     * "invalid_grant.code_reuse" */
	const char *client_id;	    /* for the log, once known */
	bool cancelled;	      /* the client has gone; waits that have not begun to write return
			       * CANCELLED */
	bool is_writing;      /* has begun to write in the database: runs to its end, its answer may
			       * be dropped */
	unsigned leases;      /* leased database connections; must be 0 across fetch_*, thread_run,
			       * sleep_until */
	struct wait *waiting; /* private: what it is parked in */
	struct call_cleanup *cleanups;		    /* private */
	void (*run)(struct call *, void *argument); /* private */
	void *argument;				    /* private */
	void (*finished)(struct call *);	    /* private: set by whoever started the call */
	void *owner;				    /* private: the starter's */
};

enum { CALL_ARENA_MAX = 8 * 1024 * 1024 };

/*
 * Starts run(call, argument) in a new fiber; it runs at once, up to its first wait (when started
 * from inside a fiber: as soon as the loop runs what is ready). When it has ended, on the loop's
 * stack: finished(call), then what was deferred, then the call and its arena are gone; that may be
 * before call_start returns, so the pointer is the call only until finished has been called.
 * finished may be NULL. Returns NULL, and calls nothing, when no fiber is to be had (the limit of
 * fibers is reached).
 */
struct call *call_start(void (*run)(struct call *, void *argument), void *argument,
    void (*finished)(struct call *), void *owner);
/* As call_start, but into an arena that the starter filled already; takes the arena over, also on
 * failure. */
struct call *call_start_with(struct arena *, struct request *,
    void (*run)(struct call *, void *argument), void *argument, void (*finished)(struct call *),
    void *owner);
/* The client went away. May be called more than once, until finished has been called. Wakes a
 * cancellable wait when the loop next runs what is ready, never inside this function; the handler
 * then unwinds. */
void call_cancel(struct call *);

/* release(object) runs when the call ends, last deferred first, whatever happened. It may not wait.
 */
void call_defer(struct call *, void (*release)(void *), void *object);
/* Keeps a cache entry alive until the call ends; returns its value. */
void *call_borrow(struct call *, struct cache_entry *);
/* Records the first failure. Returns its argument, so that `return (call_fail(...))` reads well. */
enum result call_fail(struct call *, enum result, const char *reason);

/* The ready queue's business: goes on with the call until it parks or ends. */
void call_resume(struct call *);

#endif
