/* A hashed wheel: 1024 slots of 10 ms; a timer further away than 10.24 s stays in its slot for a
 * later turn. A bit for each slot says whether anything is in it. */
#include <stddef.h>

#include "async/loop.h"

/* DUE is the list after the slots: taken out, about to fire. */
enum { SLOTS = 1024, DUE = SLOTS, TURN_MS = SLOTS * TIMER_TICK_MS };

struct slot {
	struct timer *first, **last; /* last is NULL until first used */
};

static struct slot wheel[SLOTS + 1];
static uint64_t occupied[SLOTS / 64];
static uint64_t tick_done;		/* every tick up to this one has been served */
static uint64_t tick_next = UINT64_MAX; /* the loop has been told to look at this one */
static void (*on_arm)(uint64_t due_ms);

static void
slot_append(unsigned index, struct timer *timer)
{
	struct slot *slot = &wheel[index];

	if (slot->first == NULL)
		slot->last = &slot->first;
	timer->slot = index;
	timer->next = NULL;
	timer->link = slot->last;
	*slot->last = timer;
	slot->last = &timer->next;
	if (index < SLOTS)
		occupied[index / 64] |= UINT64_C(1) << (index % 64);
}

void
timer_disarm(struct timer *timer)
{
	struct slot *slot;

	if (timer->link == NULL)
		return;
	slot = &wheel[timer->slot];
	*timer->link = timer->next;
	if (timer->next != NULL)
		timer->next->link = timer->link;
	else
		slot->last = timer->link;
	if (slot->first == NULL && timer->slot < SLOTS)
		occupied[timer->slot / 64] &= ~(UINT64_C(1) << (timer->slot % 64));
	timer->next = NULL;
	timer->link = NULL;
}

void
timer_arm(struct timer *timer, uint64_t deadline_ms)
{
	uint64_t tick;

	timer_disarm(timer);
	timer->deadline_ms = deadline_ms;
	tick = deadline_ms / TIMER_TICK_MS + (deadline_ms % TIMER_TICK_MS != 0);
	if (tick <= tick_done)
		tick = tick_done + 1;
	slot_append((unsigned)(tick % SLOTS), timer);
	if (tick < tick_next) {
		tick_next = tick;
		if (on_arm != NULL)
			on_arm(tick * TIMER_TICK_MS);
	}
}

/* The first tick after tick_done whose slot is not empty; UINT64_MAX for none. */
static uint64_t
tick_occupied(void)
{
	uint64_t tick = tick_done + 1, word;
	unsigned index;

	for (unsigned seen = 0; seen <= SLOTS / 64; seen++) {
		index = (unsigned)(tick % SLOTS);
		word = occupied[index / 64] >> (index % 64);
		if (word != 0)
			return (tick + (unsigned)__builtin_ctzll(word));
		tick += 64 - index % 64;
	}
	return (UINT64_MAX);
}

int
timers_next(uint64_t now_ms)
{
	uint64_t due_ms;

	if ((tick_next = tick_occupied()) == UINT64_MAX)
		return (-1);
	due_ms = tick_next * TIMER_TICK_MS;
	if (due_ms <= now_ms)
		return (0);
	return (due_ms - now_ms < TURN_MS ? (int)(due_ms - now_ms) : TURN_MS);
}

static void
slot_collect(unsigned index, uint64_t now_ms)
{
	struct timer *timer, *next;

	for (timer = wheel[index].first; timer != NULL; timer = next) {
		next = timer->next;
		if (timer->deadline_ms > now_ms)
			continue;
		timer_disarm(timer);
		slot_append(DUE, timer);
	}
}

int
timers_run(uint64_t now_ms)
{
	uint64_t tick, tick_now = now_ms / TIMER_TICK_MS;
	struct timer *timer;

	tick = tick_done + 1;
	if (tick_now >= SLOTS && tick < tick_now - SLOTS + 1)
		tick = tick_now - SLOTS + 1;
	for (; tick <= tick_now; tick++)
		slot_collect((unsigned)(tick % SLOTS), now_ms);
	if (tick_now > tick_done)
		tick_done = tick_now;
	while ((timer = wheel[DUE].first) != NULL) {
		timer_disarm(timer);
		timer->fired(timer);
	}
	return (timers_next(now_ms));
}

void
timers_on_arm(void (*armed)(uint64_t due_ms))
{
	on_arm = armed;
}
