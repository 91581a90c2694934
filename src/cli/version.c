/* latchkey version */
#include <stdio.h>

#include "cli/cli.h"
#include "db/migrate.h"

static int
version_run(const struct cli_arguments *arguments)
{
	int schema = migrations_count == 0 ? 0 : migrations[migrations_count - 1].version;

	if (arguments->json)
		printf("{\"version\":\"%s\",\"schema\":%d}\n", LATCHKEY_VERSION, schema);
	else
		printf("latchkey %s (schema %d)\n", LATCHKEY_VERSION, schema);
	return (CLI_OK);
}

const struct command command_version = {
    .words = "version",
    .arguments = "",
    .help = "Print the version and the schema it needs",
    .run = version_run,
};
