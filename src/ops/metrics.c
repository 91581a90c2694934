/* GET /metrics: the numbers of this node in Prometheus' text format. */
#include <stdio.h>

#include "async/fiber.h"
#include "async/threads.h"
#include "base/log.h"
#include "db/db.h"
#include "ops/ops.h"
#include "routes.h"
#include "web/counters.h"

enum { METRICS_BYTES_MAX = 4 * 1024 * 1024, LAG_WINDOW = 20 };

enum how { SUM, MOST_SECONDS };

static const struct metric {
	const char *name, *type, *help;
	enum counter counter;
	enum how how;
} metrics[] = {
    {"latchkey_connections", "gauge", "Open connections", COUNTER_CONNECTIONS, SUM},
    {"latchkey_connections_accepted_total", "counter", "Connections accepted", COUNTER_ACCEPTED,
	SUM},
    {"latchkey_connections_turned_away_total", "counter", "Connections answered with 503: no room",
	COUNTER_TURNED_AWAY, SUM},
    {"latchkey_connections_timed_out_total", "counter",
	"Connections closed for a slow head, body or reader", COUNTER_TIMED_OUT, SUM},
    {"latchkey_requests_in_flight", "gauge", "Requests that run now", COUNTER_CALLS, SUM},
    {"latchkey_clients_gone_total", "counter", "Requests whose client left before the answer",
	COUNTER_CLIENTS_GONE, SUM},
    {"latchkey_fibers", "gauge", "Fibers alive", COUNTER_FIBERS, SUM},
    {"latchkey_loop_lag_seconds", "gauge", "Worst delay of a worker's loop in the last 5 seconds",
	COUNTER_LOOP_LAG_US, MOST_SECONDS},
    {"latchkey_database_connections", "gauge", "Connections to the database that are wanted",
	COUNTER_DB_CONNECTIONS, SUM},
    {"latchkey_database_connections_ready", "gauge", "Connections to the database that are up",
	COUNTER_DB_CONNECTIONS_READY, SUM},
    {"latchkey_database_units_in_flight", "gauge", "Units of work sent and not answered",
	COUNTER_DB_IN_FLIGHT, SUM},
    {"latchkey_database_units_waiting", "gauge", "Units of work that wait for a connection",
	COUNTER_DB_WAITING, SUM},
    {"latchkey_database_breakers_open", "gauge", "Workers whose circuit breaker is open",
	COUNTER_DB_BREAKERS_OPEN, SUM},
    {"latchkey_database_units_total", "counter", "Units of work", COUNTER_DB_UNITS, SUM},
    {"latchkey_database_retries_total", "counter", "Units of work that were repeated",
	COUNTER_DB_RETRIES, SUM},
    {"latchkey_database_timeouts_total", "counter", "Units of work that met their deadline",
	COUNTER_DB_TIMEOUTS, SUM},
    {"latchkey_database_reconnects_total", "counter", "Connections made again",
	COUNTER_DB_RECONNECTS, SUM},
    {"latchkey_database_breaker_opened_total", "counter", "Times that a circuit breaker opened",
	COUNTER_DB_BREAKER_OPENED, SUM},
    {"latchkey_threads_queued", "gauge", "Hashes that wait for a slot", COUNTER_THREADS_QUEUED,
	SUM},
    {"latchkey_threads_done_total", "counter", "Hashes done", COUNTER_THREADS_DONE, SUM},
    {"latchkey_threads_refused_total", "counter", "Hashes refused for want of a slot",
	COUNTER_THREADS_REFUSED, SUM},
    {"latchkey_log_lines_dropped_total", "counter", "Log lines that nobody took",
	COUNTER_LOG_DROPPED, SUM},
};

void
metrics_publish(unsigned connections, uint64_t lag_us)
{
	static uint64_t lags[LAG_WINDOW];
	static unsigned at;
	struct thread_figures threads;
	struct db_figures db;
	uint64_t worst = 0;
	unsigned i;

	lags[at++ % LAG_WINDOW] = lag_us;
	for (i = 0; i < LAG_WINDOW; i++)
		if (lags[i] > worst)
			worst = lags[i];
	counters_set(COUNTER_CONNECTIONS, connections);
	counters_set(COUNTER_LOOP_LAG_US, worst);
	counters_set(COUNTER_FIBERS, fiber_alive());
	counters_follow(COUNTER_LOG_DROPPED, log_dropped());

	db_figures(&db);
	counters_set(COUNTER_DB_CONNECTIONS, db.connections);
	counters_set(COUNTER_DB_CONNECTIONS_READY, db.connections_ready);
	counters_set(COUNTER_DB_IN_FLIGHT, db.in_flight);
	counters_set(COUNTER_DB_WAITING, db.waiting);
	counters_set(COUNTER_DB_BREAKERS_OPEN, db.breaker_is_open);
	counters_follow(COUNTER_DB_UNITS, db.units);
	counters_follow(COUNTER_DB_RETRIES, db.retries);
	counters_follow(COUNTER_DB_TIMEOUTS, db.timeouts);
	counters_follow(COUNTER_DB_RECONNECTS, db.reconnects);
	counters_follow(COUNTER_DB_BREAKER_OPENED, db.breaker_opened);

	threads_figures(&threads);
	counters_set(COUNTER_THREADS_QUEUED, threads.queued);
	counters_follow(COUNTER_THREADS_DONE, threads.done);
	counters_follow(COUNTER_THREADS_REFUSED, threads.refused);
}

