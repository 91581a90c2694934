/* latchkey consent withdraw LOGIN CLIENT_ID */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "clients/clients.h"
#include "grants/consents.h"
#include "people/users.h"

enum { JSON_MAX = 4096 };

static void
consent_withdraw_print(struct call *call, const struct cli_arguments *arguments, const char *login)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("%s has nothing more to do with %s\n", arguments->positional[1], login);
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "login", login);
	writer_text(&writer, "client_id", arguments->positional[1]);
	writer_text(&writer, "status", "withdrawn");
	writer_object_end(&writer);
	puts(text.data);
}

static int
consent_withdraw_work(struct call *call, const struct cli_arguments *arguments)
{
	const char *login = arguments->positional[0], *client_id = arguments->positional[1];
	struct uuid client;
	struct user user;

	if (users_find_by_login(call, login, &user) != RESULT_OK)
		return (cli_refuse(call, login, "no such user"));
	if (clients_find_id(call, client_id, &client) != RESULT_OK)
		return (cli_refuse(call, client_id, "no such client"));
	if (consents_withdraw(call, &user.id, &client, "command_line") != RESULT_OK)
		return (cli_refuse(call, client_id, "has no consent of that user"));
	consent_withdraw_print(call, arguments, user.login);
	return (CLI_OK);
}

static int
consent_withdraw_run(const struct cli_arguments *arguments)
{
	return (cli_run_call(arguments, consent_withdraw_work));
}

const struct command command_consent_withdraw = {
    .words = "consent withdraw",
    .arguments = "LOGIN CLIENT_ID",
    .help = "Withdraw a user's consent to a client; ends what it was given by them",
    .positional_least = 2,
    .positional_most = 2,
    .run = consent_withdraw_run,
};
