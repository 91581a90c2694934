/* latchkey key list */
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"
#include "keys/keys.h"

static const char *
moment(char buffer[CLOCK_TEXT_MAX], int64_t us)
{
	if (us == 0)
		return (NULL);
	clock_rfc3339(us, buffer);
	return (buffer);
}

static void
key_write(struct json_writer *writer, const struct key_summary *key)
{
	char buffer[CLOCK_TEXT_MAX];

	writer_object_begin(writer, NULL);
	writer_text(writer, "kid", key->kid);
	writer_text(writer, "algorithm", key->algorithm);
	writer_text(writer, "state", key->state);
	writer_text_if(writer, "created_at", moment(buffer, key->created_at));
	writer_text_if(writer, "activated_at", moment(buffer, key->activated_at));
	writer_text_if(writer, "retired_at", moment(buffer, key->retired_at));
	writer_object_end(writer);
}

static void
key_print(const struct key_summary *key)
{
	char buffer[CLOCK_TEXT_MAX];
	const char *created = moment(buffer, key->created_at);

	printf("%-44s %-6s %-8s %.19s\n", key->kid, key->algorithm, key->state,
	    created == NULL ? "" : created);
}

static int
key_list_work(struct call *call, const struct cli_arguments *arguments)
{
	struct key_summary *keys;
	struct json_writer writer;
	struct text text;
	size_t count, i;

	if (keys_list(call, &keys, &count) != RESULT_OK)
		return (CLI_INTERNAL);
	if (!arguments->json) {
		for (i = 0; i < count; i++)
			key_print(&keys[i]);
		return (CLI_OK);
	}
	text_init(&text, call->arena, 1 << 20);
	writer_init(&writer, &text);
	writer_array_begin(&writer, NULL);
	for (i = 0; i < count; i++)
		key_write(&writer, &keys[i]);
	writer_array_end(&writer);
	puts(text.data);
	return (CLI_OK);
}

static int
key_list_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, key_list_work));
}

const struct command command_key_list = {
    .words = "key list",
    .arguments = "",
    .help = "List a realm's signing keys",
    .run = key_list_run,
};
