/* latchkey jose sign */
#include <string.h>

#include "cli/cli.h"
#include "cli/jose_lines.h"

enum { TYP_MAX = 64, PAYLOAD_MAX = 8192 };

/* What a header takes: nothing that has to be escaped at length. */
static bool
is_plain(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return (false);
	return (true);
}

static bool
is_short(const char *text, size_t most)
{
	return (text == NULL || strnlen(text, most + 1) <= most);
}

/* An object as JSON, a string as it is. */
static const char *
payload_of(struct arena *arena, const json_t *line)
{
	const json_t *value = json_object_get(line, "payload");
	size_t length;

	if (json_is_string(value))
		return (json_string_value(value));
	return (json_is_object(value) ? print_json(arena, value, &length) : NULL);
}

static bool
jose_sign_answer(
    struct arena *arena, const json_t *line, struct json_writer *writer, const char **error)
{
	const char *typ = member_text(line, "typ"), *kid = member_text(line, "kid");
	const char *payload = payload_of(arena, line);
	enum jose_algorithm algorithm;
	struct jose_key *key;

	if (!jose_line_algorithm(line, &algorithm, error))
		return (false);
	*error = "payload is wanted: an object or a string of at most 8192 bytes";
	if (payload == NULL || !is_short(payload, PAYLOAD_MAX))
		return (false);
	*error = "typ and kid have at most 64 characters, and no control characters";
	if (!is_short(typ, TYP_MAX) || !is_short(kid, JOSE_KID_MAX) || !is_plain(typ) ||
	    !is_plain(kid))
		return (false);
	key = jose_key_from_private_jwk(member_object(line, "jwk"), algorithm, error);
	if (key == NULL)
		return (false);
	writer_text(writer, "token", jws_sign(arena, key, typ, kid, payload, strlen(payload)));
	jose_key_free(key);
	return (true);
}

static int
jose_sign_run(const struct cli_arguments *arguments)
{
	(void)arguments;
	return (jose_lines_run(jose_sign_answer));
}

const struct command command_jose_sign = {
    .words = "jose sign",
    .arguments = "",
    .help = "Sign tokens: JSON lines with alg, jwk (private), payload, typ, kid",
    .run = jose_sign_run,
};
