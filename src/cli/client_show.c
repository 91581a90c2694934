/* latchkey client show CLIENT_ID */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "clients/clients.h"

/* A value on one line: texts as they are, lists with spaces between, the rest as JSON. */
static void
value_print(const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_string(value)) {
		printf("%s", json_string_value(value));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			if (i > 0)
				putchar(' ');
			value_print(item);
		}
	} else {
		json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	}
}

static int
metadata_print(const struct text *text)
{
	const char *error, *name;
	json_t *metadata;
	json_t *value;

	if ((metadata = parse_json(text->data, text->length, &error)) == NULL)
		return (cli_fail(CLI_INTERNAL, "the metadata cannot be read: %s", error));
	json_object_foreach(metadata, name, value)
	{
		printf("%-28s ", name);
		value_print(value);
		putchar('\n');
	}
	json_decref(metadata);
	return (CLI_OK);
}

static int
client_show_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *client_id = arguments->positional[0];
	struct text text;

	text_init(&text, call->arena, JSON_BYTES_MAX);
	if (clients_write_metadata(call, client_id, &text) != RESULT_OK) {
		if (call->failure != RESULT_OK)
			return (CLI_INTERNAL);
		return (cli_fail(CLI_REFUSED, "%s: no such client", client_id));
	}
	if (!arguments->json)
		return (metadata_print(&text));
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
