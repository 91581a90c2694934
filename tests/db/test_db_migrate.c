/* Migrations: many at once, killed half-way, edited, newer, broken; by an owner who is no
 * superuser. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "databases.h"
#include "db/migrate.h"
#include "db/schema.h"

enum { MIGRATORS = 8 };

static struct database database;
static int begun[2]; /* a pipe: one byte for each migration that begins */
static int fatal_version;
static char reference[1 << 20];

static void
setup(void)
{
	database_create(&database, false);
	ck_assert_int_eq(pipe(begun), 0);
}

static void
teardown(void)
{
	database_drop(&database);
}

static void
migrate_well(struct migrate_report *report)
{
	if (migrate_run(database.url, false, NULL, report) != MIGRATE_OK)
		ck_abort_msg("%s", report->error);
	ck_assert_str_eq(report->error, "");
	ck_assert_int_eq(report->version, (int)migrations_count);
}

START_TEST(an_empty_database_is_migrated_once)
{
	struct migrate_report report;

	ck_assert_uint_gt(migrations_count, 0);
	ck_assert_int_eq(migrate_run(database.url, true, NULL, &report), MIGRATE_OK);
	ck_assert_int_eq(report.applied, (int)migrations_count);
	ck_assert_int_eq(report.version, 0);
	ck_assert_int_eq(database_ask(&database, "SELECT count(*) FROM pg_tables WHERE "
						 "schemaname = 'public'"),
	    0);
	migrate_well(&report);
	ck_assert_int_eq(report.applied, (int)migrations_count);
	migrate_well(&report);
	ck_assert_int_eq(report.applied, 0);
	ck_assert_int_eq(migrate_run(database.url, true, NULL, &report), MIGRATE_OK);
	ck_assert_int_eq(report.applied, 0);
	ck_assert_int_eq(database_ask(&database, "SELECT has_table_privilege('latchkey_service', "
						 "'schema_migrations', 'SELECT')::integer"),
	    1);
}
END_TEST

/* Child: migrates, exits with how many it ran, or 100 when that failed. */
static pid_t
migrator_fork(void (*each)(const struct migration *))
{
	struct migrate_report report;
	pid_t pid = fork();

	if (pid != 0)
		return (pid);
	if (migrate_run(database.url, false, each, &report) != MIGRATE_OK ||
	    report.version != (int)migrations_count) {
		fprintf(stderr, "migrator: %s\n", report.error);
		_exit(100);
	}
	_exit(report.applied);
}

START_TEST(eight_at_once_all_end_well)
{
	pid_t pids[MIGRATORS];
	int i, status, applied = 0;

	for (i = 0; i < MIGRATORS; i++)
		pids[i] = migrator_fork(NULL);
	for (i = 0; i < MIGRATORS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status));
		ck_assert_int_ne(WEXITSTATUS(status), 100);
		applied += WEXITSTATUS(status);
	}
	ck_assert_int_eq(applied, (int)migrations_count);
	ck_assert_int_eq(database_ask(&database, "SELECT count(*) FROM schema_migrations"),
	    (int)migrations_count);
}
END_TEST

/* pg_dump of the schema, without the random tokens around it. */
static char *
schema_dump(void)
{
	static char text[1 << 20];
	char command[2048], line[4096];
	size_t length = 0;
	FILE *in;

	(void)snprintf(command, sizeof(command),
	    "/usr/lib/postgresql/15/bin/pg_dump --schema-only \"%s\"", database.url);
	in = popen(command, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, "\\restrict", 9) == 0 || strncmp(line, "\\unrestrict", 11) == 0)
			continue;
		ck_assert_uint_lt(length + strlen(line), sizeof(text));
		memcpy(text + length, line, strlen(line) + 1);
		length += strlen(line);
	}
	ck_assert_int_eq(pclose(in), 0);
	return (text);
}

/* What a migration that nobody disturbs makes. */
static void
make_reference(void)
{
	struct migrate_report report;

	setup();
	migrate_well(&report);
	memcpy(reference, schema_dump(), sizeof(reference));
	teardown();
}

/* Says that a migration begins; at the fatal one it waits to be killed while the next statement is
 * under way. */
static void
announce(const struct migration *migration)
{
	ssize_t sent;

	if (migration->version == fatal_version) {
		sent = write(begun[1], "x", 1);
		(void)sent;
	}
}

static void
die_there(const struct migration *migration)
{
	if (migration->version == fatal_version)
		kill(getpid(), SIGKILL);
}

/* _i: which migration; the first half is killed as it begins, the second somewhere inside of it. */
START_TEST(killed_half_way_it_converges)
{
	struct migrate_report report;
	char byte;
	int status;
	pid_t pid;

	fatal_version = 1 + _i % (int)migrations_count;
	pid = migrator_fork(_i < (int)migrations_count ? die_there : announce);
	if (_i >= (int)migrations_count) {
		ck_assert_int_eq(read(begun[0], &byte, 1), 1);
		kill(pid, SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	migrate_well(&report);
	ck_assert_int_le(report.applied, (int)migrations_count - fatal_version + 1);
	ck_assert_str_eq(schema_dump(), reference);
}
END_TEST

START_TEST(an_edited_migration_is_noticed)
{
	struct migrate_report report;

	migrate_well(&report);
	database_execute(
	    &database, "UPDATE schema_migrations SET checksum = 'x' WHERE version = 1");
	ck_assert_int_eq(migrate_run(database.url, false, NULL, &report), MIGRATE_EDITED);
	ck_assert_ptr_nonnull(strstr(report.error, migrations[0].name));
	ck_assert_int_eq(migrate_run(database.url, true, NULL, &report), MIGRATE_EDITED);
}
END_TEST

static void
add_newer(void)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO schema_migrations (version, name, checksum) VALUES (%zu, 'n', 'n')",
	    migrations_count + 1);
	database_execute(&database, sql);
}

