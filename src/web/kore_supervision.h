/*
 * Parent and workers watching each other, through memory they share. A worker that dies is replaced
 * with back-off (FM-12), one that is stuck is killed (FM-13), one that leaves unasked is replaced
 * (FM-17), and the node knows when it is being stopped.
 */
#ifndef WEB_KORE_SUPERVISION_H
#define WEB_KORE_SUPERVISION_H

#include <stdbool.h>
#include <sys/types.h>

/* In the parent, before the fork. stop_ms: longest time that workers may take to leave; then they
 * are killed. */
void supervision_prepare(unsigned stop_ms);
pid_t supervision_parent(void);

/* In a worker, first of all: waits if it replaces one that died young. */
void supervision_worker_start(void);
/* In a worker: alive. At least every second. */
void supervision_beat(void);

/* The parent was asked to stop. */
bool supervision_is_stopping(void);
/* Five workers died within ten seconds. */
bool supervision_is_crash_looping(void);
unsigned supervision_replaced(void);

#endif
