/* latchkey realm show */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/documents.h"
#include "realms/realm_settings.h"
#include "realms/realms.h"

static int
realm_show_work(struct call *call, const struct cli_arguments *arguments)
{
	struct json_writer writer;
	struct text text;

	text_init(&text, call->arena, JSON_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "name", call->realm->name);
	writer_text(&writer, "display_name", call->realm->display_name);
	writer_text(&writer, "issuer", call->realm->issuer);
	realm_settings_write(&writer, call->realm);
	writer_object_end(&writer);
	if (!arguments->json)
		return (document_print(&text));
	puts(text.data);
	return (CLI_OK);
}

static int
realm_show_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, realm_show_work));
}

const struct command command_realm_show = {
    .words = "realm show",
    .arguments = "",
    .help = "Print a realm and its settings",
    .run = realm_show_run,
};
