/* latchkey config: every setting with its effective value and where it came from; secrets masked.
 */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "settings.h"

static void
config_print_json(void)
{
	struct arena *arena = arena_create(1 << 20);
	struct json_writer writer;
	struct text text;
	static char value[2050];
	size_t i;

	text_init(&text, arena, 1 << 18);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	for (i = 0; i < settings_count; i++) {
		writer_object_begin(&writer, settings_table[i].name);
		writer_text(
		    &writer, "value", settings_value(&settings_table[i], value, sizeof(value)));
		writer_text(&writer, "source", settings_source(&settings_table[i]));
		writer_object_end(&writer);
	}
	writer_object_end(&writer);
	puts(text.data);
	arena_destroy(arena);
}

/* The documented example: what conf/latchkey.conf holds, made of the same table. */
static void
config_print_example(void)
{
	size_t i;

	printf("# Settings of Latchkey, with their defaults. One `name = value` a line. The "
	       "environment goes before this file:\n"
	       "# LATCHKEY_ and the name in capitals; with _FILE at the end, the path of a file "
	       "that holds the value.\n");
	for (i = 0; i < settings_count; i++) {
		if (settings_table[i].is_hidden)
			continue;
		printf("\n# %s%s%s%s\n#%s = %s\n", settings_table[i].help,
		    settings_table[i].allowed == NULL ? "" : " (",
		    settings_table[i].allowed == NULL ? "" : settings_table[i].allowed,
		    settings_table[i].allowed == NULL ? "" : ")", settings_table[i].name,
		    settings_table[i].initial);
	}
}

static int
config_run(const struct cli_arguments *arguments)
{
	static char value[2050];
	size_t i;

	if (cli_option_value(arguments, "example") != NULL) {
		config_print_example();
		return (CLI_OK);
	}
	if (arguments->json) {
		config_print_json();
		return (CLI_OK);
	}
	for (i = 0; i < settings_count; i++)
		if (!settings_table[i].is_hidden)
			printf("%-28s %-32s %s\n", settings_table[i].name,
			    settings_value(&settings_table[i], value, sizeof(value)),
			    settings_source(&settings_table[i]));
	return (CLI_OK);
}

static const struct cli_option config_options[] = {
    {"example", NULL, "Print the documented example file instead"},
    {NULL, NULL, NULL},
};

const struct command command_config = {
    .words = "config",
    .arguments = "",
    .help = "Print the effective settings and where they come from",
    .options = config_options,
    .run = config_run,
};
