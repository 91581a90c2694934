/*
 * The clock of the jobs. A job is a chain of calls, one after the other: for a kind that runs per
 * realm first one that lists the realms, then one for each, so that no call grows with their
 * number. Every link is begun by the job's timer, because a call can only be started from the loop.
 */
#include "jobs/run.h"

#include <string.h>

#include "async/loop.h"
#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "base/secret.h"
#include "jobs/kinds.h"
#include "jobs/schedule.h"
#include "realms/realms.h"

enum { JOBS_MAX = 32, REALM_NAMES_BYTES_MAX = 64 * 1024 * 1024 };

struct job {
	const struct job_kind *kind;
	struct timer timer;
	struct arena *arena; /* of the realms' names; NULL between runs */
	const char **realms;
	size_t realm_count, realm_next;
	uint64_t began_ms;
	unsigned failures;
	const char *failure_reason; /* of the last one */
};

static struct job jobs[JOBS_MAX];
static bool is_running;

static uint32_t
random_number(void)
{
	uint32_t number;

	random_bytes(&number, sizeof(number));
	return (number);
}

static void
job_arm(struct job *job, uint64_t delay_ms)
{
	if (is_running)
		timer_arm(&job->timer, clock_monotonic_ms() + delay_ms);
}

/* Over for this time: tells, forgets, waits for the next. */
static void
job_end(struct job *job)
{
	uint64_t took = clock_monotonic_ms() - job->began_ms;

	if (job->failures > 0)
		log_warning("job failed", FIELD("job", job->kind->name),
		    FIELD("reason", job->failure_reason), FIELD_NUMBER("failures", job->failures),
		    FIELD_NUMBER("milliseconds", took));
	else
		log_debug(
		    "job done", FIELD("job", job->kind->name), FIELD_NUMBER("milliseconds", took));
	job_arm(job, schedule_next_ms(job->kind->every_s, job->failures > 0, random_number()));
	arena_destroy(job->arena);
	job->arena = NULL;
	job->realms = NULL;
	job->realm_count = job->realm_next = 0;
	job->failures = 0;
	job->failure_reason = NULL;
}

static bool
job_is_over(const struct job *job)
{
	return (
	    !job->kind->is_per_realm || job->realms == NULL || job->realm_next == job->realm_count);
}

/* A link of the chain has ended. */
static void
job_finished(struct call *call)
{
	struct job *job = call->owner;

	if (call->failure != RESULT_OK) {
		job->failures++;
		job->failure_reason = call->failure_reason;
	}
	if (call->failure == RESULT_UNAVAILABLE || job_is_over(job))
		job_end(job);
	else
		job_arm(job, 0);
}

/* The names outlive the call: they go into the job's own arena. "" is the first realm. */
static void
job_list_realms(struct call *call, void *argument)
{
	struct job *job = argument;
	const struct realm **list;
	const char **names;
	size_t count, i;

	if (realms_list(call, &list, &count) != RESULT_OK)
		return;
	names = arena_alloc(job->arena, (count + 1) * sizeof(*names));
	for (i = 0; i < count; i++)
		names[i] =
		    arena_string(job->arena, *list[i]->path_prefix == '\0' ? "" : list[i]->name);
	job->realms = names;
	job->realm_count = count;
}

static void
job_run(struct call *call, void *argument)
{
	struct job *job = argument;

	job->kind->run(call);
}

static void
job_run_realm(struct call *call, void *argument)
{
	struct job *job = argument;
	const char *name = job->realms[job->realm_next++];

	/* A realm that was disabled or deleted meanwhile has no work. */
	if (realms_find(call, name, false, &call->realm) == RESULT_OK)
		job->kind->run(call);
}

static void
job_fired(struct timer *timer)
{
	struct job *job = timer->owner;
	void (*run)(struct call *, void *) = job_run;

	if (job->realms == NULL)
		job->began_ms = clock_monotonic_ms();
	if (job->kind->is_per_realm && job->realms == NULL) {
		job->arena = arena_create(REALM_NAMES_BYTES_MAX);
		run = job_list_realms;
	} else if (job->kind->is_per_realm) {
		run = job_run_realm;
	}
	if (call_start(run, job, job_finished, job) == NULL) {
		job->failures++;
		job->failure_reason = "no fiber";
		job_end(job);
	}
}

void
jobs_start(void)
{
	size_t i;

	if (job_kinds_count > JOBS_MAX)
		fatal("jobs: more than %d kinds", JOBS_MAX);
	is_running = true;
	for (i = 0; i < job_kinds_count; i++) {
		jobs[i].kind = job_kinds[i];
		jobs[i].timer.fired = job_fired;
		jobs[i].timer.owner = &jobs[i];
		job_arm(&jobs[i], schedule_first_ms(job_kinds[i]->every_s, random_number()));
	}
}

void
jobs_stop(void)
{
	size_t i;

	is_running = false;
	for (i = 0; i < job_kinds_count && i < JOBS_MAX; i++)
		timer_disarm(&jobs[i].timer);
}
