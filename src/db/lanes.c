/* Lanes: which connection a unit goes to, and who waits. Reads and writes have connections of their
 * own. */
#include "base/clock.h"
#include "base/fatal.h"
#include "db/driver.h"

static bool
connection_is_open_for(const struct connection *c, uint64_t now)
{
	if (c->state != CONNECTION_READY || c->wants_flush || c->in_flight >= IN_FLIGHT_MAX)
		return (false);
	return (c->in_flight == 0 || now - c->head_since_ms <= driver.settings.stalled_ms);
}

/* The one with the least in flight; NULL when none takes more. */
static struct connection *
lane_choose(struct lane *lane)
{
	struct connection *c, *best = NULL;
	uint64_t now = clock_monotonic_ms();
	unsigned i;

	for (i = 0; i < lane->count; i++) {
		c = &lane->connections[i];
		if (connection_is_open_for(c, now) &&
		    (best == NULL || c->in_flight < best->in_flight))
			best = c;
	}
	return (best);
}

bool
lane_has_room(struct lane *lane)
{
	return (lane_choose(lane) != NULL);
}

/* In an outage nobody waits in vain. */
static bool
lane_may_wait(const struct lane *lane)
{
	unsigned i;

	for (i = 0; i < lane->count; i++) {
		if (lane->connections[i].state == CONNECTION_READY ||
		    lane->connections[i].failures < OUTAGE_FAILURES)
			return (true);
	}
	return (false);
}

static void
lane_enqueue(struct unit *unit, bool is_first)
{
	unit->place = UNIT_WAITING;
	unit->lane->waiting_count++;
	if (is_first)
		TAILQ_INSERT_HEAD(&unit->lane->waiting, unit, link);
	else
		TAILQ_INSERT_TAIL(&unit->lane->waiting, unit, link);
}

void
lane_remove(struct unit *unit)
{
	TAILQ_REMOVE(&unit->lane->waiting, unit, link);
	unit->lane->waiting_count--;
	unit->place = UNIT_NOWHERE;
}

void
lane_dispatch(struct lane *lane)
{
	struct connection *c;
	struct unit *unit;

	while ((unit = TAILQ_FIRST(&lane->waiting)) != NULL && (c = lane_choose(lane)) != NULL) {
		lane_remove(unit);
		if (!connection_send(c, unit))
			lane_enqueue(unit, true);
	}
}

/* It stays in the queue only if there is hope, and only so long. Until the first connection is up,
 * that is its whole deadline. */
static void
lane_settle(struct unit *unit)
{
	struct lane *lane = unit->lane;
	uint64_t limit = clock_monotonic_ms() + QUEUE_WAIT_MS;
	const char *reason = NULL;

	if (unit->place != UNIT_WAITING)
		return;
	if (!driver.is_started)
		reason = "database: stopped";
	else if (!lane_may_wait(lane))
		reason = "database: not connected";
	else if (lane->waiting_count > WAITING_MAX)
		reason = "database: queue full";
	if (reason != NULL) {
		lane_remove(unit);
		unit_finish(unit, RESULT_UNAVAILABLE, reason);
		return;
	}
	unit_arm(unit, !lane->was_ready || unit->deadline_ms < limit ? unit->deadline_ms : limit);
}

void
lane_submit(struct unit *unit)
{
	lane_enqueue(unit, false);
	lane_dispatch(unit->lane);
	lane_settle(unit);
}

void
lane_requeue(struct unit *unit)
{
	lane_enqueue(unit, true);
	lane_settle(unit);
}

void
lane_start(struct lane *lane, enum statement_lane kind, unsigned connections)
{
	unsigned i;

	if (connections < 1 || connections > LANE_CONNECTIONS_MAX)
		fatal("database: 1 to %d connections per lane", LANE_CONNECTIONS_MAX);
	lane->kind = kind;
	lane->count = connections;
	lane->was_ready = false;
	lane->waiting_count = 0;
	TAILQ_INIT(&lane->waiting);
	for (i = 0; i < connections; i++)
		connection_start(&lane->connections[i], lane);
}

void
lane_stop(struct lane *lane)
{
	struct unit *unit;
	unsigned i;

	for (i = 0; i < lane->count; i++)
		connection_stop(&lane->connections[i]);
	while ((unit = TAILQ_FIRST(&lane->waiting)) != NULL) {
		lane_remove(unit);
		unit_finish(unit, RESULT_UNAVAILABLE, "database: stopped");
	}
	lane->count = 0;
}
