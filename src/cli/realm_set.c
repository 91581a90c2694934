/* latchkey realm set SETTING VALUE */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "realms/realm_settings.h"
#include "realms/realms.h"

static int
realm_set_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *name = arguments->positional[0], *value = arguments->positional[1];
	const char *json = NULL, *complaint;

	complaint = realm_settings_complaint(call->arena, name, value, &json);
	if (complaint != NULL)
		return (cli_fail(CLI_REFUSED, "%s", complaint));
	if (realms_set(call, name, json) != RESULT_OK)
		return (CLI_INTERNAL);
	return (CLI_OK);
}

static int
realm_set_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, realm_set_work));
}

const struct command command_realm_set = {
    .words = "realm set",
    .arguments = "SETTING VALUE",
    .help = "Change a setting of a realm (realm show lists them); VALUE `default` resets it",
    .positional_least = 2,
    .positional_most = 2,
    .run = realm_set_run,
};