START_TEST(a_newer_database_is_left_alone)
{
	struct migrate_report report;

	migrate_well(&report);
	add_newer();
	ck_assert_int_eq(migrate_run(database.url, false, NULL, &report), MIGRATE_NEWER);
	ck_assert_int_eq(report.version, (int)migrations_count + 1);
	ck_assert_int_eq(report.applied, 0);
}
END_TEST

START_TEST(a_broken_migration_leaves_nothing)
{
	struct migrate_report report;

	/* In the way of 0003_people. */
	database_execute(&database, "CREATE TABLE users (id integer)");
	ck_assert_int_eq(migrate_run(database.url, false, NULL, &report), MIGRATE_FAILED);
	ck_assert_ptr_nonnull(strstr(report.error, "0003_people"));
	ck_assert_ptr_null(strchr(report.error, '\n'));
	ck_assert_int_eq(report.version, 2);
	database_execute(&database, "DROP TABLE users");
	migrate_well(&report);
	ck_assert_int_eq(report.applied, (int)migrations_count - 2);
}
END_TEST

START_TEST(nobody_there_is_said_so)
{
	struct migrate_report report;

	ck_assert_int_eq(
	    migrate_run("host=/nonexistent dbname=x", false, NULL, &report), MIGRATE_UNREACHABLE);
	ck_assert_str_ne(report.error, "");
}
END_TEST

START_TEST(an_owner_without_privileges_migrates)
{
	struct migrate_report report;
	char sql[256], url[1024];

	database_execute(&database, "DO $$ BEGIN CREATE ROLE latchkey_service NOLOGIN; "
				    "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
	database_execute(&database, "DO $$ BEGIN CREATE ROLE lk_test_owner LOGIN; "
				    "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE %s OWNER TO lk_test_owner", database.name);
	database_execute(&database, sql);
	(void)snprintf(url, sizeof(url), "%s", database_url(&database, "user=lk_test_owner"));
	if (migrate_run(url, false, NULL, &report) != MIGRATE_OK)
		ck_abort_msg("%s", report.error);
	ck_assert_int_eq(report.version, (int)migrations_count);
}
END_TEST

static void
ask_schema(struct call *call, void *argument)
{
	struct migrate_report *out = argument;

	out->applied = db_schema_is_right(call, &out->version);
	ck_assert_int_eq(call->failure, RESULT_OK);
}

START_TEST(the_driver_knows_whether_the_schema_is_right)
{
	struct migrate_report report;
	struct db_settings settings = driver_settings(&database);

	migrate_well(&report);
	driver_start(&settings);
	driver_run(ask_schema, &report);
	ck_assert_int_eq(report.applied, 1);
	ck_assert_int_eq(report.version, (int)migrations_count);
	add_newer();
	driver_run(ask_schema, &report);
	ck_assert_int_eq(report.applied, 1);
	ck_assert_int_eq(report.version, (int)migrations_count + 1);
	database_execute(
	    &database, "UPDATE schema_migrations SET checksum = 'x' WHERE version = 2");
	driver_run(ask_schema, &report);
	ck_assert_int_eq(report.applied, 0);
	database_execute(&database, "DELETE FROM schema_migrations WHERE version > 1");
	driver_run(ask_schema, &report);
	ck_assert_int_eq(report.applied, 0);
	ck_assert_int_eq(report.version, 1);
	driver_stop();
}
END_TEST

Suite *suite_db_migrate(void);

Suite *
suite_db_migrate(void)
{
	Suite *suite = suite_create("db_migrate");
	TCase *tests = tcase_create("migrate");
	TCase *at_once = tcase_create("FM-34");
	TCase *killed = tcase_create("FM-33");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, an_empty_database_is_migrated_once);
	tcase_add_test(tests, an_edited_migration_is_noticed);
	tcase_add_test(tests, a_newer_database_is_left_alone);
	tcase_add_test(tests, a_broken_migration_leaves_nothing);
	tcase_add_test(tests, nobody_there_is_said_so);
	tcase_add_test(tests, an_owner_without_privileges_migrates);
	tcase_add_test(tests, the_driver_knows_whether_the_schema_is_right);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(at_once, 60);
	tcase_add_checked_fixture(at_once, setup, teardown);
	tcase_add_test(at_once, eight_at_once_all_end_well);
	suite_add_tcase(suite, at_once);
	tcase_set_timeout(killed, 60);
	tcase_add_unchecked_fixture(killed, make_reference, NULL);
	tcase_add_checked_fixture(killed, setup, teardown);
	tcase_add_loop_test(killed, killed_half_way_it_converges, 0, 2 * (int)migrations_count);
	suite_add_tcase(suite, killed);
	return (suite);
}
