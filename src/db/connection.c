/* One connection: a pipeline of units. Sending, reading until drained, losing it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "db/driver.h"

static const char *const lane_names[LANES] = {[LANE_READ] = "read", [LANE_WRITE] = "write"};

/* What waits in the socket: 1 bytes, 0 nothing, -1 the end. libpq tells neither how much it read
 * nor that all is read. */
static int
socket_peek(const struct connection *c)
{
	char byte;
	ssize_t got;

	do {
		got = recv(c->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	} while (got == -1 && errno == EINTR);
	if (got > 0)
		return (1);
	return (got == -1 && errno == EAGAIN ? 0 : -1);
}

static void
head_begins(struct connection *c)
{
	struct unit *head = TAILQ_FIRST(&c->units);

	c->head_since_ms = clock_monotonic_ms();
	/* One that nobody waits for any more must not hold up the others for ever. */
	if (head != NULL && head->is_done)
		unit_arm(head, c->head_since_ms + driver.settings.deadline_ms);
}

static void
head_ends(struct connection *c)
{
	struct unit *unit = TAILQ_FIRST(&c->units);

	TAILQ_REMOVE(&c->units, unit, link);
	c->in_flight--;
	unit_synced(unit);
	unit_left(unit);
	head_begins(c);
}

/* Why the connection is lost, or NULL. */
static const char *
take_result(struct connection *c, PGresult *result)
{
	if (c->state == CONNECTION_PREPARING)
		return (connect_take(c, result) ? NULL : "a statement could not be prepared");
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
		PQclear(result);
		head_ends(c);
		return (NULL);
	}
	return (unit_take(TAILQ_FIRST(&c->units), result));
}

/* Takes every result that is complete. */
static const char *
take_results(struct connection *c)
{
	PGresult *result;
	const char *why;
	unsigned ends = 0;

	while (PQisBusy(c->pg) == 0 && (c->in_flight > 0 || c->state == CONNECTION_PREPARING)) {
		result = PQgetResult(c->pg);
		if (result == NULL) {
			if (++ends > 1)
				return ("answers do not match what was sent");
			if (c->state == CONNECTION_PREPARING)
				c->prepared++;
			else
				TAILQ_FIRST(&c->units)->next++;
			continue;
		}
		ends = 0;
		why = take_result(c, result);
		if (why != NULL)
			return (why);
	}
	return (NULL);
}

/* The loop is edge-triggered: reads until nothing is left. */
static const char *
drain(struct connection *c)
{
	const char *why;
	bool is_open;
	int left = 0;

	do {
		is_open = PQconsumeInput(c->pg) == 1;
		why = take_results(c);
		if (why != NULL)
			return (why);
		if (is_open)
			left = socket_peek(c);
	} while (is_open && left > 0);
	return (is_open && left == 0 ? NULL : "closed by the other side");
}

bool
connection_flush(struct connection *c)
{
	int left = PQflush(c->pg);

	c->wants_flush = left == 1;
	return (left != -1);
}

static void
connection_ready(struct watch *watch, unsigned events)
{
	struct connection *c = watch->owner;
	bool was_preparing = c->state == CONNECTION_PREPARING;
	const char *why = NULL;

	if (c->state == CONNECTION_CONNECTING) {
		connect_ready(c, events);
	} else if (c->state != CONNECTION_DOWN) {
		if (c->wants_flush && !connection_flush(c))
			why = "cannot be written to";
		if (why == NULL)
			why = drain(c);
		if (why != NULL)
			connection_lost(c, why);
		else if (was_preparing && c->state == CONNECTION_READY)
			breaker_probe();
		lane_dispatch(c->lane);
	}
	wait_run_ready();
}

static void
connection_due(struct timer *timer)
{
	struct connection *c = timer->owner;

	if (c->state == CONNECTION_DOWN) {
		connect_begin(c);
	} else {
		driver.timeouts++;
		breaker_timeout();
		c->first_host++;
		connection_lost(c, "no answer in time while connecting");
	}
	wait_run_ready();
}

/* libpq closes its socket by itself when the other side does, so the loop watches a descriptor of
 * our own for it. */
void
connection_watch(struct connection *c)
{
	c->watch.fd = fcntl(PQsocket(c->pg), F_DUPFD_CLOEXEC, 0);
	if (c->watch.fd == -1)
		connection_lost(c, "no descriptor is left");
	else
		loop_watch(&c->watch);
}

void
connection_unwatch(struct connection *c)
{
	if (c->watch.fd == -1)
		return;
	loop_unwatch(&c->watch);
	(void)close(c->watch.fd);
	c->watch.fd = -1;
}

