/* db_run and db_run_batch: every kind, conflicts, errors, retries, values and rows. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "databases.h"
#include "db/migrate.h"

static struct database database;

static void
setup(void)
{
	struct db_settings settings;

	database_create(&database, true);
	settings = driver_settings(&database);
	settings.clock_shift = 3600;
	driver_start(&settings);
}

static void
teardown(void)
{
	driver_stop();
	database_drop(&database);
}

static enum result
ledger_add(struct call *call, const char *version, struct db_rows *rows)
{
	return (db_run(call, STATEMENT_migrate_ledger_add,
	    DB_VALUES(db_text(version), db_text("n"), db_text("c")), rows));
}

static void
run_kinds(struct call *call, void *nothing)
{
	struct db_rows rows;

	(void)nothing;
	ck_assert_int_eq(db_run(call, STATEMENT_schema_version, DB_NO_VALUES, &rows), RESULT_OK);
	ck_assert_int_eq(rows.count, 1);
	ck_assert_int_eq(row_integer(&rows, 0, 0), (int)migrations_count);
	ck_assert(!call->is_writing);
	ck_assert_int_eq(db_run(call, STATEMENT_schema_ledger, DB_NO_VALUES, &rows), RESULT_OK);
	ck_assert_int_eq(rows.count, (int)migrations_count);
	ck_assert_str_eq(row_text(&rows, 1, 1), migrations[1].checksum);
	ck_assert_int_eq(db_run(call, STATEMENT_realms_find, DB_VALUES(db_text("none")), &rows),
	    RESULT_NOT_FOUND);
	ck_assert_int_eq(rows.count, 0);
	ck_assert(!call->is_writing);
	ck_assert_int_eq(ledger_add(call, "9000", &rows), RESULT_OK);
	ck_assert_int_eq(rows.count, 1);
	ck_assert(call->is_writing);
	ck_assert_str_eq(db_constraint(call), "");
	ck_assert_int_eq(ledger_add(call, "9000", &rows), RESULT_CONFLICT);
	ck_assert_str_eq(db_constraint(call), "schema_migrations_pkey");
	ck_assert_ptr_null(rows.result);
	ck_assert_int_eq(call->failure, RESULT_OK);
	ck_assert_int_eq(ledger_add(call, "9001", NULL), RESULT_OK);
	ck_assert_str_eq(db_constraint(call), "");
}

START_TEST(every_kind_answers)
{
	driver_run(run_kinds, NULL);
	ck_assert_int_eq(database_ask(&database, "SELECT count(*) FROM schema_migrations WHERE "
						 "version >= 9000"),
	    2);
}
END_TEST

static void
run_batches(struct call *call, void *nothing)
{
	struct db_value first[] = {db_text("9000"), db_text("n"), db_text("c")};
	struct db_value second[] = {db_text("9001"), db_text("n"), db_text("c")};
	struct db_value none[] = {db_text("none")};
	struct db_step steps[] = {
	    {.statement = STATEMENT_migrate_ledger_add, .values = first, .count = 3},
	    {.statement = STATEMENT_schema_version},
	    {.statement = STATEMENT_migrate_ledger_add, .values = first, .count = 3},
	};

	(void)nothing;
	ck_assert_int_eq(db_run_batch(call, steps, 3), RESULT_CONFLICT);
	ck_assert_ptr_null(steps[0].rows.result);
	ck_assert_int_eq(database_ask(&database, "SELECT max(version) FROM schema_migrations"),
	    (int)migrations_count);
	steps[2].values = second;
	ck_assert_int_eq(db_run_batch(call, steps, 3), RESULT_OK);
	ck_assert_int_eq(steps[0].rows.count, 1);
	ck_assert_int_eq(row_integer(&steps[1].rows, 0, 0), 9000);
	ck_assert_int_eq(steps[2].rows.count, 1);
	steps[0] = (struct db_step){.statement = STATEMENT_realms_find, .values = none, .count = 1};
	ck_assert_int_eq(db_run_batch(call, steps, 2), RESULT_NOT_FOUND);
	ck_assert_int_eq(steps[1].rows.count, 1);
}

START_TEST(a_batch_is_one_transaction)
{
	driver_run(run_batches, NULL);
}
END_TEST

static void
run_failing(struct call *call, void *nothing)
{
	(void)nothing;
	ck_assert_int_eq(ledger_add(call, "sesame-7f3a", NULL), RESULT_FAILED);
	ck_assert_int_eq(call->failure, RESULT_FAILED);
	ck_assert_int_eq(ledger_add(call, "9000", NULL), RESULT_FAILED);
}

START_TEST(an_error_sticks_and_its_line_shows_no_value)
{
	char logged[4096] = "";
	FILE *log = tmpfile();
	int terminal = dup(STDERR_FILENO);

	ck_assert_ptr_nonnull(log);
	dup2(fileno(log), STDERR_FILENO);
	driver_run(run_failing, NULL);
	dup2(terminal, STDERR_FILENO);
	rewind(log);
	ck_assert_uint_gt(fread(logged, 1, sizeof(logged) - 1, log), 0);
	ck_assert_ptr_nonnull(strstr(logged, "migrate_ledger_add"));
	ck_assert_ptr_nonnull(strstr(logged, "22P02"));
	ck_assert_ptr_null(strstr(logged, "sesame"));
	ck_assert_int_eq(database_ask(&database, "SELECT max(version) FROM schema_migrations"),
	    (int)migrations_count);
	fclose(log);
}
END_TEST

/* A trigger that fails the first attempts; a sequence is not rolled back. */
static void
make_rivals(int attempts, const char *sqlstate)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
	    "CREATE SEQUENCE attempts; GRANT ALL ON SEQUENCE attempts TO PUBLIC; "
	    "CREATE FUNCTION rival() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	    "IF nextval('attempts') <= %d THEN RAISE 'rival' USING ERRCODE = '%s'; END IF; "
	    "RETURN NEW; END $$; CREATE TRIGGER rival BEFORE INSERT ON schema_migrations "
	    "FOR EACH ROW EXECUTE FUNCTION rival()",
	    attempts, sqlstate);
	database_execute(&database, sql);
}

