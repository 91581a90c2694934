/* latchkey user show LOGIN */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/documents.h"
#include "people/standard_claims.h"
#include "people/users.h"

static int
user_print(struct call *call, const struct cli_arguments *arguments, const struct user *user)
{
	struct json_writer writer;
	struct text text;

	text_init(&text, call->arena, JSON_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "sub", uuid_string(call->arena, &user->id));
	writer_text(&writer, "status", user->status == USER_ACTIVE ? "active" : "disabled");
	standard_claims_write(&writer, user, "profile email address phone", NULL);
	writer_object_end(&writer);
	if (!arguments->json)
		return (document_print(&text));
	puts(text.data);
	return (CLI_OK);
}

static int
user_show_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *login = arguments->positional[0];
	struct user user;

	if (users_find_by_login(call, login, &user) != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	return (user_print(call, arguments, &user));
}

static int
user_show_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, user_show_work));
}

const struct command command_user_show = {
    .words = "user show",
    .arguments = "LOGIN",
    .help = "Print what is known about a user",
    .positional_least = 1,
    .positional_most = 1,
    .run = user_show_run,
};
