/* The command line: one table of commands (cli.c), one file each. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* sysexits(3) where they fit: 0 fine, 1 refused or not found, 64 usage, 69 dependency down, 70 our
 * fault, 78 configuration. */
enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1,
	CLI_USAGE = 64,
	CLI_UNAVAILABLE = 69,
	CLI_INTERNAL = 70,
	CLI_CONFIGURATION = 78
};

struct cli_option {
	const char *name;     /* "realm": --realm NAME */
	const char *argument; /* "NAME"; NULL for a flag */
	const char *help;
};

/* What was typed, after the command's words. */
struct cli_arguments {
	const char *const *positional;
	size_t positional_count;
	const char *const *names, *const *values; /* private; use cli_option_value */
	size_t option_count;
	bool json;	     /* --json */
	bool may_lack_realm; /* of the command */
};
const char *cli_option_value(
    const struct cli_arguments *, const char *name); /* NULL when not given; "" for a flag */

struct command {
	const char *words;		  /* "user create" */
	const char *arguments;		  /* "LOGIN" for the usage line; "" */
	const char *help;		  /* one line */
	const struct cli_option *options; /* ends with a NULL name; NULL for none. --config FILE,
					     --json and --help are everybody's */
	size_t positional_least, positional_most;
	bool may_lack_realm; /* runs on a database without realms: `realm create` */
	int (*run)(const struct cli_arguments *);
};

int cli_main(int argc, char **argv);

/* Runs work(call, argument) in a fiber on a loop of its own, with settings loaded, database and
 * keys started, call->realm set to --realm. Returns work's exit code, or 69 when the database does
 * not answer. */
struct call;
int cli_run_call(
    const struct cli_arguments *, int (*work)(struct call *, const struct cli_arguments *));
/* "latchkey: " + sentence on standard error, returns the code. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "name: what", unless the call failed, which cli_run_call tells. Returns the exit code. */
int cli_refuse(struct call *, const char *name, const char *what);

/* serve.c: never returns. Settings are loaded. */
void serve_run(void) __attribute__((noreturn));

#endif
