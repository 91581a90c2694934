/* latchkey client show CLIENT_ID */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/documents.h"
#include "clients/clients.h"

static int
client_show_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *client_id = arguments->positional[0];
	struct text text;

	text_init(&text, call->arena, JSON_BYTES_MAX);
	if (clients_write_metadata(call, client_id, &text) != RESULT_OK)
		return (cli_refuse(call, client_id, "no such client"));
	if (!arguments->json)
		return (document_print(&text));
	puts(text.data);
	return (CLI_OK);
}

static int
client_show_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, client_show_work));
}

const struct command command_client_show = {
    .words = "client show",
    .arguments = "CLIENT_ID",
    .help = "Print a client's metadata; secrets cannot be shown",
    .positional_least = 1,
    .positional_most = 1,
    .run = client_show_run,
};
