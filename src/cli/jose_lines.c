/* JSON lines on standard input and output. */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/cli.h"
#include "cli/jose_lines.h"

enum { LINE_ARENA_MAX = 4 << 20, ANSWER_MAX = 1 << 20 };

static char input[BUFSIZ]; /* ours, so that it can be wiped */

struct line {
	char bytes[JSON_BYTES_MAX + 1];
	size_t length;
	bool is_too_long;
};

/* False at the end of the input. */
static bool
line_read(struct line *line)
{
	int c;

	line->length = 0;
	line->is_too_long = false;
	while ((c = getc(stdin)) != EOF && c != '\n') {
		if (line->length == JSON_BYTES_MAX)
			line->is_too_long = true;
		else
			line->bytes[line->length++] = (char)c;
	}
	return (c != EOF || line->length > 0);
}

/* The strings of the tree may be private keys, and jansson frees them as they are. */
static void
wipe_strings(json_t *tree)
{
	const char *name;
	size_t i;
	json_t *value;

	if (json_is_string(tree))
		secret_wipe((void *)(uintptr_t)json_string_value(tree), json_string_length(tree));
	json_array_foreach(tree, i, value) wipe_strings(value);
	json_object_foreach(tree, name, value) wipe_strings(value);
}

static bool
line_answer(struct arena *arena, const struct line *line, struct text *out,
    bool (*answer)(struct arena *, const json_t *, struct json_writer *, const char **),
    const char **error)
{
	bool is_understood;
	struct json_writer writer;
	json_t *tree;

	if (line->is_too_long) {
		*error = "a line has more than 65536 bytes";
		return (false);
	}
	if ((tree = parse_json(line->bytes, line->length, error)) == NULL)
		return (false);
	writer_init(&writer, out);
	writer_object_begin(&writer, NULL);
	*error = "the line is not an object";
	is_understood = json_is_object(tree) && answer(arena, tree, &writer, error);
	writer_object_end(&writer);
	wipe_strings(tree);
	json_decref(tree);
	return (is_understood);
}

int
jose_lines_run(bool (*answer)(struct arena *, const json_t *, struct json_writer *, const char **))
{
	static struct line line;
	int code = CLI_OK;
	const char *error;
	struct arena *arena;
	struct text text;
	struct json_writer writer;

	(void)setvbuf(stdin, input, _IOFBF, sizeof(input));
	while (line_read(&line)) {
		arena = arena_create(LINE_ARENA_MAX);
		text_init(&text, arena, ANSWER_MAX);
		if (!line_answer(arena, &line, &text, answer, &error)) {
			code = CLI_REFUSED;
			text_init(&text, arena, ANSWER_MAX);
			writer_init(&writer, &text);
			writer_object_begin(&writer, NULL);
			writer_text(&writer, "error", error);
			writer_object_end(&writer);
		}
		puts(text.data);
		arena_destroy(arena);
	}
	secret_wipe(&line, sizeof(line));
	secret_wipe(input, sizeof(input));
	return (code);
}

bool
jose_line_algorithm(const json_t *line, enum jose_algorithm *out, const char **error)
{
	if (jose_algorithm_find(member_text(line, "alg"), out))
		return (true);
	*error = "alg is missing or not spoken here";
	return (false);
}
