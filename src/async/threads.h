/*
 * CPU-heavy work (Argon2) on threads of our own, at lower priority than the loop. The queue is
 * bounded; the slots in use are counted in memory shared by all workers of the node, so that a node
 * never runs more than its share whatever worker got the requests. The worker whose job has waited
 * longest is the first to take a slot that becomes free.
 */
#ifndef ASYNC_THREADS_H
#define ASYNC_THREADS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "async/call.h"

enum { THREAD_SLOTS_MAX = 256, THREAD_STACK_BYTES = 256 * 1024 };

/* Before the fork, in the parent: the shared slots. slots: hashes at once on this node (0: one core
 * less than there are, at least 1; at most THREAD_SLOTS_MAX). threads_start does it where nobody
 * has. */
void threads_prepare(unsigned slots);
/* In each worker, after loop_*_start: starts a thread for each slot, and their eventfd. queue_max:
 * jobs waiting in this worker; wait_max_ms: longest wait for a slot. */
void threads_start(unsigned queue_max, unsigned wait_max_ms);
/* Refuses what waits, lets run to its end what runs, and ends the threads; the calls go on with it.
 * Not from a fiber. */
void threads_stop(void);
/* In the parent, when a worker has died: gives back the slots that it held. */
void threads_reclaim(pid_t worker);

/* Runs work(argument) on a thread and waits for it. RESULT_UNAVAILABLE when the queue is full or
 * the wait for a slot too long: this does NOT stick to the call, the caller answers with 503 and
 * Retry-After. A job that waits in the queue is cut by cancellation; one that runs is not: the
 * argument stays valid, and the result is OK. work must touch nothing but its argument, and runs on
 * a stack of THREAD_STACK_BYTES. */
enum result thread_run(struct call *, void (*work)(void *argument), void *argument);

struct thread_figures {
	unsigned slots, slots_busy; /* of the node */
	unsigned queued;	    /* in this worker */
	uint64_t done, refused;	    /* by this worker */
};
void threads_figures(struct thread_figures *out);

#endif
