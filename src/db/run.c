/* db_run and db_run_batch: from a fiber into a lane and back. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/secret.h"
#include "db/driver.h"

/* Of the last conflict; read by the same fiber before it waits again. */
static struct {
	const struct call *call;
	char constraint[CONSTRAINT_NAME_MAX];
} last_conflict;

static enum statement_lane
steps_check(const struct db_step *steps, size_t count)
{
	const struct statement_definition *definition;
	enum statement_lane lane = LANE_READ;
	size_t i;

	if (count < 1 || count > STEPS_MAX)
		fatal("database: a batch has 1 to %d steps", STEPS_MAX);
	for (i = 0; i < count; i++) {
		if ((unsigned)steps[i].statement >= STATEMENTS)
			fatal("database: no statement %d", (int)steps[i].statement);
		definition = &statements[steps[i].statement];
		if (definition->parameter_count != steps[i].count ||
		    steps[i].count > PARAMETERS_MAX)
			fatal("database: %s takes %u parameters, not %zu", definition->name,
			    definition->parameter_count, steps[i].count);
		if (definition->lane == LANE_WRITE)
			lane = LANE_WRITE;
	}
	return (lane);
}

static enum result
run_once(struct call *call, struct lane *lane, struct db_step *steps, size_t count,
    uint64_t deadline_ms, struct outcome *out)
{
	struct unit *unit;

	memset(out, 0, sizeof(*out));
	unit = unit_create(lane, steps, count, deadline_ms);
	if (unit == NULL) {
		out->reason = "database: too many statements at once";
		return (out->result = RESULT_UNAVAILABLE);
	}
	lane_submit(unit);
	if (!unit->is_done) {
		unit->is_parked = true;
		if (wait_until_done(call, &unit->wait, !call->is_writing) != RESULT_OK) {
			unit_drop_results(unit);
			unit_release(unit);
			out->reason = "the client has gone";
			return (out->result = RESULT_CANCELLED);
		}
	}
	*out = unit->outcome;
	unit_release(unit);
	return (out->result);
}

struct pause {
	struct wait wait;
	struct timer timer;
};

static void
pause_over(struct timer *timer)
{
	struct pause *pause = timer->owner;

	wait_done(&pause->wait);
	wait_run_ready();
}

/* Not sleep_until: what has begun to write is not cut here either. */
static void
pause_before_retry(struct call *call, unsigned attempt)
{
	struct pause pause = {.timer = {.fired = pause_over}};
	uint16_t random;

	random_bytes(&random, sizeof(random));
	pause.timer.owner = &pause;
	timer_arm(&pause.timer, clock_monotonic_ms() + random % (20U << attempt));
	(void)wait_until_done(call, &pause.wait, !call->is_writing);
	timer_disarm(&pause.timer);
}

static void
result_clear(void *result)
{
	PQclear(result);
}

/* Hands the results over to the call. */
static enum result
steps_settle(struct call *call, struct db_step *steps, size_t count)
{
	enum result result = RESULT_OK;
	size_t i;

	for (i = 0; i < count; i++) {
		if (steps[i].rows.result != NULL)
			call_defer(call, result_clear, steps[i].rows.result);
		if (statements[steps[i].statement].kind == KIND_ONE && steps[i].rows.count == 0 &&
		    result == RESULT_OK)
			result = RESULT_NOT_FOUND;
	}
	return (result);
}

static enum result
conflict_note(const struct call *call, const struct outcome *outcome)
{
	last_conflict.call = call;
	memcpy(last_conflict.constraint, outcome->constraint, sizeof(last_conflict.constraint));
	return (RESULT_CONFLICT);
}

enum result
db_run_batch(struct call *call, struct db_step *steps, size_t count)
{
	enum statement_lane kind = steps_check(steps, count);
	struct outcome outcome;
	uint64_t deadline_ms;
	unsigned attempt;

	if (last_conflict.call == call)
		last_conflict.call = NULL;
	if (call->failure != RESULT_OK)
		return (call->failure);
	if (call->cancelled && !call->is_writing)
		return (call_fail(call, RESULT_CANCELLED, "the client has gone"));
	if (!driver.is_started)
		return (call_fail(call, RESULT_UNAVAILABLE, "database: stopped"));
	if (breaker_is_open())
		return (call_fail(call, RESULT_UNAVAILABLE, "database: breaker open"));
	if (kind == LANE_WRITE)
		call->is_writing = true;
	deadline_ms = clock_monotonic_ms() + driver.settings.deadline_ms;
	for (attempt = 0;; attempt++) {
		(void)run_once(call, &driver.lanes[kind], steps, count, deadline_ms, &outcome);
		if (!outcome.may_retry || attempt == RETRIES_MAX)
			break;
		driver.retries++;
		pause_before_retry(call, attempt);
	}
	if (outcome.result == RESULT_OK)
		return (steps_settle(call, steps, count));
	if (outcome.result == RESULT_CONFLICT)
		return (conflict_note(call, &outcome));
	return (call_fail(call, outcome.result, outcome.reason));
}

enum result
db_run(struct call *call, enum statement statement, const struct db_value *values, size_t count,
    struct db_rows *out)
{
	struct db_step step = {.statement = statement, .values = values, .count = count};
	enum result result;

	result = db_run_batch(call, &step, 1);
	if (out != NULL)
		*out = step.rows;
	return (result);
}

const char *
db_constraint(struct call *call)
{
	if (last_conflict.call != call)
		return ("");
	return (arena_string(call->arena, last_conflict.constraint));
}
