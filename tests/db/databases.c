/* Databases, the driver on a loop, and calls that run one statement: what the tests of this folder
 * stand on. */
#include "databases.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "async/loop.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "db/migrate.h"

static int errands_over;

static const char *
maintenance_url(void)
{
	const char *url = getenv("LATCHKEY_TEST_DATABASE_URL");

	if (url == NULL)
		ck_abort_msg("LATCHKEY_TEST_DATABASE_URL is not set: run by tests/db/pg.sh run --");
	return (url);
}

static PGconn *
session_open(const char *url)
{
	PGconn *pg = PQconnectdb(url);

	if (PQstatus(pg) != CONNECTION_OK)
		ck_abort_msg("%s", PQerrorMessage(pg));
	return (pg);
}

void
session_execute(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		ck_abort_msg("%s: %s", sql, PQerrorMessage(pg));
	PQclear(result);
}

static long long
session_ask(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	long long answer;

	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
		ck_abort_msg("%s: %s", sql, PQerrorMessage(pg));
	answer = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return (answer);
}

/* The words of the maintenance url, with another database and more words behind. */
static void
url_write(char *out, size_t size, const char *name, const char *more)
{
	PQconninfoOption *options = PQconninfoParse(maintenance_url(), NULL), *o;
	int length;

	ck_assert_ptr_nonnull(options);
	length = snprintf(out, size, "dbname='%s'", name);
	for (o = options; o->keyword != NULL; o++) {
		if (o->val != NULL && strcmp(o->keyword, "dbname") != 0)
			length += snprintf(
			    out + length, size - (size_t)length, " %s='%s'", o->keyword, o->val);
	}
	(void)snprintf(out + length, size - (size_t)length, " %s", more);
	PQconninfoFree(options);
}

const char *
database_url(const struct database *database, const char *more)
{
	static char url[1024];

	url_write(url, sizeof(url), database->name, more);
	return (url);
}

