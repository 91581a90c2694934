/* latchkey client enable CLIENT_ID */
#include "cli/client_status.h"

static int
client_enable_work(struct call *call, const struct cli_arguments *arguments)
{
	return (client_status_set(call, arguments, true));
}

static int
client_enable_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, client_enable_work));
}

const struct command command_client_enable = {
    .words = "client enable",
    .arguments = "CLIENT_ID",
    .help = "Enable a client again; people sign in to it anew",
    .positional_least = 1,
    .positional_most = 1,
    .run = client_enable_run,
};
