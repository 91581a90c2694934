/*
 * What we need of an event loop: descriptors and timers. loop_kore.c runs on Kore's epoll inside
 * workers; loop_poll.c by itself, for the command line and tests. Exactly one is started in a
 * process.
 */
#ifndef ASYNC_LOOP_H
#define ASYNC_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_READABLE 0x1
#define LOOP_WRITABLE 0x2
#define LOOP_FAILED 0x4 /* error or hang-up: read what is there, then close */

/* A descriptor that is watched, edge-triggered for both directions. Lives in its owner's struct;
 * must be removed before the descriptor closes. */
struct watch {
	void (*ready)(struct watch *, unsigned events);
	void *owner;
	int fd;
	void *backend; /* private to the loop; NULL when not watched */
};

void loop_watch(struct watch *);   /* fatal() if the descriptor cannot be watched */
void loop_unwatch(struct watch *); /* safe when not watched; the watch may then be freed */

/* One-shot timer on a wheel of 10 ms ticks: arming and disarming are O(1). Lives in its owner's
 * struct. Never fires early; timers of one tick fire in the order of arming. */
struct timer {
	void (*fired)(struct timer *);
	void *owner;
	uint64_t deadline_ms;	    /* monotonic */
	struct timer *next, **link; /* private; link is NULL when not armed */
	unsigned slot;		    /* private */
};

enum { TIMER_TICK_MS = 10 };

void timer_arm(struct timer *, uint64_t deadline_ms); /* re-arms if armed */
void timer_disarm(struct timer *);		      /* safe when not armed */
/* Fires what is due; a timer armed meanwhile fires in a later run, whatever its deadline. The
 * loop's business, as are the two below. Returns timers_next(). */
int timers_run(uint64_t now_ms);
/* Milliseconds until the next tick that matters, or -1 for none. */
int timers_next(uint64_t now_ms);
/* armed(due_ms) is called when a timer is armed that is due before all others. */
void timers_on_arm(void (*armed)(uint64_t due_ms));

/* The stand-alone loop. */
void loop_poll_start(void);
/* Waits for events, at most timeout_ms (-1: as long as it takes) and not beyond the next timer, and
 * serves what happened. */
void loop_poll_once(int timeout_ms);
void loop_poll_stop(void);
/* Starts run in a call and runs the loop until it is over. fatal() when the call cannot start. */
struct call;
void loop_poll_run(void (*run)(struct call *, void *), void *argument);

/* Inside a Kore worker; called once in kore_worker_configure. */
void loop_kore_start(void);

/* What a loop brings, and how it is put in place. */
struct loop_backend {
	void (*watch)(struct watch *);
	void (*unwatch)(struct watch *); /* only called when watched */
};
void loop_use(const struct loop_backend *); /* NULL: the loop has stopped */

#endif
