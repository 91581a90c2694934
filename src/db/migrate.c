/* Runs the embedded migrations: one transaction each, one process at a time. */
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/migrate.h"
#include "statements.h"

enum { MIGRATE_PARAMETERS_MAX = 3, MIGRATE_VERSION_MAX = 9999 };

struct migrator {
	PGconn *pg;
	struct migrate_report *report;
	bool plan_only;
	void (*each)(const struct migration *);
};

static enum migrate_result migrate_failed(struct migrator *, enum migrate_result, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static enum migrate_result
migrate_failed(struct migrator *m, enum migrate_result result, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(m->report->error, sizeof(m->report->error), format, args);
	va_end(args);
	m->report->error[strcspn(m->report->error, "\n")] = '\0';
	return (result);
}

static void
notice_dropped(void *nobody, const char *message)
{
	(void)nobody;
	(void)message;
}

static enum migrate_result
migrate_connect(struct migrator *m, const char *url)
{
	static const char *const names[] = {"target_session_attrs", "connect_timeout",
	    "application_name", "dbname", "options", "client_encoding", NULL};
	const char *const values[] = {"read-write", "5", "latchkey migrate", url,
	    "-c statement_timeout=0 -c lock_timeout=0 -c client_connection_check_interval=1000",
	    "UTF8", NULL};

	m->pg = PQconnectdbParams(names, values, 1);
	if (PQstatus(m->pg) != CONNECTION_OK)
		return (migrate_failed(m, MIGRATE_UNREACHABLE, "%s", PQerrorMessage(m->pg)));
	PQsetNoticeProcessor(m->pg, notice_dropped, NULL);
	return (MIGRATE_OK);
}

/* Runs a statement of the catalogue; the result is the caller's, or NULL with the report filled in.
 */
static PGresult *
migrate_query(struct migrator *m, enum statement statement, const char *const *values)
{
	const struct statement_definition *definition = &statements[statement];
	PGresult *result;
	ExecStatusType status;

	result = PQexecParams(
	    m->pg, definition->text, (int)definition->parameter_count, NULL, values, NULL, NULL, 0);
	status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return (result);
	(void)migrate_failed(
	    m, MIGRATE_FAILED, "%s: %s", definition->name, PQresultErrorMessage(result));
	PQclear(result);
	return (NULL);
}

static bool
migrate_exec(struct migrator *m, enum statement statement, const char *const *values)
{
	PGresult *result = migrate_query(m, statement, values);

	PQclear(result);
	return (result != NULL);
}

static enum migrate_result
ledger_ensure(struct migrator *m, bool *exists)
{
	PGresult *result = migrate_query(m, STATEMENT_migrate_ledger_exists, NULL);

	if (result == NULL)
		return (MIGRATE_FAILED);
	*exists = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (*exists || m->plan_only)
		return (MIGRATE_OK);
	*exists = migrate_exec(m, STATEMENT_migrate_ledger_create, NULL);
	return (*exists ? MIGRATE_OK : MIGRATE_FAILED);
}

static enum migrate_result
ledger_compare(struct migrator *m, const PGresult *ledger)
{
	long long version;
	int row;

	for (row = 0; row < PQntuples(ledger); row++) {
		if (!text_parse_integer(
			PQgetvalue(ledger, row, 0), 1, MIGRATE_VERSION_MAX, &version) ||
		    version != row + 1)
			return (migrate_failed(m, MIGRATE_FAILED,
			    "the ledger schema_migrations has a gap before version %d", row + 1));
		m->report->version = (int)version;
		if ((size_t)row < migrations_count &&
		    !text_equal(PQgetvalue(ledger, row, 1), migrations[row].checksum))
			return (migrate_failed(m, MIGRATE_EDITED,
			    "migration %s was edited after it had run", migrations[row].name));
	}
	if ((size_t)PQntuples(ledger) > migrations_count)
		return (migrate_failed(m, MIGRATE_NEWER,
		    "the database is at version %d, newer than this program, which knows %zu",
		    m->report->version, migrations_count));
	return (MIGRATE_OK);
}

/* Where we stand: report->version. */
static enum migrate_result
ledger_read(struct migrator *m)
{
	PGresult *ledger;
	enum migrate_result result;
	bool exists = false;

	result = ledger_ensure(m, &exists);
	if (result != MIGRATE_OK || !exists)
		return (result);
	ledger = migrate_query(m, STATEMENT_schema_ledger, NULL);
	if (ledger == NULL)
		return (MIGRATE_FAILED);
	result = ledger_compare(m, ledger);
	PQclear(ledger);
	return (result);
}

static bool
migration_sql(struct migrator *m, const struct migration *migration)
{
	PGresult *result = PQexec(m->pg, migration->sql);
	bool is_done =
	    PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!is_done)
		(void)migrate_failed(m, MIGRATE_FAILED, "migration %s: %s", migration->name,
		    PQresultErrorMessage(result));
	PQclear(result);
	return (is_done);
}

static bool
migration_run(struct migrator *m, const struct migration *migration)
{
	char version[16];
	const char *values[MIGRATE_PARAMETERS_MAX] = {
	    version, migration->name, migration->checksum};

	(void)snprintf(version, sizeof(version), "%d", migration->version);
	if (migrate_exec(m, STATEMENT_migrate_begin, NULL) && migration_sql(m, migration) &&
	    migrate_exec(m, STATEMENT_migrate_ledger_add, values) &&
	    migrate_exec(m, STATEMENT_migrate_commit, NULL))
		return (true);
	PQclear(PQexecParams(
	    m->pg, statements[STATEMENT_migrate_rollback].text, 0, NULL, NULL, NULL, NULL, 0));
	return (false);
}

static enum migrate_result
migrate_missing(struct migrator *m)
{
	const struct migration *migration;

	while ((size_t)m->report->version < migrations_count) {
		migration = &migrations[m->report->version];
		if (m->each != NULL)
			m->each(migration);
		if (!migration_run(m, migration))
			return (MIGRATE_FAILED);
		m->report->version = migration->version;
		m->report->applied++;
	}
	return (
	    migrate_exec(m, STATEMENT_migrate_ledger_grant, NULL) ? MIGRATE_OK : MIGRATE_FAILED);
}

enum migrate_result
migrate_run(const char *url, bool plan_only, void (*each)(const struct migration *),
    struct migrate_report *out)
{
	struct migrator m = {.report = out, .plan_only = plan_only, .each = each};
	enum migrate_result result;

	memset(out, 0, sizeof(*out));
	result = migrate_connect(&m, url);
	if (result == MIGRATE_OK && !plan_only && !migrate_exec(&m, STATEMENT_migrate_lock, NULL))
		result = MIGRATE_FAILED;
	if (result == MIGRATE_OK)
		result = ledger_read(&m);
	if (result == MIGRATE_OK && plan_only)
		out->applied = (int)migrations_count - out->version;
	else if (result == MIGRATE_OK)
		result = migrate_missing(&m);
	/* The advisory lock goes with the connection. */
	PQfinish(m.pg);
	return (result);
}
