/* Starting and stopping the driver, and its figures. */
#include <string.h>

#include "async/fiber.h"
#include "base/fatal.h"
#include "db/driver.h"

enum { DRIVER_ARENA_MAX = 65536 };

struct driver driver;

void
db_start(const struct db_settings *settings)
{
	if (driver.is_started)
		fatal("database: started twice");
	memset(&driver, 0, sizeof(driver));
	driver.arena = arena_create(DRIVER_ARENA_MAX);
	driver.settings = *settings;
	driver.settings.url = arena_string(driver.arena, settings->url);
	connect_configure();
	driver.is_started = true;
	breaker_start();
	lane_start(&driver.lanes[LANE_READ], LANE_READ, settings->read_connections);
	lane_start(&driver.lanes[LANE_WRITE], LANE_WRITE, settings->write_connections);
}

void
db_stop(void)
{
	if (!driver.is_started)
		return;
	driver.is_started = false;
	breaker_stop();
	lane_stop(&driver.lanes[LANE_READ]);
	lane_stop(&driver.lanes[LANE_WRITE]);
	if (fiber_current() == NULL)
		wait_run_ready();
	arena_destroy(driver.arena);
	driver.arena = NULL;
}

static unsigned
lane_ready(const struct lane *lane)
{
	unsigned i, ready = 0;

	for (i = 0; i < lane->count; i++)
		ready += lane->connections[i].state == CONNECTION_READY;
	return (ready);
}

bool
db_is_ready(void)
{
	return (driver.is_started && !breaker_is_open() &&
		lane_ready(&driver.lanes[LANE_READ]) > 0 &&
		lane_ready(&driver.lanes[LANE_WRITE]) > 0);
}

void
db_figures(struct db_figures *out)
{
	const struct lane *lane;
	unsigned kind, i;

	memset(out, 0, sizeof(*out));
	for (kind = 0; kind < LANES; kind++) {
		lane = &driver.lanes[kind];
		out->connections += lane->count;
		out->connections_ready += lane_ready(lane);
		out->waiting += lane->waiting_count;
		for (i = 0; i < lane->count; i++)
			out->in_flight += lane->connections[i].in_flight;
	}
	out->units = driver.units;
	out->retries = driver.retries;
	out->timeouts = driver.timeouts;
	out->reconnects = driver.reconnects;
	out->breaker_opened = driver.breaker_opened;
	out->breaker_is_open = breaker_is_open();
}
