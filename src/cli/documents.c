/* JSON documents that commands read from files and print. */
#include "cli/documents.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

json_t *
document_read(struct call *call, const char *file)
{
	bool is_stdin = strcmp(file, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(file, "r");
	char *bytes = arena_alloc(call->arena, JSON_BYTES_MAX + 1);
	const char *error;
	json_t *document;
	size_t length;

	if (in == NULL) {
		cli_fail(CLI_REFUSED, "%s: %s", file, strerror(errno));
		return (NULL);
	}
	length = fread(bytes, 1, JSON_BYTES_MAX + 1, in);
	if (!is_stdin)
		fclose(in);
	if ((document = parse_json(bytes, length, &error)) == NULL)
		cli_fail(CLI_REFUSED, "%s: %s", file, error);
	return (document);
}

static void
value_print(const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_string(value)) {
		printf("%s", json_string_value(value));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			if (i > 0)
				putchar(' ');
			value_print(item);
		}
	} else {
		json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	}
}

int
document_print(const struct text *text)
{
	const char *error, *name;
	json_t *document;
	json_t *value;

	if ((document = parse_json(text->data, text->length, &error)) == NULL)
		return (cli_fail(CLI_INTERNAL, "the document cannot be read: %s", error));
	json_object_foreach(document, name, value)
	{
		printf("%-28s ", name);
		value_print(value);
		putchar('\n');
	}
	json_decref(document);
	return (CLI_OK);
}
