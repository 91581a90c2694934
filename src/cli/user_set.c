/* latchkey user set LOGIN --file FILE: standard claims of a person (OpenID Connect Core, 5.1). */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/documents.h"
#include "people/profile.h"
#include "people/users.h"

static int
problems_print(const char *file, const struct profile_change *change)
{
	size_t i;

	for (i = 0; i < change->problem_count; i++)
		cli_fail(CLI_REFUSED, "%s: %s %s", file, change->problems[i].member,
		    change->problems[i].complaint);
	return (CLI_REFUSED);
}

static int
profile_write(struct call *call, const char *login, const struct profile_change *change)
{
	struct user user;
	enum result result = users_find_by_login(call, login, &user);

	if (result == RESULT_OK)
		result = profile_set(call, &user.id, change, "command_line");
	if (result == RESULT_CONFLICT)
		return (cli_refuse(call, login, "the e-mail address is somebody else's"));
	if (result != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	return (CLI_OK);
}

static int
user_set_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *file = cli_option_value(arguments, "file");
	struct profile_change change;
	json_t *document;
	bool is_right;

	if ((document = document_read(call, file)) == NULL)
		return (CLI_REFUSED);
	is_right = profile_read(call->arena, document, &change);
	json_decref(document);
	if (!is_right)
		return (problems_print(file, &change));
	return (profile_write(call, arguments->positional[0], &change));
}

static int
user_set_run(const struct cli_arguments *arguments)
{
	if (cli_option_value(arguments, "file") == NULL)
		return (cli_fail(CLI_USAGE, "give --file (see --help)"));
	return (cli_run_call(arguments, user_set_work));
}

static const struct cli_option user_set_options[] = {
    {"file", "PATH", "Claims as JSON, - for standard input; null clears, what is left out stays"},
    {NULL, NULL, NULL},
};

const struct command command_user_set = {
    .words = "user set",
    .arguments = "LOGIN",
    .help = "Set what applications may learn about a user: name, email, address, ...",
    .options = user_set_options,
    .positional_least = 1,
    .positional_most = 1,
    .run = user_set_run,
};
