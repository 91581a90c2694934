/*
 * One piece of work that may wait: a request, a job, a command of the command line. Runs in a fiber of its own.
 * A function that may wait takes struct call * first; nothing else waits. A failed wait sticks (call->failure): later waits return it at
 * once, so straight-line code needs no ladder of checks. The bridge turns it into 503 or 500 whatever the handler returned.
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

struct call {
	struct arena		*arena;		/* dies with the call */
	struct fiber		*fiber;
	struct request		*request;	/* NULL in jobs and commands. A copy that is the call's own: safe after the client has gone */
	const struct realm	*realm;		/* set by the router; NULL where no realm is concerned */
	enum result		 failure;	/* RESULT_OK, or the first of CANCELLED, UNAVAILABLE, FAILED */
	const char		*failure_reason;	/* constant text, for the log */
	const char		*reason;	/* reason code of the answer, for log and audit: "invalid_grant.code_reuse" */
	const char		*client_id;	/* for the log, once known */
	bool			 cancelled;	/* the client has gone; waits that have not begun to write return CANCELLED */
	bool			 is_writing;	/* has begun to write in the database: runs to its end, its answer may be dropped */
	unsigned		 leases;	/* leased database connections; must be 0 across fetch_*, thread_run, sleep_until */
	struct call_cleanup	*cleanups;	/* private */
	void			(*finished)(struct call *);	/* private: set by whoever started the call */
	void			*owner;		/* private: the starter's */
};

enum { CALL_ARENA_MAX = 8 * 1024 * 1024 };

/* Starts run(call, argument) in a new fiber; it runs at once, up to its first wait. finished(call) is called when it has ended, after which
 * the call and its arena are gone. Returns NULL when no fiber is to be had (the limit of fibers is reached). */
struct call	*call_start(void (*run)(struct call *, void *argument), void *argument, void (*finished)(struct call *), void *owner);
/* As call_start, but into an arena that the starter filled already; takes the arena over, also on failure. */
struct call	*call_start_with(struct arena *, struct request *, void (*run)(struct call *, void *argument), void *argument,
		    void (*finished)(struct call *), void *owner);
/* The client went away. May be called more than once. Wakes a cancellable wait; the handler then unwinds. */
void		 call_cancel(struct call *);

/* release(object) runs when the call ends, last deferred first, whatever happened. */
void		 call_defer(struct call *, void (*release)(void *), void *object);
/* Keeps a cache entry alive until the call ends; returns its value. */
void		*call_borrow(struct call *, struct cache_entry *);
/* Records the first failure. Returns it, so that `return (call_fail(...))` reads well. */
enum result	 call_fail(struct call *, enum result, const char *reason);

#endif