static const char *const rival_states[] = {"40001", "40P01"};

START_TEST(rivals_are_tried_again)
{
	struct db_figures figures;
	struct errand errand = {.statement = STATEMENT_migrate_ledger_add,
	    .values = {db_text("9000"), db_text("n"), db_text("c")},
	    .count = 3};

	make_rivals(3, rival_states[_i]);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_OK);
	db_figures(&figures);
	ck_assert_uint_eq(figures.retries, 3);
	ck_assert_int_eq(database_ask(&database, "SELECT last_value FROM attempts"), 4);
}
END_TEST

START_TEST(but_not_for_ever)
{
	struct errand errand = {.statement = STATEMENT_migrate_ledger_add,
	    .values = {db_text("9000"), db_text("n"), db_text("c")},
	    .count = 3};

	make_rivals(1000, rival_states[_i]);
	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_UNAVAILABLE);
	ck_assert_int_eq(database_ask(&database, "SELECT last_value FROM attempts"), 4);
}
END_TEST

START_TEST(the_clock_is_shifted)
{
	PGconn *pg = database_connect(&database);
	struct uuid id = uuid_create();
	struct errand errand = {.statement = STATEMENT_events_write,
	    .values = {db_uuid(&id), db_uuid(&id), db_text("test"), db_null(), db_uuid(NULL),
		db_null(), db_null()},
	    .count = 7};

	errand_run(&errand);
	ck_assert_int_eq(errand.result, RESULT_OK);
	ck_assert_int_eq(
	    database_ask(&database, "SELECT count(*) FROM events WHERE at BETWEEN now() + "
				    "interval '50 minutes' AND now() + interval '70 minutes'"),
	    1);
	PQfinish(pg);
}
END_TEST

static struct db_rows
ask_rows(const char *sql, const struct db_value *values, int count)
{
	const char *data[8];
	int lengths[8], formats[8], i;
	struct db_rows rows;
	PGconn *pg = database_connect(&database);

	for (i = 0; i < count; i++) {
		data[i] = values[i].data;
		lengths[i] = values[i].length;
		formats[i] = values[i].is_binary;
	}
	rows.result = PQexecParams(pg, sql, count, NULL, data, lengths, formats, 1);
	if (PQresultStatus(rows.result) != PGRES_TUPLES_OK)
		ck_abort_msg("%s", PQerrorMessage(pg));
	rows.count = PQntuples(rows.result);
	PQfinish(pg);
	return (rows);
}

static void
echo_values(struct call *call, void *nothing)
{
	struct uuid id = uuid_create();
	struct uuid got;
	uint8_t bytes[] = {0, 1, 255, 0};
	const struct db_value values[] = {db_text("h\u00e9"), db_bytes(bytes, sizeof(bytes)),
	    db_uuid(&id), db_integer(call, INT64_MIN), db_boolean(true), db_null(), db_bytes("", 0),
	    db_boolean(false)};
	struct db_rows rows = ask_rows("SELECT $1::text, $2::bytea, $3::uuid, $4::bigint, "
				       "$5::boolean, $6::uuid, $7::bytea, $8::boolean",
	    values, 8);
	size_t length;

	(void)nothing;
	ck_assert_str_eq(row_text(&rows, 0, 0), "h\u00e9");
	ck_assert_mem_eq(row_bytes(&rows, 0, 1, &length), bytes, sizeof(bytes));
	ck_assert_uint_eq(length, sizeof(bytes));
	got = row_uuid(&rows, 0, 2);
	ck_assert(uuid_equal(&got, &id));
	ck_assert(row_integer(&rows, 0, 3) == INT64_MIN);
	ck_assert(row_boolean(&rows, 0, 4));
	ck_assert(row_is_null(&rows, 0, 5));
	got = row_uuid(&rows, 0, 5);
	ck_assert(uuid_is_zero(&got));
	ck_assert_ptr_nonnull(row_bytes(&rows, 0, 6, &length));
	ck_assert_uint_eq(length, 0);
	ck_assert(!row_boolean(&rows, 0, 7));
	PQclear(rows.result);
}

