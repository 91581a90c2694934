/* latchkey realm create NAME */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "keys/keys.h"
#include "realms/realms.h"

enum { JSON_MAX = 8192 };

static void
realm_print(struct call *call, const struct cli_arguments *arguments, const struct realm *realm)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("realm:  %s\nissuer: %s\n", realm->name, realm->issuer);
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "id", uuid_string(call->arena, &realm->id));
	writer_text(&writer, "name", realm->name);
	writer_text(&writer, "issuer", realm->issuer);
	writer_object_end(&writer);
	puts(text.data);
}

static int
realm_create_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *name = arguments->positional[0];
	const char *display_name = cli_option_value(arguments, "display-name");
	enum result result;
	struct uuid id;

	if (display_name == NULL)
		display_name = name;
	result = realms_create(call, name, display_name, &id);
	if (result == RESULT_CONFLICT)
		return (cli_fail(CLI_REFUSED, "there is a realm %s already", name));
	/* Keys are made here and now: the first request must not wait for them. */
	if (result == RESULT_OK)
		result = realms_find(call, name, false, &call->realm);
	if (result == RESULT_OK)
		result = keys_ensure(call);
	if (result != RESULT_OK)
		return (call->failure != RESULT_OK
			    ? CLI_INTERNAL
			    : cli_fail(CLI_INTERNAL, "the realm %s cannot be made", name));
	realm_print(call, arguments, call->realm);
	return (CLI_OK);
}

static bool
is_realm_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return (length > 0 && length <= REALM_NAME_MAX && name[length] == '\0' && name[0] != '-' &&
		name[length - 1] != '-');
}

static int
realm_create_run(const struct cli_arguments *arguments)
{
	if (!is_realm_name(arguments->positional[0]))
		return (cli_fail(CLI_REFUSED,
		    "a realm's name has 1 to %d of a-z 0-9 and -, no - at its ends",
		    REALM_NAME_MAX));
	return (cli_run_call(arguments, realm_create_work));
}

static const struct cli_option realm_create_options[] = {
    {"display-name", "NAME", "What people read on pages; the name by default"},
    {NULL, NULL, NULL},
};

const struct command command_realm_create = {
    .words = "realm create",
    .arguments = "NAME",
    .help = "Create a realm with its keys: an issuer with users and clients of its own",
    .options = realm_create_options,
    .positional_least = 1,
    .positional_most = 1,
    .may_lack_realm = true,
    .run = realm_create_run,
};
