/* Units of work: their memory, their deadline, what their results come to. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/driver.h"

static struct unit pool[UNITS_MAX];
static struct units free_units = TAILQ_HEAD_INITIALIZER(free_units);
static size_t pool_used;

static void
unit_free(struct unit *unit)
{
	timer_disarm(&unit->timer);
	unit->place = UNIT_NOWHERE;
	TAILQ_INSERT_HEAD(&free_units, unit, link);
}

/* The head of a pipeline holds up all behind it, so its connection goes; another just fails, its
 * place in the pipeline stays. */
static void
unit_expired(struct timer *timer)
{
	struct unit *unit = timer->owner;
	struct connection *connection = unit->connection;

	if (unit->place == UNIT_WAITING) {
		lane_remove(unit);
		unit_finish(unit, RESULT_UNAVAILABLE, "database: no connection in time");
	} else if (unit->place == UNIT_IN_FLIGHT && TAILQ_FIRST(&connection->units) == unit) {
		driver.timeouts++;
		breaker_timeout();
		unit_finish(unit, RESULT_UNAVAILABLE, "database: deadline");
		connection_lost(connection, "deadline of a statement");
	} else if (unit->place == UNIT_IN_FLIGHT) {
		unit_finish(unit, RESULT_UNAVAILABLE, "database: deadline");
	}
	wait_run_ready();
}

struct unit *
unit_create(struct lane *lane, struct db_step *steps, size_t count, uint64_t deadline_ms)
{
	struct unit *unit;
	size_t i;

	unit = TAILQ_FIRST(&free_units);
	if (unit != NULL)
		TAILQ_REMOVE(&free_units, unit, link);
	else if (pool_used < UNITS_MAX)
		unit = &pool[pool_used++];
	else
		return (NULL);
	memset(unit, 0, sizeof(*unit));
	unit->timer.fired = unit_expired;
	unit->timer.owner = unit;
	unit->deadline_ms = deadline_ms;
	unit->lane = lane;
	unit->steps = steps;
	unit->count = count;
	unit->has_owner = true;
	unit->outcome.result = RESULT_OK;
	for (i = 0; i < count; i++)
		steps[i].rows = (struct db_rows){0, NULL};
	driver.units++;
	return (unit);
}

void
unit_arm(struct unit *unit, uint64_t at_ms)
{
	timer_arm(&unit->timer, at_ms);
}

void
unit_drop_results(struct unit *unit)
{
	size_t i;

	if (!unit->has_owner)
		return;
	for (i = 0; i < unit->count; i++) {
		PQclear(unit->steps[i].rows.result);
		unit->steps[i].rows = (struct db_rows){0, NULL};
	}
}

void
unit_finish(struct unit *unit, enum result result, const char *reason)
{
	if (unit->is_done)
		return;
	unit->is_done = true;
	unit->outcome.result = result;
	unit->outcome.reason = reason;
	timer_disarm(&unit->timer);
	if (result != RESULT_OK)
		unit_drop_results(unit);
	if (unit->has_owner && unit->is_parked)
		wait_done(&unit->wait);
	else if (!unit->has_owner && unit->place == UNIT_NOWHERE)
		unit_free(unit);
}

void
unit_release(struct unit *unit)
{
	unit->has_owner = false;
	unit->is_parked = false;
	unit->steps = NULL;
	if (unit->place == UNIT_WAITING)
		lane_remove(unit);
	if (unit->place == UNIT_NOWHERE)
		unit_free(unit);
}

void
unit_left(struct unit *unit)
{
	unit->place = UNIT_NOWHERE;
	unit->connection = NULL;
	if (!unit->has_owner)
		unit_free(unit);
}

static void
unit_keep(struct unit *unit, PGresult *result)
{
	struct db_rows *rows;
	long long affected;

	if (!unit->has_owner || unit->is_done || unit->next >= unit->count) {
		PQclear(result);
		return;
	}
	rows = &unit->steps[unit->next].rows;
	rows->result = result;
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		rows->count = PQntuples(result);
	else if (text_parse_integer(PQcmdTuples(result), 0, INT_MAX, &affected))
		rows->count = (int)affected;
}

static void
unit_log(const struct unit *unit, const char *sqlstate)
{
	const char *name = "(gone)";

	if (unit->has_owner && unit->next < unit->count)
		name = statements[unit->steps[unit->next].statement].name;
	log_error(
	    "database statement failed", FIELD("statement", name), FIELD("sqlstate", sqlstate));
}

/* The first error of a unit; what comes behind it in the same unit is PGRES_PIPELINE_ABORTED. */
static const char *
unit_error(struct unit *unit, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *constraint;
	struct outcome *outcome = &unit->outcome;

	switch (sqlstate_effect(sqlstate)) {
	case SQL_CONFLICT:
		outcome->result = RESULT_CONFLICT;
		constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		(void)snprintf(outcome->constraint, sizeof(outcome->constraint), "%s",
		    constraint != NULL ? constraint : "");
		break;
	case SQL_RETRY:
		outcome->result = RESULT_UNAVAILABLE;
		outcome->reason = "database: serialization failure";
		outcome->may_retry = true;
		break;
	case SQL_TIMEOUT:
		breaker_timeout();
		driver.timeouts++;
		/* FALLTHROUGH */
	case SQL_BUSY:
		unit_log(unit, sqlstate);
		outcome->result = RESULT_UNAVAILABLE;
		outcome->reason = "database: busy";
		break;
	case SQL_LOST:
		if (sqlstate != NULL)
			unit_log(unit, sqlstate);
		return (sqlstate != NULL ? "the server refuses to go on" : "the server closed it");
	case SQL_WRONG:
		unit_log(unit, sqlstate);
		outcome->result = RESULT_FAILED;
		outcome->reason = "database: statement failed";
		break;
	}
	return (NULL);
}

const char *
unit_take(struct unit *unit, PGresult *result)
{
	const char *why = NULL;

	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		unit_keep(unit, result);
		return (NULL);
	case PGRES_PIPELINE_ABORTED:
		break;
	case PGRES_FATAL_ERROR:
		why = unit_error(unit, result);
		break;
	default:
		why = "an answer that no statement of ours has";
		break;
	}
	PQclear(result);
	return (why);
}

void
unit_synced(struct unit *unit)
{
	if (unit->outcome.result != RESULT_UNAVAILABLE || unit->outcome.may_retry)
		breaker_success();
	unit_finish(unit, unit->outcome.result, unit->outcome.reason);
}
