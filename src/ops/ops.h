/* Handlers of the operations listener, and what feeds them. */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "web/reply.h"

struct reply health_live(struct call *);  /* GET /health/live: this worker's loop turns */
struct reply health_ready(struct call *); /* GET /health/ready: may this node get traffic? */
struct reply metrics_page(struct call *); /* GET /metrics: Prometheus text format 0.0.4 */

/* What only the supervision of processes knows; set by main. */
struct ops_node {
	bool (*is_stopping)(void);
	bool (*is_crash_looping)(void);
	unsigned (*workers_replaced)(void);
};
void ops_start(const struct ops_node *);
const struct ops_node *ops_node(void);
/* This worker's gauges into the shared counters; called by the worker's tick. lag_us: how late the
 * tick was. */
void metrics_publish(unsigned connections, uint64_t lag_us);

#endif