static void
template_name(char *out, size_t size)
{
	char all[4096] = "";
	uint8_t digest[SHA256_BYTES];
	size_t i, length = 0;

	for (i = 0; i < migrations_count; i++)
		length += (size_t)snprintf(
		    all + length, sizeof(all) - length, "%.32s", migrations[i].checksum);
	sha256(all, length, digest);
	(void)snprintf(
	    out, size, "lk_template_%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

static bool
template_exists(PGconn *pg, const char *name)
{
	char sql[256];

	(void)snprintf(
	    sql, sizeof(sql), "SELECT count(*) FROM pg_database WHERE datname = '%s'", name);
	return (session_ask(pg, sql) == 1);
}

static void
template_ensure(PGconn *pg, const char *name)
{
	struct migrate_report report;
	char sql[256], url[1024];

	if (template_exists(pg, name))
		return;
	session_execute(pg, "DROP DATABASE IF EXISTS lk_template_made WITH (FORCE)");
	session_execute(pg, "CREATE DATABASE lk_template_made");
	url_write(url, sizeof(url), "lk_template_made", "");
	if (migrate_run(url, false, NULL, &report) != MIGRATE_OK)
		ck_abort_msg("%s", report.error);
	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE lk_template_made RENAME TO %s", name);
	session_execute(pg, sql);
}

static void
template_fill(
    PGconn *pg, const char *migrated, const char *name, void (*fill)(const struct database *))
{
	int status;
	pid_t pid;
	char sql[256];
	struct database database = {.name = "lk_template_filled"};

	if (template_exists(pg, name))
		return;
	url_write(database.url, sizeof(database.url), database.name, "");
	session_execute(pg, "DROP DATABASE IF EXISTS lk_template_filled WITH (FORCE)");
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", database.name, migrated);
	session_execute(pg, sql);
	if ((pid = fork()) == 0) {
		fill(&database);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		ck_abort_msg("%s cannot be filled", database.name);
	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE %s RENAME TO %s", database.name, name);
	session_execute(pg, sql);
}

static void
database_name(struct database *database)
{
	uint32_t number;

	random_bytes(&number, sizeof(number));
	(void)snprintf(database->name, sizeof(database->name), "lk_test_%08x", number);
	url_write(database->url, sizeof(database->url), database->name, "");
}

void
database_create_filled(struct database *database, void (*fill)(const struct database *))
{
	PGconn *pg = session_open(maintenance_url());
	char sql[256], migrated[64], filled[72];

	database_name(database);
	session_execute(pg, "SELECT pg_advisory_lock(77)");
	template_name(migrated, sizeof(migrated));
	template_ensure(pg, migrated);
	(void)snprintf(filled, sizeof(filled), "%s_filled", migrated);
	template_fill(pg, migrated, filled, fill);
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", database->name, filled);
	session_execute(pg, sql);
	PQfinish(pg);
}

void
database_create(struct database *database, bool is_migrated)
{
	PGconn *pg = session_open(maintenance_url());
	char sql[256], template[64] = "template0";

	database_name(database);
	session_execute(pg, "SELECT pg_advisory_lock(77)");
	if (is_migrated) {
		template_name(template, sizeof(template));
		template_ensure(pg, template);
	}
	(void)snprintf(
	    sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", database->name, template);
	session_execute(pg, sql);
	PQfinish(pg);
}

void
database_drop(const struct database *database)
{
	PGconn *pg = session_open(maintenance_url());
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)", database->name);
	session_execute(pg, sql);
	PQfinish(pg);
}

PGconn *
database_connect(const struct database *database)
{
	return (session_open(database->url));
}

void
database_execute(const struct database *database, const char *sql)
{
	PGconn *pg = database_connect(database);

	session_execute(pg, sql);
	PQfinish(pg);
}

long long
database_ask(const struct database *database, const char *sql)
{
	PGconn *pg = database_connect(database);
	long long answer = session_ask(pg, sql);

	PQfinish(pg);
	return (answer);
}

struct db_settings
driver_settings(const struct database *database)
{
	/* Deadlines far away: a test that is about them sets its own. */
	return ((struct db_settings){
	    .url = database->url,
	    .read_connections = 1,
	    .write_connections = 1,
	    .deadline_ms = 60000,
	    .stalled_ms = 20,
	    .breaker_timeouts = 5,
	});
}

void
driver_start(const struct db_settings *settings)
{
	loop_poll_start();
	db_start(settings);
	loop_until(db_is_ready);
}

void
driver_stop(void)
{
	db_stop();
	loop_poll_stop();
}

void
driver_run(void (*body)(struct call *, void *), void *argument)
{
	loop_poll_run(body, argument);
}

void
loop_until(bool (*condition)(void))
{
	while (!condition())
		loop_poll_once(10);
}

static void
errand_body(struct call *call, void *argument)
{
	struct errand *errand = argument;
	struct db_rows rows;

	errand->result = db_run(call, errand->statement, errand->values, errand->count, &rows);
	(void)snprintf(errand->reason, sizeof(errand->reason), "%s",
	    call->failure_reason != NULL ? call->failure_reason : db_constraint(call));
	errand->rows = rows.count;
	if (rows.result != NULL && rows.count > 0 && PQntuples(rows.result) > 0 &&
	    PQftype(rows.result, 0) == 23)
		errand->integer = row_integer(&rows, 0, 0);
}

static void
errand_finished(struct call *call)
{
	struct errand *errand = call->owner;

	errand->call = NULL;
	errand->is_over = true;
	errand->order = ++errands_over;
}

void
errand_start(struct errand *errand)
{
	struct call *call;

	errand->is_over = false;
	call = call_start(errand_body, errand, errand_finished, errand);
	if (!errand->is_over)
		errand->call = call;
}

void
errand_wait(struct errand *errand)
{
	while (!errand->is_over)
		loop_poll_once(10);
}

void
errand_run(struct errand *errand)
{
	errand_start(errand);
	errand_wait(errand);
}
