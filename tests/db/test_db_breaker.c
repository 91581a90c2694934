/* The breaker: a server frozen behind a relay, one that never answers, one that is not there. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "async/loop.h"
#include "databases.h"

enum { TIMEOUTS = 3 };

static struct database database;
static struct relay relay;

static const struct errand read_version = {.statement = STATEMENT_schema_version};

static void
setup(void)
{
	database_create(&database, true);
	relay_start(&relay);
}

static void
teardown(void)
{
	relay_stop(&relay);
	database_drop(&database);
}

static struct db_settings
relayed_settings(void)
{
	struct db_settings settings = driver_settings(&database);
	char more[64];

	(void)snprintf(more, sizeof(more), "host='127.0.0.1' port=%d", relay.port);
	settings.url = database_url(&database, more);
	settings.read_connections = 2;
	settings.deadline_ms = 300;
	settings.breaker_timeouts = TIMEOUTS;
	return (settings);
}

static bool
breaker_opened(void)
{
	struct db_figures figures;

	db_figures(&figures);
	return (figures.breaker_is_open);
}

START_TEST(a_frozen_server_opens_it_and_a_thawed_one_closes_it)
{
	struct db_settings settings = relayed_settings();
	struct errand errand = read_version;
	struct db_figures figures;

	driver_start(&settings);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_OK);
	kill(relay.pid, SIGSTOP);
	while (!breaker_opened()) {
		errand_run(&errand);
		ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	}
	ck_assert(!db_is_ready());
	errand_start(&errand);
	ck_assert(errand.is_over);
	ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(errand.reason, "database: breaker open");
	kill(relay.pid, SIGCONT);
	/* Nobody asks but the driver itself. */
	loop_until(db_is_ready);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_OK);
	db_figures(&figures);
	ck_assert_uint_eq(figures.breaker_opened, 1);
	ck_assert_uint_ge(figures.timeouts, TIMEOUTS);
	driver_stop();
}
END_TEST

START_TEST(a_write_in_a_frozen_server_is_unavailable_and_not_repeated)
{
	struct db_settings settings = relayed_settings();
	struct errand writing = {.statement = STATEMENT_migrate_ledger_add,
	    .values = {db_text("9000"), db_text("n"), db_text("c")},
	    .count = 3};

	driver_start(&settings);
	kill(relay.pid, SIGSTOP);
	errand_run(&writing);
	ck_assert_int_eq(writing.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(writing.reason, "database: deadline");
	kill(relay.pid, SIGCONT);
	loop_until(db_is_ready);
	ck_assert_int_le(database_ask(&database, "SELECT count(*) FROM schema_migrations WHERE "
						 "version = 9000"),
	    1);
	driver_stop();
}
END_TEST

START_TEST(one_that_never_answers_opens_it)
{
	struct db_settings settings = relayed_settings();
	struct errand errand = read_version;

	kill(relay.pid, SIGSTOP);
	loop_poll_start();
	db_start(&settings);
	loop_until(breaker_opened);
	errand_start(&errand);
	ck_assert(errand.is_over);
	ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	kill(relay.pid, SIGCONT);
	loop_until(db_is_ready);
	driver_stop();
}
END_TEST

START_TEST(another_host_is_tried_after_one_that_never_answers)
{
	struct db_settings settings = relayed_settings();
	struct relay other;
	struct errand errand = read_version;
	char more[96];

	relay_start(&other);
	kill(relay.pid, SIGSTOP);
	(void)snprintf(
	    more, sizeof(more), "host='127.0.0.1,127.0.0.1' port='%d,%d'", relay.port, other.port);
	settings.url = database_url(&database, more);
	driver_start(&settings);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_OK);
	driver_stop();
	relay_stop(&other);
}
END_TEST

static bool
outage_is_known(void)
{
	struct db_figures figures;

	db_figures(&figures);
	return (figures.reconnects >= 3 * 5);
}

START_TEST(nobody_waits_for_a_server_that_is_not_there)
{
	struct db_settings settings = relayed_settings();
	struct errand errand = read_version;

	settings.url = "host=/nonexistent dbname=x";
	loop_poll_start();
	db_start(&settings);
	loop_until(outage_is_known);
	errand_start(&errand);
	ck_assert(errand.is_over);
	ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(errand.reason, "database: not connected");
	driver_stop();
}
END_TEST

START_TEST(a_schema_that_does_not_fit_makes_nobody_ready)
{
	struct db_settings settings = driver_settings(&database);
	struct errand errand = read_version;

	database_execute(&database, "DROP TABLE schema_migrations");
	settings.deadline_ms = 300;
	loop_poll_start();
	db_start(&settings);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	ck_assert(!db_is_ready());
	driver_stop();
}
END_TEST

Suite *suite_db_breaker(void);

Suite *
suite_db_breaker(void)
{
	Suite *suite = suite_create("db_breaker");
	TCase *tests = tcase_create("FM-04");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_frozen_server_opens_it_and_a_thawed_one_closes_it);
	tcase_add_test(tests, a_write_in_a_frozen_server_is_unavailable_and_not_repeated);
	tcase_add_test(tests, one_that_never_answers_opens_it);
	tcase_add_test(tests, another_host_is_tried_after_one_that_never_answers);
	tcase_add_test(tests, nobody_waits_for_a_server_that_is_not_there);
	tcase_add_test(tests, a_schema_that_does_not_fit_makes_nobody_ready);
	suite_add_tcase(suite, tests);
	return (suite);
}
