/* A worker's last loop. */
#include <kore/kore.h>
#include <kore/http.h>

#include "base/clock.h"
#include "base/log.h"
#include "web/kore_bridge.h"
#include "web/kore_drain.h"
#include "web/kore_guard.h"
#include "web/kore_listen.h"
#include "web/kore_supervision.h"

/* A connection that was accepted just now will ask in a moment: FRESH_MS. */
enum { TURN_MS = 20, ASKED_MS = 1000, FRESH_MS = 1000, ACCEPT_TURNS = 256 };

/* One round of what Kore's own loop does. */
static void
turn(uint64_t wait_ms)
{
	uint64_t next = kore_timer_next_run(kore_time_ms());

	kore_platform_event_wait(next < wait_ms ? next : wait_ms);
	kore_timer_run(kore_time_ms());
	http_process();
	kore_connection_prune(KORE_CONNECTION_PRUNE_DISCONNECT);
}

/* Connections that wait at the socket, before it is looked at no more. */
static void
accept_the_rest(void)
{
	uint64_t before;
	unsigned i;

	for (i = 0; i < ACCEPT_TURNS; i++) {
		before = listen_accepted();
		turn(0);
		if (listen_accepted() == before)
			break;
	}
}

/* A signal to all processes may come here before it comes to the parent. */
static bool
is_stopping(void)
{
	uint64_t until_ms = clock_monotonic_ms() + ASKED_MS;

	while (!supervision_is_stopping() && clock_monotonic_ms() < until_ms)
		turn(TURN_MS);
	return (supervision_is_stopping());
}

bool
drain_run(unsigned delay_ms, unsigned longest_ms)
{
	uint64_t until_ms, fresh_until_ms, now_ms;
	bool stopping;
	unsigned busy;

	guard_drain();
	stopping = is_stopping();
	until_ms = clock_monotonic_ms() + (stopping ? delay_ms : 0);
	while ((now_ms = clock_monotonic_ms()) < until_ms)
		turn(until_ms - now_ms < TURN_MS ? until_ms - now_ms : TURN_MS);
	accept_the_rest();
	listen_stop(stopping);

	now_ms = clock_monotonic_ms();
	until_ms = now_ms + longest_ms;
	fresh_until_ms = now_ms + (longest_ms < FRESH_MS ? longest_ms : FRESH_MS);
	for (;;) {
		turn(TURN_MS);
		busy = guard_close_idle(clock_monotonic_ms() >= fresh_until_ms);
		if ((busy == 0 && bridge_calls() == 0) || clock_monotonic_ms() >= until_ms)
			break;
	}
	turn(0);
	if (busy > 0 || bridge_calls() > 0)
		log_warning("left with requests in flight", FIELD_NUMBER("connections", busy),
		    FIELD_NUMBER("calls", bridge_calls()));
	return (stopping);
}
