/* latchkey client create: RFC 7591 metadata from a file, or made of a few options. */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/documents.h"
#include "clients/clients.h"

/* A redirect URI that only an app on a device can have says what kind of application it is. */
static bool
is_native(const char *redirect_uri)
{
	return (redirect_uri_error(redirect_uri, false) != NULL &&
		redirect_uri_error(redirect_uri, true) == NULL);
}

static json_t *
metadata_make(struct call *call, const struct cli_arguments *arguments)
{
	const char *redirect_uri = cli_option_value(arguments, "redirect-uri");
	bool is_public = cli_option_value(arguments, "public") != NULL;
	const char *method = is_public ? "none" : "client_secret_basic";
	struct json_writer writer;
	struct text text;
	const char *error;

	text_init(&text, call->arena, JSON_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text_if(&writer, "client_name", cli_option_value(arguments, "name"));
	writer_text_if(&writer, "scope", cli_option_value(arguments, "scope"));
	writer_text(&writer, "token_endpoint_auth_method", method);
	if (redirect_uri == NULL) {
		writer_list(&writer, "grant_types", "client_credentials");
		writer_list(&writer, "response_types", "");
	} else {
		writer_list(&writer, "grant_types", "authorization_code refresh_token");
		writer_list(&writer, "response_types", "code");
		writer_text(
		    &writer, "application_type", is_native(redirect_uri) ? "native" : "web");
		writer_array_begin(&writer, "redirect_uris");
		writer_text(&writer, NULL, redirect_uri);
		writer_array_end(&writer);
	}
	writer_object_end(&writer);
	return (parse_json(text.data, text.length, &error));
}

static void
client_print(struct call *call, const struct cli_arguments *arguments,
    const struct client_registration *made)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("client_id:     %s\n", made->client_id);
		if (made->client_secret != NULL)
			printf("client_secret: %s  (shown once)\n", made->client_secret);
		return;
	}
	text_init(&text, call->arena, JSON_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "client_id", made->client_id);
	writer_text_if(&writer, "client_secret", made->client_secret);
	writer_object_end(&writer);
	puts(text.data);
}

static int
client_register(struct call *call, const struct cli_arguments *arguments, const json_t *metadata)
{
	struct client_registration made = {0};
	enum result result;

	result = clients_register(call, metadata, &made);
	if (call->failure != RESULT_OK)
		return (CLI_INTERNAL);
	if (result == RESULT_CONFLICT)
		return (cli_fail(CLI_REFUSED, "the client_id is taken"));
	if (result != RESULT_OK)
		return (cli_fail(CLI_INTERNAL, "the client cannot be registered"));
	if (made.error != NULL)
		return (cli_fail(CLI_REFUSED, "%s: %s", made.error, made.error_description));
	client_print(call, arguments, &made);
	return (CLI_OK);
}

static int
client_create_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *file = cli_option_value(arguments, "file");
	json_t *metadata;
	int code;

	metadata = file != NULL ? document_read(call, file) : metadata_make(call, arguments);
	if (metadata == NULL)
		return (CLI_REFUSED);
	code = client_register(call, arguments, metadata);
	json_decref(metadata);
	return (code);
}

static int
client_create_run(const struct cli_arguments *arguments)
{
	static const char *const parts[] = {"name", "redirect-uri", "scope", "public"};
	bool has_file = cli_option_value(arguments, "file") != NULL;
	size_t i;

	for (i = 0; has_file && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (cli_option_value(arguments, parts[i]) != NULL)
			return (cli_fail(CLI_USAGE, "--file says it all: without --%s", parts[i]));
	if (!has_file && cli_option_value(arguments, "name") == NULL)
		return (cli_fail(CLI_USAGE, "give --file, or --name (see --help)"));
	return (cli_run_call(arguments, client_create_work));
}

static const struct cli_option client_create_options[] = {
    {"file", "PATH", "RFC 7591 metadata as JSON, - for standard input; id and secret are kept"},
    {"name", "NAME", "Name that people read on the consent page"},
    {"redirect-uri", "URI", "Where people come back to; without it, a service of its own"},
    {"scope", "SCOPES", "What it may ask for, separated by spaces"},
    {"public", NULL, "An app in a browser or on a device, that can keep no secret"},
    {NULL, NULL, NULL},
};

const struct command command_client_create = {
    .words = "client create",
    .arguments = "",
    .help = "Register an application; prints its id and the secret that was made",
    .options = client_create_options,
    .run = client_create_run,
};
