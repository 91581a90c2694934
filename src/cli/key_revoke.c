/* latchkey key revoke KID */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "keys/keys.h"

enum { REASON_MAX = 200 };

static int
key_revoke_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *kid = arguments->positional[0];
	const char *reason = cli_option_value(arguments, "reason");
	struct text text;
	struct json_writer writer;

	if (reason == NULL)
		reason = "by hand";
	if (strlen(reason) > REASON_MAX || !text_is_utf8(reason, strlen(reason)))
		return (cli_fail(CLI_USAGE, "--reason has at most %d bytes of text", REASON_MAX));
	switch (keys_revoke(call, kid, reason)) {
	case RESULT_OK:
		break;
	case RESULT_NOT_FOUND:
		return (cli_fail(CLI_REFUSED, "no key %s that is not revoked", kid));
	case RESULT_CONFLICT:
		return (cli_fail(CLI_REFUSED,
		    "%s signs, and there is no next key to follow it (latchkey key rotate makes "
		    "one)",
		    kid));
	default:
		return (CLI_INTERNAL);
	}
	if (!arguments->json) {
		printf("%s is revoked: tokens that it signed are refused within 5 seconds\n", kid);
		return (CLI_OK);
	}
	text_init(&text, call->arena, 1024);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "revoked", kid);
	writer_object_end(&writer);
	puts(text.data);
	return (CLI_OK);
}

static int
key_revoke_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, key_revoke_work));
}

static const struct cli_option key_revoke_options[] = {
    {"reason", "TEXT", "For the audit trail"},
    {NULL, NULL, NULL},
};

const struct command command_key_revoke = {
    .words = "key revoke",
    .arguments = "KID",
    .help = "Give up a signing key now: its tokens are refused everywhere",
    .options = key_revoke_options,
    .positional_least = 1,
    .positional_most = 1,
    .run = key_revoke_run,
};
