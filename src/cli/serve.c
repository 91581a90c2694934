/* latchkey serve: checks what must be right before the first listener opens, then never returns. */
#include <string.h>

#include "cli/cli.h"
#include "cli/start.h"
#include "settings.h"

static int
serve_command_run(const struct cli_arguments *arguments)
{
	int code;

	(void)arguments;
	if ((code = start_check()) != CLI_OK)
		return (code);
	serve_run();
}

const struct command command_serve = {
    .words = "serve",
    .arguments = "",
    .help = "Serve; waits until the database is there and its schema is right",
    .run = serve_command_run,
};