static void
head_write(struct text *out, const char *name, const char *type, const char *help)
{
	text_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
number_write(struct text *out, const char *name, const char *type, const char *help, uint64_t value)
{
	head_write(out, name, type, help);
	text_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

static void
metric_write(struct text *out, const struct metric *metric)
{
	if (metric->how == SUM) {
		number_write(
		    out, metric->name, metric->type, metric->help, counters_sum(metric->counter));
		return;
	}
	head_write(out, metric->name, metric->type, metric->help);
	text_addf(out, "%s %.6f\n", metric->name, (double)counters_max(metric->counter) / 1e6);
}

static const char *
route_name(size_t route)
{
	return (route < routes_count ? routes[route].path : "none");
}

/* Rows of one path (by method) are told apart by their methods. */
static const char *
route_methods(size_t route)
{
	if (route >= routes_count)
		return ("any");
	if (routes[route].methods == METHOD_GET)
		return ("GET");
	return (routes[route].methods == METHOD_POST ? "POST" : "any");
}

static void
requests_write(struct text *out)
{
	static const char name[] = "latchkey_requests_total";
	size_t route, status;
	uint64_t count;

	head_write(
	    out, name, "counter", "Requests by route and status; 0 stands for rarer statuses");
	for (route = 0; route <= routes_count; route++)
		for (status = 0; status < COUNTERS_STATUSES; status++)
			if ((count = counters_requests(route, status)) > 0)
				text_addf(out,
				    "%s{route=\"%s\",method=\"%s\",status=\"%d\"} %llu\n", name,
				    route_name(route), route_methods(route),
				    counters_statuses[status], (unsigned long long)count);
}

static void
durations_write(struct text *out)
{
	static const char name[] = "latchkey_request_duration_seconds";
	char labels[256], bound[32];
	uint64_t count;
	size_t route, bucket;

	head_write(out, name, "histogram", "From the last byte of a request to its answer");
	for (route = 0; route <= routes_count; route++) {
		snprintf(labels, sizeof(labels), "route=\"%s\",method=\"%s\"", route_name(route),
		    route_methods(route));
		for (count = 0, bucket = 0; bucket < COUNTERS_BUCKETS; bucket++)
			count += counters_durations(route, bucket);
		if (count == 0)
			continue;
		for (count = 0, bucket = 0; bucket < COUNTERS_BUCKETS; bucket++) {
			count += counters_durations(route, bucket);
			snprintf(
			    bound, sizeof(bound), "%g", (double)counters_buckets_us[bucket] / 1e6);
			text_addf(out, "%s_bucket{%s,le=\"%s\"} %llu\n", name, labels,
			    bucket + 1 == COUNTERS_BUCKETS ? "+Inf" : bound,
			    (unsigned long long)count);
		}
		text_addf(out, "%s_sum{%s} %.6f\n%s_count{%s} %llu\n", name, labels,
		    (double)counters_duration_us(route) / 1e6, name, labels,
		    (unsigned long long)count);
	}
}

static void
refusals_write(struct text *out)
{
	static const char name[] = "latchkey_requests_refused_total";
	int verdict;

	head_write(out, name, "counter", "Requests refused before they were requests, by reason");
	for (verdict = STRICT_INCOMPLETE + 1; verdict < STRICT_VERDICTS; verdict++)
		text_addf(out, "%s{reason=\"%s\"} %llu\n", name,
		    strict_reason((enum strict_verdict)verdict),
		    (unsigned long long)counters_refusals((enum strict_verdict)verdict));
}

struct reply
metrics_page(struct call *call)
{
	struct thread_figures threads;
	struct reply reply;
	struct text out;
	size_t i;

	text_init(&out, call->arena, METRICS_BYTES_MAX);
	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		metric_write(&out, &metrics[i]);
	threads_figures(&threads);
	number_write(&out, "latchkey_threads_slots", "gauge",
	    "Hashes that may run at once on this node", threads.slots);
	number_write(&out, "latchkey_threads_slots_busy", "gauge", "Hashes that run now",
	    threads.slots_busy);
	number_write(&out, "latchkey_workers_replaced_total", "counter",
	    "Workers that ended and were replaced", ops_node()->workers_replaced());
	requests_write(&out);
	durations_write(&out);
	refusals_write(&out);
	reply = reply_empty(200);
	reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
	reply.body = out.data;
	reply.length = out.length;
	return (reply);
}
