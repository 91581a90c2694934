/*
 * Lanes, deadlines, cancellation, lost connections. Reads wait at a gate that the test holds
 * (advisory lock 1), writes at another (2); what counts is the order of completion and what came of
 * it, never how long it took.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "async/loop.h"
#include "databases.h"
#include "db/migrate.h"

enum { CROWD = 400 };

static const char gates[] =
    "CREATE FUNCTION gate(number integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN "
    "PERFORM pg_advisory_xact_lock_shared(number); RETURN true; END $$; "
    "ALTER TABLE schema_migrations RENAME TO ledger; "
    "CREATE VIEW schema_migrations AS SELECT * FROM ledger WHERE gate(1); "
    "CREATE FUNCTION at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "PERFORM gate(2); RETURN NEW; END $$; "
    "CREATE TRIGGER at_gate BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION at_gate()";

static struct database database;
static PGconn *keeper;

static const struct errand read_version = {.statement = STATEMENT_schema_version};
/* Goes through no gate. */
static const struct errand read_realm = {.statement = STATEMENT_realms_list};

static struct errand
write_row(const char *version)
{
	return ((struct errand){.statement = STATEMENT_migrate_ledger_add,
	    .values = {db_text(version), db_text("n"), db_text("c")},
	    .count = 3});
}

static void
setup(void)
{
	database_create(&database, true);
	database_execute(&database, gates);
	keeper = database_connect(&database);
}

static void
teardown(void)
{
	driver_stop();
	PQfinish(keeper);
	database_drop(&database);
}

/* Gates are waited at for ever, unless the test is about deadlines. */
static void
start(struct db_settings settings)
{
	settings.url = database_url(&database, "options='-c lock_timeout=0'");
	driver_start(&settings);
}

static void
gate_close(int number)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%d)", number);
	session_execute(keeper, sql);
}

static void
gates_open(void)
{
	session_execute(keeper, "SELECT pg_advisory_unlock_all()");
}

static long long
waiting_at_gates(void)
{
	return (database_ask(&database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
					"AND NOT granted"));
}

static void
until_at_gates(long long wanted)
{
	while (waiting_at_gates() != wanted)
		loop_poll_once(10);
}

static struct db_figures
figures_now(void)
{
	struct db_figures figures;

	db_figures(&figures);
	return (figures);
}

START_TEST(a_read_overtakes_a_write_at_a_lock)
{
	struct errand writing = write_row("9000"), reading = read_version;

	start(driver_settings(&database));
	gate_close(2);
	errand_start(&writing);
	until_at_gates(1);
	errand_run(&reading);
	ck_assert(!writing.is_over);
	ck_assert_int_eq(reading.result, RESULT_OK);
	ck_assert_int_eq(reading.integer, (int)migrations_count);
	gates_open();
	errand_wait(&writing);
	ck_assert_int_eq(writing.result, RESULT_OK);
	ck_assert_int_lt(reading.order, writing.order);
	ck_assert_uint_eq(figures_now().reconnects, 0);
}
END_TEST

START_TEST(the_connection_with_the_least_in_flight_is_taken)
{
	struct db_settings settings = driver_settings(&database);
	struct errand first = read_version, second = read_realm;

	settings.read_connections = 2;
	settings.stalled_ms = 3600000;
	start(settings);
	while (figures_now().connections_ready < 3)
		loop_poll_once(10);
	gate_close(1);
	errand_start(&first);
	until_at_gates(1);
	errand_run(&second);
	ck_assert(!first.is_over);
	gates_open();
	errand_wait(&first);
}
END_TEST

START_TEST(a_stalled_connection_gets_nothing_new)
{
	struct errand first = read_version, second = read_realm;
	uint64_t stalled;

	start(driver_settings(&database));
	gate_close(1);
	errand_start(&first);
	until_at_gates(1);
	stalled = clock_monotonic_ms() + 21;
	while (clock_monotonic_ms() < stalled)
		loop_poll_once(1);
	errand_start(&second);
	ck_assert_uint_eq(figures_now().in_flight, 1);
	ck_assert_uint_eq(figures_now().waiting, 1);
	gates_open();
	errand_wait(&second);
	ck_assert_int_eq(first.result, RESULT_OK);
	ck_assert_int_eq(second.result, RESULT_OK);
	ck_assert_uint_eq(figures_now().waiting, 0);
}
END_TEST

