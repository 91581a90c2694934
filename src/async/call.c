/* A call's life: arena, fiber, what was deferred. */
#include <stddef.h>

#include "async/call.h"
#include "async/fiber.h"
#include "async/wait.h"
#include "base/fatal.h"

struct call_cleanup {
	void (*release)(void *);
	void *object;
	struct call_cleanup *next;
};

static void
call_main(void *argument)
{
	struct call *call = argument;

	call->waiting = NULL;
	call->run(call, call->argument);
}

static void
call_end(struct call *call)
{
	struct arena *arena = call->arena;
	struct call_cleanup *cleanup;

	call->fiber = NULL;
	if (call->finished != NULL)
		call->finished(call);
	while ((cleanup = call->cleanups) != NULL) {
		call->cleanups = cleanup->next;
		cleanup->release(cleanup->object);
	}
	if (call->leases != 0)
		fatal("a call ended with %u leased connections", call->leases);
	arena_destroy(arena);
}

void
call_resume(struct call *call)
{
	if (fiber_resume(call->fiber))
		call_end(call);
}

struct call *
call_start(void (*run)(struct call *, void *), void *argument, void (*finished)(struct call *),
    void *owner)
{
	return (
	    call_start_with(arena_create(CALL_ARENA_MAX), NULL, run, argument, finished, owner));
}

struct call *
call_start_with(struct arena *arena, struct request *request, void (*run)(struct call *, void *),
    void *argument, void (*finished)(struct call *), void *owner)
{
	struct call *call;
	struct wait *start;

	call = arena_alloc(arena, sizeof(*call));
	call->arena = arena;
	call->request = request;
	call->run = run;
	call->argument = argument;
	call->finished = finished;
	call->owner = owner;
	if ((call->fiber = fiber_create(call_main, call)) == NULL) {
		arena_destroy(arena);
		return (NULL);
	}
	if (fiber_current() == NULL) {
		call_resume(call);
		return (call);
	}
	start = arena_alloc(arena, sizeof(*start));
	start->call = call;
	call->waiting = start;
	wait_done(start);
	return (call);
}

void
call_cancel(struct call *call)
{
	call->cancelled = true;
	if (call->waiting != NULL && wait_is_cut(call->waiting))
		wait_wake(call->waiting);
}

void
call_defer(struct call *call, void (*release)(void *), void *object)
{
	struct call_cleanup *cleanup;

	cleanup = arena_alloc(call->arena, sizeof(*cleanup));
	cleanup->release = release;
	cleanup->object = object;
	cleanup->next = call->cleanups;
	call->cleanups = cleanup;
}

void *
call_borrow(struct call *call, struct cache_entry *entry)
{
	cache_reference(entry);
	call_defer(call, cache_release, entry);
	return (entry->value);
}

enum result
call_fail(struct call *call, enum result failure, const char *reason)
{
	if (call->failure == RESULT_OK) {
		call->failure = failure;
		call->failure_reason = reason;
	}
	return (failure);
}