START_TEST(values_come_back_as_they_went)
{
	driver_run(echo_values, NULL);
}
END_TEST

START_TEST(types_are_read)
{
	struct db_rows rows = ask_rows(
	    "SELECT (-2)::smallint, (-3)::integer, 'v'::varchar, 'n'::name, '{\"a\":1}'::jsonb, "
	    "'2001-02-03 04:05:06.789+00'::timestamptz, '1969-12-31 23:59:59+00'::timestamptz, "
	    "'infinity'::timestamptz, NULL::text, NULL::integer, NULL::timestamptz, NULL::boolean, "
	    "NULL::bytea",
	    NULL, 0);
	size_t length = 7;

	ck_assert_int_eq(row_integer(&rows, 0, 0), -2);
	ck_assert_int_eq(row_integer(&rows, 0, 1), -3);
	ck_assert_str_eq(row_text(&rows, 0, 2), "v");
	ck_assert_str_eq(row_text(&rows, 0, 3), "n");
	ck_assert_str_eq(row_text(&rows, 0, 4), "{\"a\": 1}");
	ck_assert(row_time(&rows, 0, 5) == INT64_C(981173106789000));
	ck_assert(row_time(&rows, 0, 6) == INT64_C(-1000000));
	ck_assert(row_time(&rows, 0, 7) == INT64_MAX);
	ck_assert_ptr_null(row_text(&rows, 0, 8));
	ck_assert_int_eq(row_integer(&rows, 0, 9), 0);
	ck_assert_int_eq(row_time(&rows, 0, 10), 0);
	ck_assert(!row_boolean(&rows, 0, 11));
	ck_assert_ptr_null(row_bytes(&rows, 0, 12, &length));
	ck_assert_uint_eq(length, 0);
	PQclear(rows.result);
}
END_TEST

/* Each aborts: a mistake of ours is not read over. */
START_TEST(a_wrong_reading_is_fatal)
{
	struct db_rows rows = ask_rows("SELECT 'x'::text, 1::integer", NULL, 0);
	size_t length;

	switch (_i) {
	case 0:
		(void)row_integer(&rows, 0, 0);
		break;
	case 1:
		(void)row_text(&rows, 0, 1);
		break;
	case 2:
		(void)row_text(&rows, 1, 0);
		break;
	case 3:
		(void)row_bytes(&rows, 0, 0, &length);
		break;
	default:
		(void)row_integer(&rows, 0, 2);
		break;
	}
}
END_TEST

static void
run_miscounted(struct call *call, void *nothing)
{
	(void)nothing;
	(void)db_run(call, STATEMENT_realms_find, DB_NO_VALUES, NULL);
}

START_TEST(a_wrong_number_of_values_is_fatal)
{
	driver_run(run_miscounted, NULL);
}
END_TEST

Suite *suite_db_run(void);

Suite *
suite_db_run(void)
{
	Suite *suite = suite_create("db_run");
	TCase *tests = tcase_create("run");
	TCase *rivals = tcase_create("FM-10");
	TCase *rows = tcase_create("rows");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, every_kind_answers);
	tcase_add_test(tests, a_batch_is_one_transaction);
	tcase_add_test(tests, an_error_sticks_and_its_line_shows_no_value);
	tcase_add_test(tests, the_clock_is_shifted);
	tcase_add_test_raise_signal(tests, a_wrong_number_of_values_is_fatal, SIGABRT);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(rivals, 60);
	tcase_add_checked_fixture(rivals, setup, teardown);
	tcase_add_loop_test(rivals, rivals_are_tried_again, 0, 2);
	tcase_add_loop_test(rivals, but_not_for_ever, 0, 2);
	suite_add_tcase(suite, rivals);
	tcase_set_timeout(rows, 60);
	tcase_add_checked_fixture(rows, setup, teardown);
	tcase_add_test(rows, values_come_back_as_they_went);
	tcase_add_test(rows, types_are_read);
	tcase_add_loop_test_raise_signal(rows, a_wrong_reading_is_fatal, SIGABRT, 0, 5);
	suite_add_tcase(suite, rows);
	return (suite);
}
