/* latchkey user disable LOGIN */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/user_secret.h"
#include "people/users.h"

enum { JSON_MAX = 4096 };

static void
user_disable_print(struct call *call, const struct cli_arguments *arguments, const char *login)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("%s is disabled; sessions and tokens have ended\n", login);
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "login", login);
	writer_text(&writer, "status", "disabled");
	writer_object_end(&writer);
	puts(text.data);
}

static int
user_disable_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *login = arguments->positional[0];
	struct user user;

	if (users_find_by_login(call, login, &user) != RESULT_OK ||
	    users_set_status(call, &user.id, USER_DISABLED, "command_line") != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	user_disable_print(call, arguments, user.login);
	return (CLI_OK);
}

static int
user_disable_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, user_disable_work));
}

const struct command command_user_disable = {
    .words = "user disable",
    .arguments = "LOGIN",
    .help = "Disable a user; ends their sessions and tokens",
    .positional_least = 1,
    .positional_most = 1,
    .run = user_disable_run,
};
