/* latchkey jose thumbprint */
#include "cli/cli.h"
#include "cli/jose_lines.h"

static bool
jose_thumbprint_answer(
    struct arena *arena, const json_t *line, struct json_writer *writer, const char **error)
{
	const char *thumbprint;

	thumbprint = jose_jwk_thumbprint(arena, member_object(line, "jwk"), error);
	if (thumbprint == NULL)
		return (false);
	writer_text(writer, "thumbprint", thumbprint);
	return (true);
}

static int
jose_thumbprint_run(const struct cli_arguments *arguments)
{
	(void)arguments;
	return (jose_lines_run(jose_thumbprint_answer));
}

const struct command command_jose_thumbprint = {
    .words = "jose thumbprint",
    .arguments = "",
    .help = "Thumbprints of keys (RFC 7638): JSON lines with jwk",
    .run = jose_thumbprint_run,
};
