/*
 * CPU-heavy work (Argon2) on threads of our own, at lower priority than the loop. The queue is bounded; the slots in use are counted in
 * memory shared by all workers of the node, so that a node never runs more than its share whatever worker got the requests.
 */
#ifndef ASYNC_THREADS_H
#define ASYNC_THREADS_H

#include <stddef.h>

#include "async/call.h"

/* Before the fork, in the parent: the shared counter. slots: hashes at once on this node (0: one core less than there are, at least 1). */
void		threads_prepare(unsigned slots);
/* In each worker: starts the threads and their eventfd. queue_max: jobs waiting in this worker; wait_max_ms: longest wait for a slot. */
void		threads_start(unsigned queue_max, unsigned wait_max_ms);
void		threads_stop(void);

/* Runs work(argument) on a thread and waits for it. RESULT_UNAVAILABLE when the queue is full or the wait for a slot too long: this does
 * NOT stick to the call, the caller answers with 503 and Retry-After. A job that runs is not cut by cancellation: the argument stays valid.
 * work must touch nothing but its argument. */
enum result	thread_run(struct call *, void (*work)(void *argument), void *argument);

struct thread_figures {
	unsigned	slots, slots_busy, queued;
	uint64_t	done, refused;
};
void		threads_figures(struct thread_figures *out);

#endif
