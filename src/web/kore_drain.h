/* Leaving without losing a request (FM-15). */
#ifndef WEB_KORE_DRAIN_H
#define WEB_KORE_DRAIN_H

#include <stdbool.h>

/*
 * In kore_worker_teardown: Kore's loop is over, so this is one of its own. If it is the node that
 * stops, goes on accepting for delay_ms, with answers that close their connections. Then stops
 * accepting, and returns when nothing is in flight any more, after longest_ms at the latest. False:
 * only this worker was asked to leave.
 */
bool drain_run(unsigned delay_ms, unsigned longest_ms);

#endif