void
connection_start(struct connection *c, struct lane *lane)
{
	memset(c, 0, sizeof(*c));
	c->lane = lane;
	c->watch.owner = c;
	c->watch.ready = connection_ready;
	c->watch.fd = -1;
	c->timer.owner = c;
	c->timer.fired = connection_due;
	TAILQ_INIT(&c->units);
	/* By the timer: looking up the server's name needs more stack than a fiber has. */
	timer_arm(&c->timer, clock_monotonic_ms());
}

static void
send_step(struct connection *c, const struct db_step *step, bool *is_sent)
{
	const char *values[PARAMETERS_MAX];
	int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
	size_t i;

	for (i = 0; i < step->count; i++) {
		values[i] = step->values[i].data;
		lengths[i] = step->values[i].length;
		formats[i] = step->values[i].is_binary;
	}
	*is_sent = PQsendQueryPrepared(c->pg, statements[step->statement].name, (int)step->count,
		       values, lengths, formats, 1) == 1;
}

bool
connection_send(struct connection *c, struct unit *unit)
{
	bool is_sent = true;
	size_t i;

	/* A server that went away while nothing was in flight is noticed before a write is trusted
	 * to it. */
	if (c->in_flight == 0 && (socket_peek(c) != 0 && drain(c) != NULL))
		is_sent = false;
	for (i = 0; i < unit->count && is_sent; i++)
		send_step(c, &unit->steps[i], &is_sent);
	/* Without its sync the server commits nothing, so up to here the unit may go elsewhere. */
	if (!is_sent || PQpipelineSync(c->pg) == 0) {
		connection_lost(c, "found closed before use");
		return (false);
	}
	unit->place = UNIT_IN_FLIGHT;
	unit->connection = c;
	unit->next = 0;
	unit_arm(unit, unit->deadline_ms);
	TAILQ_INSERT_TAIL(&c->units, unit, link);
	if (c->in_flight++ == 0)
		head_begins(c);
	if (!connection_flush(c))
		connection_lost(c, "cannot be written to");
	return (true);
}

/* Between half the step and the whole: the workers of many nodes do not come at once. */
static uint64_t
back_off_ms(unsigned failures)
{
	uint64_t step = BACKOFF_MIN_MS;
	uint16_t random;

	while (--failures > 0 && step < BACKOFF_MAX_MS)
		step *= 2;
	if (step > BACKOFF_MAX_MS)
		step = BACKOFF_MAX_MS;
	random_bytes(&random, sizeof(random));
	return (step / 2 + random % (step / 2 + 1));
}

static void
connection_close(struct connection *c)
{
	timer_disarm(&c->timer);
	connection_unwatch(c);
	PQfinish(c->pg);
	c->pg = NULL;
	c->state = CONNECTION_DOWN;
	c->in_flight = 0;
	c->wants_flush = false;
}

/* Newest first, so that reads come back into the queue in their order. */
static void
units_lost(struct units *units, bool may_repeat)
{
	struct unit *unit;

	while ((unit = TAILQ_LAST(units, units)) != NULL) {
		TAILQ_REMOVE(units, unit, link);
		if (!unit->is_done && unit->has_owner && may_repeat && !unit->is_repeated &&
		    unit->lane->kind == LANE_READ) {
			unit->is_repeated = true;
			unit->outcome = (struct outcome){.result = RESULT_OK};
			unit->place = UNIT_NOWHERE;
			unit->connection = NULL;
			unit_drop_results(unit);
			lane_requeue(unit);
			continue;
		}
		unit_finish(unit, RESULT_UNAVAILABLE, "database: connection lost");
		unit_left(unit);
	}
}

void
connection_lost(struct connection *c, const char *why)
{
	struct units units = TAILQ_HEAD_INITIALIZER(units);
	uint64_t now = clock_monotonic_ms();

	TAILQ_CONCAT(&units, &c->units, link);
	if (c->state == CONNECTION_READY && now - c->ready_since_ms >= STEADY_MS)
		c->failures = 0;
	c->failures++;
	if (c->failures == 1 || c->failures % LOG_EVERY == 0 || c->state == CONNECTION_READY)
		log_warning("database connection lost", FIELD("lane", lane_names[c->lane->kind]),
		    FIELD("why", why), FIELD_NUMBER("failures", c->failures));
	connection_close(c);
	driver.reconnects++;
	timer_arm(&c->timer, now + back_off_ms(c->failures));
	units_lost(&units, true);
	lane_dispatch(c->lane);
}

void
connection_stop(struct connection *c)
{
	struct units units = TAILQ_HEAD_INITIALIZER(units);

	TAILQ_CONCAT(&units, &c->units, link);
	connection_close(c);
	units_lost(&units, false);
}