START_TEST(who_waits_too_long_for_a_connection_is_told)
{
	struct errand first = read_version, second = read_realm;
	struct db_settings settings = driver_settings(&database);

	settings.stalled_ms = 0;
	start(settings);
	gate_close(1);
	errand_start(&first);
	until_at_gates(1);
	errand_run(&second);
	ck_assert_int_eq(second.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(second.reason, "database: no connection in time");
	ck_assert(!first.is_over);
	gates_open();
	errand_wait(&first);
	ck_assert_int_eq(first.result, RESULT_OK);
}
END_TEST

START_TEST(a_cancelled_read_leaves_at_once)
{
	struct errand cancelled = read_version, next = read_version;

	start(driver_settings(&database));
	gate_close(1);
	errand_start(&cancelled);
	until_at_gates(1);
	call_cancel(cancelled.call);
	errand_wait(&cancelled);
	ck_assert_int_eq(cancelled.result, RESULT_CANCELLED);
	ck_assert_int_eq(waiting_at_gates(), 1);
	gates_open();
	errand_run(&next);
	ck_assert_int_eq(next.result, RESULT_OK);
	ck_assert_int_eq(next.integer, (int)migrations_count);
	ck_assert_uint_eq(figures_now().reconnects, 0);
	ck_assert_uint_eq(figures_now().in_flight, 0);
}
END_TEST

START_TEST(a_cancelled_read_leaves_the_queue)
{
	struct errand first = read_version, cancelled = read_version;
	struct db_settings settings = driver_settings(&database);

	settings.stalled_ms = 0;
	start(settings);
	gate_close(1);
	errand_start(&first);
	until_at_gates(1);
	errand_start(&cancelled);
	ck_assert_uint_eq(figures_now().waiting, 1);
	call_cancel(cancelled.call);
	errand_wait(&cancelled);
	ck_assert_int_eq(cancelled.result, RESULT_CANCELLED);
	ck_assert_uint_eq(figures_now().waiting, 0);
	gates_open();
	errand_wait(&first);
	ck_assert_int_eq(first.result, RESULT_OK);
}
END_TEST

START_TEST(a_write_is_finished_after_cancellation)
{
	struct errand writing = write_row("9000");

	start(driver_settings(&database));
	gate_close(2);
	errand_start(&writing);
	until_at_gates(1);
	call_cancel(writing.call);
	loop_poll_once(10);
	ck_assert(!writing.is_over);
	gates_open();
	errand_wait(&writing);
	ck_assert_int_eq(writing.result, RESULT_OK);
	ck_assert_int_eq(
	    database_ask(&database, "SELECT count(*) FROM ledger WHERE version = 9000"), 1);
}
END_TEST

START_TEST(a_deadline_costs_the_connection_and_no_more)
{
	struct errand late = write_row("9000"), next = write_row("9001");
	struct db_settings settings = driver_settings(&database);

	/* Shorter than lock_timeout, and the server's statement_timeout is overridden. */
	settings.deadline_ms = 300;
	settings.url =
	    database_url(&database, "options='-c lock_timeout=0 -c statement_timeout=0'");
	driver_start(&settings);
	gate_close(2);
	errand_run(&late);
	ck_assert_int_eq(late.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(late.reason, "database: deadline");
	ck_assert_uint_eq(figures_now().timeouts, 1);
	ck_assert_uint_eq(figures_now().reconnects, 1);
	gates_open();
	loop_until(db_is_ready);
	errand_run(&next);
	ck_assert_int_eq(next.result, RESULT_OK);
}
END_TEST

START_TEST(a_lock_held_too_long_is_no_failure_of_the_connection)
{
	struct errand late = write_row("9000"), next = write_row("9001");
	struct db_settings settings = driver_settings(&database);

	driver_start(&settings);
	gate_close(2);
	errand_run(&late);
	ck_assert_int_eq(late.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(late.reason, "database: busy");
	gates_open();
	errand_run(&next);
	ck_assert_int_eq(next.result, RESULT_OK);
	ck_assert_uint_eq(figures_now().reconnects, 0);
}
END_TEST

static void
terminate_all(void)
{
	session_execute(keeper,
	    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
	    "WHERE datname = current_database() AND application_name = 'latchkey'");
}

/* The driver has not heard of it yet: nothing ran since. */
START_TEST(idle_connections_that_died_are_noticed_before_use)
{
	struct errand writing = write_row("9000"), reading = read_version;

	start(driver_settings(&database));
	terminate_all();
	errand_start(&writing);
	errand_start(&reading);
	errand_wait(&writing);
	errand_wait(&reading);
	ck_assert_int_eq(writing.result, RESULT_OK);
	ck_assert_int_eq(reading.result, RESULT_OK);
	ck_assert_uint_eq(figures_now().reconnects, 2);
}
END_TEST

START_TEST(a_read_in_flight_is_repeated_a_write_is_not)
{
	struct errand writing = write_row("9000"), reading = read_version, next = write_row("9001");

	start(driver_settings(&database));
	gate_close(1);
	gate_close(2);
	errand_start(&writing);
	errand_start(&reading);
	until_at_gates(2);
	terminate_all();
	gates_open();
	errand_wait(&writing);
	errand_wait(&reading);
	ck_assert_int_eq(writing.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(writing.reason, "database: connection lost");
	ck_assert_int_eq(reading.result, RESULT_OK);
	ck_assert_int_eq(reading.integer, (int)migrations_count);
	errand_run(&next);
	ck_assert_int_eq(next.result, RESULT_OK);
	ck_assert_int_eq(
	    database_ask(&database, "SELECT count(*) FROM ledger WHERE version >= 9000"), 1);
}
END_TEST

START_TEST(a_read_is_repeated_once)
{
	struct errand reading = read_version;

	start(driver_settings(&database));
	gate_close(1);
	errand_start(&reading);
	until_at_gates(1);
	terminate_all();
	until_at_gates(0);
	until_at_gates(1);
	terminate_all();
	errand_wait(&reading);
	ck_assert_int_eq(reading.result, RESULT_UNAVAILABLE);
}
END_TEST

START_TEST(what_was_not_sent_goes_elsewhere)
{
	struct errand first = write_row("9000"), second = write_row("9001");
	struct db_settings settings = driver_settings(&database);

	settings.stalled_ms = 0;
	start(settings);
	gate_close(2);
	errand_start(&first);
	until_at_gates(1);
	errand_start(&second);
	ck_assert_uint_eq(figures_now().waiting, 1);
	terminate_all();
	gates_open();
	errand_wait(&first);
	errand_wait(&second);
	ck_assert_int_eq(first.result, RESULT_UNAVAILABLE);
	ck_assert_int_eq(second.result, RESULT_OK);
}
END_TEST

START_TEST(a_read_only_server_is_a_lost_connection)
{
	struct errand writing = write_row("9000"), reading = read_version;
	struct db_settings settings = driver_settings(&database);
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE %s SET default_transaction_read_only = on",
	    database.name);
	database_execute(&database, sql);
	settings.url = database_url(&database, "target_session_attrs=any");
	driver_start(&settings);
	errand_run(&writing);
	ck_assert_int_eq(writing.result, RESULT_UNAVAILABLE);
	ck_assert_uint_eq(figures_now().reconnects, 1);
	errand_run(&reading);
	ck_assert_int_eq(reading.result, RESULT_OK);
}
END_TEST

static bool
write_lane_has_failed(void)
{
	return (figures_now().reconnects > 2 && figures_now().connections_ready == 1);
}

START_TEST(writes_need_a_server_that_takes_them)
{
	struct db_settings settings = driver_settings(&database);
	struct errand reading = read_version;
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE %s SET default_transaction_read_only = on",
	    database.name);
	database_execute(&database, sql);
	loop_poll_start();
	db_start(&settings);
	loop_until(write_lane_has_failed);
	ck_assert(!db_is_ready());
	errand_run(&reading);
	ck_assert_int_eq(reading.result, RESULT_OK);
}
END_TEST

START_TEST(a_crowd_is_served)
{
	static struct errand crowd[CROWD];
	static char versions[CROWD][16], name[20000];
	struct db_settings settings = driver_settings(&database);
	int i;

	/* More bytes than a socket takes at once. */
	memset(name, 'n', sizeof(name) - 1);
	settings.read_connections = 2;
	settings.write_connections = 4;
	settings.stalled_ms = 60000;
	start(settings);
	for (i = 0; i < CROWD; i++) {
		(void)snprintf(versions[i], sizeof(versions[i]), "%d", 9000 + i);
		crowd[i] = i % 4 == 0 ? read_version : write_row(versions[i]);
		if (i % 4 != 0)
			crowd[i].values[1] = db_text(name);
		errand_start(&crowd[i]);
	}
	for (i = 0; i < CROWD; i++) {
		errand_wait(&crowd[i]);
		ck_assert_int_eq(crowd[i].result, RESULT_OK);
	}
	ck_assert_int_eq(
	    database_ask(&database, "SELECT count(*) FROM ledger WHERE version >= 9000"),
	    CROWD - CROWD / 4);
	ck_assert_uint_eq(figures_now().in_flight + figures_now().waiting, 0);
	ck_assert_uint_eq(figures_now().reconnects, 0);
}
END_TEST

START_TEST(stopping_ends_every_wait)
{
	struct errand flying = read_version, waiting = read_version, writing = write_row("9000");
	struct db_settings settings = driver_settings(&database);

	settings.stalled_ms = 0;
	start(settings);
	gate_close(1);
	gate_close(2);
	errand_start(&flying);
	errand_start(&writing);
	until_at_gates(2);
	errand_start(&waiting);
	db_stop();
	ck_assert(flying.is_over && waiting.is_over && writing.is_over);
	ck_assert_int_eq(flying.result, RESULT_UNAVAILABLE);
	ck_assert_int_eq(waiting.result, RESULT_UNAVAILABLE);
	ck_assert_int_eq(writing.result, RESULT_UNAVAILABLE);
	errand_run(&waiting);
	ck_assert_str_eq(waiting.reason, "database: stopped");
}
END_TEST

Suite *suite_db_lanes(void);

Suite *
suite_db_lanes(void)
{
	Suite *suite = suite_create("db_lanes");
	TCase *lanes = tcase_create("FM-08");
	TCase *lost = tcase_create("FM-02");

	tcase_set_timeout(lanes, 60);
	tcase_add_checked_fixture(lanes, setup, teardown);
	tcase_add_test(lanes, a_read_overtakes_a_write_at_a_lock);
	tcase_add_test(lanes, the_connection_with_the_least_in_flight_is_taken);
	tcase_add_test(lanes, a_stalled_connection_gets_nothing_new);
	tcase_add_test(lanes, who_waits_too_long_for_a_connection_is_told);
	tcase_add_test(lanes, a_cancelled_read_leaves_at_once);
	tcase_add_test(lanes, a_cancelled_read_leaves_the_queue);
	tcase_add_test(lanes, a_write_is_finished_after_cancellation);
	tcase_add_test(lanes, a_deadline_costs_the_connection_and_no_more);
	tcase_add_test(lanes, a_lock_held_too_long_is_no_failure_of_the_connection);
	tcase_add_test(lanes, a_crowd_is_served);
	suite_add_tcase(suite, lanes);
	tcase_set_timeout(lost, 60);
	tcase_add_checked_fixture(lost, setup, teardown);
	tcase_add_test(lost, idle_connections_that_died_are_noticed_before_use);
	tcase_add_test(lost, a_read_in_flight_is_repeated_a_write_is_not);
	tcase_add_test(lost, a_read_is_repeated_once);
	tcase_add_test(lost, what_was_not_sent_goes_elsewhere);
	tcase_add_test(lost, a_read_only_server_is_a_lost_connection);
	tcase_add_test(lost, writes_need_a_server_that_takes_them);
	tcase_add_test(lost, stopping_ends_every_wait);
	suite_add_tcase(suite, lost);
	return (suite);
}
