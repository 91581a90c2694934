/* The command line: finds the row for what was typed, reads its options, runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "settings.h"

enum { CLI_OPTIONS_MAX = 32, CLI_POSITIONAL_MAX = 8, CLI_WORDS_MAX = 2 };

static const struct cli_option everybodys[] = {
    {"config", "FILE", "Read settings from FILE"},
    {"realm", "NAME", "Work in this realm instead of the first one"},
    {"json", NULL, "Print JSON"},
    {"help", NULL, "Print this"},
    {NULL, NULL, NULL},
};

struct parse {
	const char *names[CLI_OPTIONS_MAX];
	const char *values[CLI_OPTIONS_MAX];
	const char *positional[CLI_POSITIONAL_MAX];
	struct cli_arguments arguments;
};

int
cli_fail(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("latchkey: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return (code);
}

const char *
cli_option_value(const struct cli_arguments *arguments, const char *name)
{
	size_t i;

	for (i = 0; i < arguments->option_count; i++)
		if (strcmp(arguments->names[i], name) == 0)
			return (arguments->values[i]);
	return (NULL);
}

static void
usage_options(const struct cli_option *options)
{
	char left[64];

	for (; options != NULL && options->name != NULL; options++) {
		snprintf(left, sizeof(left), "--%s%s%s", options->name,
		    options->argument == NULL ? "" : " ",
		    options->argument == NULL ? "" : options->argument);
		printf("  %-26s %s\n", left, options->help);
	}
}

static void
usage_command(const struct command *command)
{
	printf("usage: latchkey %s%s%s [options]\n\n%s.\n\noptions:\n", command->words,
	    *command->arguments == '\0' ? "" : " ", command->arguments, command->help);
	usage_options(command->options);
	usage_options(everybodys);
}

static void
usage(void)
{
	char left[64];
	size_t i;

	printf("usage: latchkey COMMAND [options]\n\ncommands:\n");
	for (i = 0; i < commands_count; i++) {
		snprintf(left, sizeof(left), "%s%s%s", commands[i]->words,
		    *commands[i]->arguments == '\0' ? "" : " ", commands[i]->arguments);
		printf("  %-26s %s\n", left, commands[i]->help);
	}
	printf("\n`latchkey COMMAND --help` prints a command's options. Exit codes: 0 done, 1 "
	       "refused or not found, 64 usage,\n"
	       "69 a dependency is down, 70 an error of ours, 78 configuration.\n");
}

/* How many words of argv the command's name takes; 0 when it is another command. */
static int
command_matches(const struct command *command, int argc, char **argv)
{
	const char *rest = command->words;
	size_t length;
	int words;

	for (words = 0; *rest != '\0'; words++) {
		length = strcspn(rest, " ");
		if (words >= argc || strlen(argv[words]) != length ||
		    strncmp(argv[words], rest, length) != 0)
			return (0);
		rest += length + (rest[length] == ' ');
	}
	return (words);
}

static const struct cli_option *
option_find(const struct cli_option *options, const char *name, size_t length)
{
	for (; options != NULL && options->name != NULL; options++)
		if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
			return (options);
	return (NULL);
}

/* --name, --name VALUE or --name=VALUE. Returns how many words it took, 0 after a complaint. */
static int
option_parse(const struct command *command, struct parse *parse, int argc, char **argv)
{
	const char *name = argv[0] + 2, *value = strchr(name, '=');
	size_t length = value == NULL ? strlen(name) : (size_t)(value - name);
	const struct cli_option *option;
	size_t at = parse->arguments.option_count;

	if ((option = option_find(command->options, name, length)) == NULL &&
	    (option = option_find(everybodys, name, length)) == NULL) {
		cli_fail(CLI_USAGE, "%s: no such option (see latchkey %s --help)", argv[0],
		    command->words);
		return (0);
	}
	if (at == CLI_OPTIONS_MAX || (option->argument == NULL && value != NULL) ||
	    (option->argument != NULL && value == NULL && argc < 2)) {
		cli_fail(CLI_USAGE, "--%s %s", option->name,
		    option->argument == NULL ? "takes no value" : "needs a value");
		return (0);
	}
	parse->names[at] = option->name;
	parse->values[at] = option->argument == NULL ? "" : value != NULL ? value + 1 : argv[1];
	parse->arguments.option_count++;
	return (option->argument != NULL && value == NULL ? 2 : 1);
}

static bool
command_parse(const struct command *command, struct parse *parse, int argc, char **argv)
{
	struct cli_arguments *arguments = &parse->arguments;
	int took;
	bool is_past_options = false;

	while (argc > 0) {
		took = 1;
		if (!is_past_options && strcmp(argv[0], "--") == 0) {
			is_past_options = true;
		} else if (!is_past_options && strncmp(argv[0], "--", 2) == 0) {
			if ((took = option_parse(command, parse, argc, argv)) == 0)
				return (false);
		} else if (arguments->positional_count == CLI_POSITIONAL_MAX) {
			cli_fail(CLI_USAGE, "too many arguments");
			return (false);
		} else {
			parse->positional[arguments->positional_count++] = argv[0];
		}
		argc -= took;
		argv += took;
	}
	arguments->names = parse->names;
	arguments->values = parse->values;
	arguments->positional = parse->positional;
	arguments->json = cli_option_value(arguments, "json") != NULL;
	return (true);
}

static int
command_run(const struct command *command, int argc, char **argv)
{
	struct parse parse = {0};
	char error[640];

	if (!command_parse(command, &parse, argc, argv))
		return (CLI_USAGE);
	if (cli_option_value(&parse.arguments, "help") != NULL) {
		usage_command(command);
		return (CLI_OK);
	}
	if (parse.arguments.positional_count < command->positional_least ||
	    parse.arguments.positional_count > command->positional_most)
		return (cli_fail(
		    CLI_USAGE, "usage: latchkey %s %s", command->words, command->arguments));
	parse.arguments.may_lack_realm = command->may_lack_realm;
	if (!settings_load(cli_option_value(&parse.arguments, "config"), error, sizeof(error)))
		return (cli_fail(CLI_CONFIGURATION, "%s", error));
	return (command->run(&parse.arguments));
}

int
cli_main(int argc, char **argv)
{
	size_t i;
	int words;

	argc--;
	argv++;
	if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
		usage();
		return (argc == 0 ? CLI_USAGE : CLI_OK);
	}
	for (i = 0; i < commands_count; i++)
		if ((words = command_matches(commands[i], argc, argv)) > 0)
			return (command_run(commands[i], argc - words, argv + words));
	return (cli_fail(CLI_USAGE, "%s: no such command (latchkey --help lists them)", argv[0]));
}
