/* latchkey user password LOGIN */
#include "cli/cli.h"
#include "cli/user_secret.h"
#include "people/users.h"

static int
user_password_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *login = arguments->positional[0];
	struct user_secret secret;
	struct user user;
	int code;

	if (users_find_by_login(call, login, &user) != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	if ((code = user_secret_take(call, arguments, &secret)) != CLI_OK)
		return (code);
	if (users_set_password(call, &user.id, secret.phc, "command_line") != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	user_secret_print(call, arguments, user.login, &secret);
	return (CLI_OK);
}

static int
user_password_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, user_password_work));
}

static const struct cli_option user_password_options[] = {
    {"password-stdin", NULL, "Read the password from standard input instead of making one"},
    {NULL, NULL, NULL},
};

const struct command command_user_password = {
    .words = "user password",
    .arguments = "LOGIN",
    .help = "Give a user a new password; ends their sessions and tokens",
    .options = user_password_options,
    .positional_least = 1,
    .positional_most = 1,
    .run = user_password_run,
};
