/* Passwords on the command line: never as an argument, where every process could read them. */
#include "cli/user_secret.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "people/passwords.h"
#include "people/users.h"

enum { GENERATED_SYMBOLS = 20, GENERATED_GROUP = 4, JSON_MAX = 4096 };

/* Without letters that look like others. */
static const char symbols[] = "0123456789abcdefghjkmnpqrstvwxyz";

static const char *
secret_generate(struct call *call)
{
	uint8_t bytes[GENERATED_SYMBOLS];
	struct text text;
	size_t i;

	text_init(&text, call->arena, 2 * GENERATED_SYMBOLS);
	random_bytes(bytes, sizeof(bytes));
	for (i = 0; i < GENERATED_SYMBOLS; i++) {
		if (i > 0 && i % GENERATED_GROUP == 0)
			text_add_byte(&text, '-');
		text_add_byte(&text, symbols[bytes[i] % (sizeof(symbols) - 1)]);
	}
	secret_wipe(bytes, sizeof(bytes));
	return (text.data);
}

static size_t
characters(const char *password)
{
	size_t count = 0;

	for (; *password != '\0'; password++)
		count += ((unsigned char)*password & 0xc0) != 0x80;
	return (count);
}

static int
secret_read(struct call *call, const char **out)
{
	char *line = arena_alloc(call->arena, PASSWORD_MAX + 3);
	size_t length;

	if (fgets(line, PASSWORD_MAX + 3, stdin) == NULL)
		return (cli_fail(CLI_USAGE, "no password on standard input"));
	length = strcspn(line, "\r\n");
	line[length] = '\0';
	if (length > PASSWORD_MAX)
		return (cli_fail(CLI_REFUSED, "the password has more than %d bytes", PASSWORD_MAX));
	if (!text_is_utf8(line, length))
		return (cli_fail(CLI_REFUSED, "the password is not UTF-8"));
	if (characters(line) < USER_SECRET_LEAST)
		return (cli_fail(
		    CLI_REFUSED, "the password has fewer than %d characters", USER_SECRET_LEAST));
	*out = line;
	return (CLI_OK);
}

int
user_secret_take(struct call *call, const struct cli_arguments *arguments, struct user_secret *out)
{
	struct user_secret secret = {0};
	enum result result;
	int code;

	if (cli_option_value(arguments, "password-stdin") != NULL) {
		if ((code = secret_read(call, &secret.password)) != CLI_OK)
			return (code);
	} else {
		secret.password = secret_generate(call);
		secret.is_generated = true;
	}
	result = passwords_hash(call, secret.password, &secret.phc);
	if (result == RESULT_UNAVAILABLE)
		return (cli_fail(CLI_UNAVAILABLE, "no room to hash the password just now"));
	if (result != RESULT_OK)
		return (cli_fail(CLI_INTERNAL, "the password cannot be hashed"));
	*out = secret;
	return (CLI_OK);
}

void
user_secret_print(struct call *call, const struct cli_arguments *arguments, const char *login,
    const struct user_secret *secret)
{
	struct json_writer writer;
	struct text text;

	if (!arguments->json) {
		printf("login:    %s\n", login);
		if (secret->is_generated)
			printf("password: %s  (shown once)\n", secret->password);
		return;
	}
	text_init(&text, call->arena, JSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "login", login);
	writer_text_if(&writer, "password", secret->is_generated ? secret->password : NULL);
	writer_object_end(&writer);
	puts(text.data);
}
