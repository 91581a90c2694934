/*
 * Numbers about this node, in memory that all its processes share: one column a worker, so that
 * nobody waits for anybody; who asks sums them up. A column outlives its worker: counters go on
 * where the one before ended, gauges begin at 0.
 */
#ifndef WEB_COUNTERS_H
#define WEB_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "web/strict_http.h"

enum counter {
	/* gauges */
	COUNTER_CONNECTIONS, /* open now */
	COUNTER_CALLS,	     /* requests that run now, those without a client among them */
	COUNTER_LOOP_LAG_US, /* worst delay of the loop's tick in the last seconds */
	COUNTER_FIBERS,
	COUNTER_DB_CONNECTIONS,
	COUNTER_DB_CONNECTIONS_READY,
	COUNTER_DB_IN_FLIGHT,
	COUNTER_DB_WAITING,
	COUNTER_DB_BREAKERS_OPEN,
	COUNTER_THREADS_QUEUED,
	COUNTER_GAUGES, /* how many gauges; what follows only grows */
	/* set by counters_follow() from figures that begin at 0 with each worker */
	COUNTER_DB_UNITS = COUNTER_GAUGES,
	COUNTER_DB_RETRIES,
	COUNTER_DB_TIMEOUTS,
	COUNTER_DB_RECONNECTS,
	COUNTER_DB_BREAKER_OPENED,
	COUNTER_THREADS_DONE,
	COUNTER_THREADS_REFUSED,
	COUNTER_LOG_DROPPED,
	/* counted here */
	COUNTER_ACCEPTED,
	COUNTER_TURNED_AWAY,  /* connections answered with 503: no room */
	COUNTER_TIMED_OUT,    /* connections closed for a slow head, body or reader */
	COUNTER_CLIENTS_GONE, /* requests whose client left before the answer */
	COUNTER_COUNT
};

enum {
	COUNTERS_STATUSES = 29, /* named ones, and 0 for all others */
	COUNTERS_BUCKETS = 13	/* of durations; the last has no upper end */
};
extern const int counters_statuses[COUNTERS_STATUSES];
extern const uint64_t
    counters_buckets_us[COUNTERS_BUCKETS]; /* upper ends; UINT64_MAX for the last */

/* Before the fork, in the parent. routes: rows of the route table; row `routes` stands for "none of
 * them". */
void counters_prepare(unsigned workers, size_t routes);
/* In a worker: its column from 0. What counts for itself goes to column 0 until then. */
void counters_attach(unsigned column);

void counters_add(enum counter, uint64_t);
void counters_subtract(enum counter, uint64_t);
void counters_set(enum counter, uint64_t);
/* The source counts from 0 since this process began: keeps the sum over processes growing. */
void counters_follow(enum counter, uint64_t since_start);
void counters_refusal(enum strict_verdict);
void counters_request(size_t route, int status, uint64_t duration_us);

uint64_t counters_sum(enum counter);
uint64_t counters_max(enum counter);
uint64_t counters_refusals(enum strict_verdict);
uint64_t counters_requests(size_t route, size_t status_index);
uint64_t counters_durations(size_t route, size_t bucket); /* those that ended in it, not below it */
uint64_t counters_duration_us(size_t route);		  /* sum */

#endif
