/* Our watches and timers on Kore's epoll and timers, inside a worker. */
#include <kore/kore.h>

#include "async/loop.h"
#include "async/wait.h"
#include "base/clock.h"

enum { EVENT_TYPE = 99, HEARTBEAT_MS = 500 }; /* the type is none of Kore's own */

/* Kore's epoll knows this struct, not the watch: it stays until no batch of events can hold it. */
struct kore_watch {
	struct kore_event event; /* must be first */
	struct watch *watch;	 /* NULL once unwatched */
	struct kore_watch *next_dead;
};

static struct kore_watch *dead;
static struct kore_timer *tick;
static uint64_t tick_due_ms;
static bool is_ticking;

static void
kore_watch_ready(void *object, int error)
{
	struct kore_watch *entry = object;
	struct watch *watch = entry->watch;
	unsigned events = 0;

	if (entry->event.flags & KORE_EVENT_READ)
		events |= LOOP_READABLE;
	if (entry->event.flags & KORE_EVENT_WRITE)
		events |= LOOP_WRITABLE;
	if (error)
		events |= LOOP_FAILED;
	entry->event.flags = 0;
	if (watch == NULL)
		return;
	watch->ready(watch, events);
	wait_run_ready();
}

static void
kore_watch_add(struct watch *watch)
{
	struct kore_watch *entry;

	entry = kore_calloc(1, sizeof(*entry));
	entry->event.type = EVENT_TYPE;
	entry->event.handle = kore_watch_ready;
	entry->watch = watch;
	watch->backend = entry;
	kore_platform_event_all(watch->fd, entry);
}

static void
kore_watch_remove(struct watch *watch)
{
	struct kore_watch *entry = watch->backend;

	kore_platform_disable_read(watch->fd);
	entry->watch = NULL;
	entry->next_dead = dead;
	dead = entry;
}

static const struct loop_backend kore_backend = {kore_watch_add, kore_watch_remove};

static void tick_run(void *, uint64_t);

static void
tick_schedule(uint64_t due_ms)
{
	uint64_t now_ms = clock_monotonic_ms();

	if (is_ticking || (tick != NULL && tick_due_ms <= due_ms))
		return;
	if (tick != NULL)
		kore_timer_remove(tick);
	tick_due_ms = due_ms;
	tick = kore_timer_add(
	    tick_run, due_ms > now_ms ? due_ms - now_ms : 0, NULL, KORE_TIMER_ONESHOT);
}

/* Kore runs timers between two batches of events, so nothing refers to the dead any more. */
static void
kore_turn(void)
{
	struct kore_watch *entry;
	int next_ms;

	while ((entry = dead) != NULL) {
		dead = entry->next_dead;
		kore_free(entry);
	}
	is_ticking = true;
	timers_run(clock_monotonic_ms());
	wait_run_ready();
	is_ticking = false;
	if ((next_ms = timers_next(clock_monotonic_ms())) >= 0)
		tick_schedule(clock_monotonic_ms() + (uint64_t)next_ms);
}

static void
tick_run(void *argument, uint64_t now)
{
	(void)argument;
	(void)now;
	tick = NULL; /* Kore frees it when this returns */
	kore_turn();
}

/* Also what makes Kore look at its own deadlines in a worker that nothing else wakes (D7). */
static void
heartbeat_run(void *argument, uint64_t now)
{
	(void)argument;
	(void)now;
	kore_turn();
}

void
loop_kore_start(void)
{
	int next_ms;

	loop_use(&kore_backend);
	timers_on_arm(tick_schedule);
	kore_timer_add(heartbeat_run, HEARTBEAT_MS, NULL, 0);
	if ((next_ms = timers_next(clock_monotonic_ms())) >= 0)
		tick_schedule(clock_monotonic_ms() + (uint64_t)next_ms);
}
