/*
 * The breaker. After enough time-outs in a row nobody waits for the database any more: units fail
 * at once, and the driver itself asks every PROBE_MS, and whenever a connection comes up, whether
 * it answers again. Any answer closes the breaker.
 */
#include "base/clock.h"
#include "base/log.h"
#include "db/driver.h"

static struct timer timer;
static struct db_step step;
static unsigned timeouts;
static bool is_open;
static bool is_probing;

static void
breaker_probe_due(struct timer *due)
{
	breaker_probe();
	if (is_open)
		timer_arm(due, clock_monotonic_ms() + PROBE_MS);
	wait_run_ready();
}

void
breaker_start(void)
{
	timer.fired = breaker_probe_due;
	timeouts = 0;
	is_open = false;
}

void
breaker_stop(void)
{
	timer_disarm(&timer);
	is_open = false;
}

bool
breaker_is_open(void)
{
	return (is_open);
}

void
breaker_timeout(void)
{
	timeouts++;
	if (is_open || timeouts < driver.settings.breaker_timeouts)
		return;
	is_open = true;
	driver.breaker_opened++;
	log_error("database breaker opened", FIELD_NUMBER("timeouts", timeouts));
	timer_arm(&timer, clock_monotonic_ms() + PROBE_MS);
}

void
breaker_success(void)
{
	timeouts = 0;
	if (!is_open)
		return;
	is_open = false;
	timer_disarm(&timer);
	log_info("database breaker closed");
}

void
breaker_probe(void)
{
	struct lane *lane = &driver.lanes[LANE_READ];
	struct unit *unit;

	/* lane_submit may find a dead connection, whose successor asks for a probe. */
	if (!is_open || is_probing || !lane_has_room(lane))
		return;
	is_probing = true;
	step = (struct db_step){.statement = STATEMENT_schema_version};
	unit = unit_create(lane, &step, 1, clock_monotonic_ms() + driver.settings.deadline_ms);
	if (unit != NULL) {
		lane_submit(unit);
		unit_release(unit);
	}
	is_probing = false;
}
