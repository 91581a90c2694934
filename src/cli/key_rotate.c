/* latchkey key rotate */
#include <stdio.h>

#include "cli/cli.h"
#include "keys/keys.h"

static int
key_rotate_work(struct call *call, const struct cli_arguments *arguments)
{
	bool now = cli_option_value(arguments, "now") != NULL;
	unsigned rotated;

	if (keys_ensure(call) != RESULT_OK || keys_rotate(call, now, &rotated) != RESULT_OK)
		return (CLI_INTERNAL);
	if (arguments->json)
		printf("{\"rotated\":%u}\n", rotated);
	else if (rotated > 0)
		printf("%u key%s rotated\n", rotated, rotated == 1 ? "" : "s");
	else
		printf("nothing rotated: the next keys have not been published for long enough "
		       "(--now does it all the same)\n");
	return (CLI_OK);
}

static int
key_rotate_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, key_rotate_work));
}

static const struct cli_option key_rotate_options[] = {
    {"now", NULL, "Even if services may not have seen the next key yet"},
    {NULL, NULL, NULL},
};

const struct command command_key_rotate = {
    .words = "key rotate",
    .arguments = "",
    .help = "Make the next signing keys the active ones",
    .options = key_rotate_options,
    .run = key_rotate_run,
};
