/* latchkey client disable CLIENT_ID */
#include "cli/client_status.h"

static int
client_disable_work(struct call *call, const struct cli_arguments *arguments)
{
	return (client_status_set(call, arguments, false));
}

static int
client_disable_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, client_disable_work));
}

const struct command command_client_disable = {
    .words = "client disable",
    .arguments = "CLIENT_ID",
    .help = "Disable a client; ends what it was given",
    .positional_least = 1,
    .positional_most = 1,
    .run = client_disable_run,
};
