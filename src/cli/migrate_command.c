/* latchkey migrate: brings the schema up to this binary. Any number may run at once. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/start.h"
#include "db/db.h"
#include "db/migrate.h"
#include "settings.h"

static const struct {
	enum migrate_result result;
	int code;
} exits[] = {
    {MIGRATE_OK, CLI_OK},
    {MIGRATE_UNREACHABLE, CLI_UNAVAILABLE},
    {MIGRATE_EDITED, CLI_REFUSED},
    {MIGRATE_NEWER, CLI_REFUSED},
    {MIGRATE_FAILED, CLI_INTERNAL},
};

static void
migrate_tell(const struct migration *migration)
{
	printf("%s\n", migration->name);
}

static int
migrate_command_run(const struct cli_arguments *arguments)
{
	const char *url = *settings.migration_database_url != '\0' ? settings.migration_database_url
								   : settings.database_url;
	bool plan = cli_option_value(arguments, "plan") != NULL;
	struct migrate_report report;
	enum migrate_result result;

	if (*url == '\0')
		return (cli_fail(CLI_CONFIGURATION, "database_url is not set"));
	if (!db_url_is_right(url))
		return (cli_fail(CLI_CONFIGURATION, "%s %s",
		    url == settings.database_url ? "database_url" : "migration_database_url",
		    start_database_url_wrong));
	result = migrate_run(url, plan, arguments->json ? NULL : migrate_tell, &report);
	if (result != MIGRATE_OK)
		return (cli_fail(exits[result].code, "%s", report.error));
	if (arguments->json)
		printf("{\"applied\":%d,\"version\":%d,\"plan\":%s}\n", report.applied,
		    report.version, plan ? "true" : "false");
	else
		printf("%d migration%s %s; the schema is at %d\n", report.applied,
		    report.applied == 1 ? "" : "s", plan ? "would run" : "ran", report.version);
	return (CLI_OK);
}

static const struct cli_option migrate_options[] = {
    {"plan", NULL, "Print what would run, run nothing"},
    {NULL, NULL, NULL},
};

const struct command command_migrate = {
    .words = "migrate",
    .arguments = "",
    .help = "Bring the database's schema up to this version",
    .options = migrate_options,
    .run = migrate_command_run,
};
