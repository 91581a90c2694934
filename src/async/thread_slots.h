/* The node's slots: who runs CPU-heavy work now, in memory shared by the parent and all workers. */
#ifndef ASYNC_THREAD_SLOTS_H
#define ASYNC_THREAD_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

void slots_prepare(unsigned slots); /* before the fork; 0: one core less than there are */
bool slots_are_prepared(void);
unsigned slots_count(void);
unsigned slots_busy(void);

/* In a worker, once: takes a place among those that may announce that they wait. */
void slots_join(void);
void slots_leave(void);
/* Readable, as an edge, whenever a slot becomes free that someone else may want. Never read it. */
int slots_eventfd(void);

int slots_take(void);		/* the slot, or -1 when all are busy */
void slots_give_back(int slot); /* from any thread */
/* Since when this worker's longest waiting job waits; 0: none waits. */
void slots_announce(uint64_t since_ms);
/* May a job that waits since then go first? Workers that announced a time before ignore_before_ms
 * have stopped looking and do not count. */
bool slots_is_first(uint64_t since_ms, uint64_t ignore_before_ms);

void slots_reclaim(pid_t worker);

#endif
