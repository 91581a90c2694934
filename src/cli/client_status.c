/* What `client disable` and `client enable` share. */
#include "cli/client_status.h"

#include <stdio.h>

#include "base/json.h"
#include "clients/clients.h"

enum { JSON_MAX = 4096 };

static void
status_print(struct call *call, const struct cli_arguments *arguments, const char *client_id,
    bool is_enabled)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("%s is %s\n", client_id,
		    is_enabled ? "enabled; people sign in to it anew"
			       : "disabled; what it was given has ended");
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "client_id", client_id);
	writer_text(&writer, "status", is_enabled ? "active" : "disabled");
	writer_object_end(&writer);
	puts(text.data);
}

int
client_status_set(struct call *call, const struct cli_arguments *arguments, bool is_enabled)
{
	const char *client_id = arguments->positional[0];

	if (clients_set_status(call, client_id, is_enabled, "command_line") != RESULT_OK)
		return (cli_refuse(call, client_id, "no such client"));
	status_print(call, arguments, client_id, is_enabled);
	return (CLI_OK);
}
