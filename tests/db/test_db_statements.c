/* Every statement of the catalogue, against a freshly migrated database. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "databases.h"

static struct database database;

static void
setup(void)
{
	database_create(&database, true);
}

static void
teardown(void)
{
	database_drop(&database);
}

START_TEST(every_statement_prepares)
{
	PGconn *pg = database_connect(&database);
	PGresult *result;
	size_t i;

	ck_assert_uint_gt(STATEMENTS, 0);
	for (i = 0; i < STATEMENTS; i++) {
		result = PQprepare(pg, statements[i].name, statements[i].text, 0, NULL);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			ck_abort_msg("%s: %s", statements[i].name, PQerrorMessage(pg));
		PQclear(result);
		result = PQdescribePrepared(pg, statements[i].name);
		if (PQnparams(result) != (int)statements[i].parameter_count)
			ck_abort_msg("%s: %d parameters, not %u", statements[i].name,
			    PQnparams(result), statements[i].parameter_count);
		PQclear(result);
	}
	PQfinish(pg);
}
END_TEST

/* Planning and starting a statement asks for its permissions; it is not run. */
static void
explain(PGconn *pg, const struct statement_definition *statement)
{
	char sql[1024];
	PGresult *result;
	int length;
	unsigned i;

	length = snprintf(sql, sizeof(sql), "EXPLAIN EXECUTE %s", statement->name);
	for (i = 0; i < statement->parameter_count; i++)
		length += snprintf(
		    sql + length, sizeof(sql) - (size_t)length, "%sNULL", i == 0 ? "(" : ", ");
	if (i > 0)
		(void)snprintf(sql + length, sizeof(sql) - (size_t)length, ")");
	result = PQexec(pg, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		ck_abort_msg("%s: %s", sql, PQerrorMessage(pg));
	PQclear(result);
}

START_TEST(the_service_may_run_every_statement)
{
	PGconn *pg = database_connect(&database);
	size_t i;

	session_execute(pg, "SET ROLE latchkey_service");
	for (i = 0; i < STATEMENTS; i++) {
		if (strncmp(statements[i].name, "migrate_", strlen("migrate_")) == 0)
			continue;
		PQclear(PQprepare(pg, statements[i].name, statements[i].text, 0, NULL));
		explain(pg, &statements[i]);
	}
	PQfinish(pg);
}
END_TEST

START_TEST(the_service_can_do_no_ddl)
{
	PGconn *pg = database_connect(&database);
	PGresult *result;

	session_execute(pg, "SET ROLE latchkey_service");
	result = PQexec(pg, "CREATE TABLE of_mine (id integer)");
	ck_assert_str_eq(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
	PQclear(result);
	result = PQexec(pg, "INSERT INTO schema_migrations VALUES (9999, 'x', 'x')");
	ck_assert_str_eq(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
	PQclear(result);
	PQfinish(pg);
}
END_TEST

Suite *suite_db_statements(void);

Suite *
suite_db_statements(void)
{
	Suite *suite = suite_create("db_statements");
	TCase *tests = tcase_create("catalogue");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, every_statement_prepares);
	tcase_add_test(tests, the_service_may_run_every_statement);
	tcase_add_test(tests, the_service_can_do_no_ddl);
	suite_add_tcase(suite, tests);
	return (suite);
}
