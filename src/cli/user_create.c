/* latchkey user create LOGIN */
#include "cli/cli.h"
#include "cli/user_secret.h"
#include "people/profile.h"
#include "people/users.h"

static int
user_create_work(struct call *call, const struct cli_arguments *arguments)
{
	struct user user = {
	    .login = arguments->positional[0],
	    .email = cli_option_value(arguments, "email"),
	    .name = cli_option_value(arguments, "name"),
	    .status = USER_ACTIVE,
	};
	struct user_secret secret;
	const char *wrong;
	int code;

	wrong = users_login_error(user.login);
	if (wrong == NULL && user.email != NULL)
		wrong = users_email_error(user.email);
	if (wrong != NULL)
		return (cli_fail(CLI_REFUSED, "%s", wrong));
	if (user.name != NULL)
		wrong = profile_text_complaint(call->arena, "name", user.name);
	if (wrong != NULL)
		return (cli_fail(CLI_REFUSED, "name %s", wrong));
	user.email_verified =
	    user.email != NULL && cli_option_value(arguments, "email-verified") != NULL;
	if ((code = user_secret_take(call, arguments, &secret)) != CLI_OK)
		return (code);
	user.password = secret.phc;
	if (users_create(call, &user) != RESULT_OK)
		return (cli_refuse(call, user.login, "the login or the e-mail is taken"));
	user_secret_print(call, arguments, user.login, &secret);
	return (CLI_OK);
}

static int
user_create_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, user_create_work));
}

static const struct cli_option user_create_options[] = {
    {"email", "ADDRESS", "E-mail address; people can sign in with it too"},
    {"email-verified", NULL, "The address is known to be theirs"},
    {"name", "NAME", "Full name, as applications show it"},
    {"password-stdin", NULL, "Read the password from standard input instead of making one"},
    {NULL, NULL, NULL},
};

const struct command command_user_create = {
    .words = "user create",
    .arguments = "LOGIN",
    .help = "Create a user; prints the password that was made",
    .options = user_create_options,
    .positional_least = 1,
    .positional_most = 1,
    .run = user_create_run,
};
