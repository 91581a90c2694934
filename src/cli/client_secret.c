/* latchkey client secret CLIENT_ID [--overlap SECONDS] */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "clients/clients.h"

enum { JSON_MAX = 4096, OVERLAP_MAX = 90 * 86400 };

static const char overlap_default[] = "86400";

static bool
overlap_read(const struct cli_arguments *arguments, long long *seconds)
{
	const char *text = cli_option_value(arguments, "overlap");

	return (text_parse_integer(text != NULL ? text : overlap_default, 0, OVERLAP_MAX, seconds));
}

static void
secret_print(struct call *call, const struct cli_arguments *arguments, const char *client_id,
    const char *secret, long long overlap)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("client_secret: %s  (shown once)\n", secret);
		if (overlap == 0)
			printf("the secret before has ended\n");
		else
			printf("the secret before is good for %lld seconds more\n", overlap);
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "client_id", client_id);
	writer_text(&writer, "client_secret", secret);
	writer_integer(&writer, "overlap", overlap);
	writer_object_end(&writer);
	puts(text.data);
}

static int
client_secret_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *client_id = arguments->positional[0], *secret;
	const struct client *client;
	long long overlap = 0;

	overlap_read(arguments, &overlap);
	if (clients_find(call, client_id, &client) != RESULT_OK)
		return (cli_refuse(call, client_id, "no such client"));
	if (!client_auth_method_has_secret(client->auth_method))
		return (cli_fail(CLI_REFUSED,
		    "%s has no secrets: its token_endpoint_auth_method is another", client_id));
	if (clients_add_secret(call, client, overlap, &secret) != RESULT_OK)
		return (CLI_INTERNAL);
	secret_print(call, arguments, client->client_id, secret, overlap);
	return (CLI_OK);
}

static int
client_secret_run(const struct cli_arguments *arguments)
{
	long long overlap;

	if (!overlap_read(arguments, &overlap))
		return (cli_fail(CLI_USAGE, "--overlap is 0 to %d seconds", OVERLAP_MAX));
	return (cli_run_call(arguments, client_secret_work));
}

static const struct cli_option client_secret_options[] = {
    {"overlap", "SECONDS", "How long the secret before stays good (86400); 0: not at all"},
    {NULL, NULL, NULL},
};

const struct command command_client_secret = {
    .words = "client secret",
    .arguments = "CLIENT_ID",
    .help = "Make another secret; the one before stays good for a while",
    .options = client_secret_options,
    .positional_least = 1,
    .positional_most = 1,
    .run = client_secret_run,
};
