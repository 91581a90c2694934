/* JSON at the edges: a writer without a tree, and careful reading through jansson. */
#include <string.h>
#include <sys/random.h>

#include "base/fatal.h"
#include "base/json.h"

/* jansson would read /dev/urandom at its first object, which a sandboxed worker must not. */
static void __attribute__((constructor)) seed_hashes(void)
{
	size_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		fatal("no randomness from the system");
	json_object_seed(seed | 1);
}

void
writer_init(struct json_writer *writer, struct text *text)
{
	writer->text = text;
	writer->needs_comma = false;
}

static void
add_string(struct text *text, const char *string)
{
	size_t length, step;
	uint8_t c;

	text_add_byte(text, '"');
	for (length = strlen(string); length > 0; string += step, length -= step) {
		for (step = 0; step < length; step++) {
			c = (uint8_t)string[step];
			if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
				break;
		}
		if (step > 0) {
			text_add_bytes(text, string, step);
			continue;
		}
		c = (uint8_t)*string;
		step = text_utf8_length(string, length);
		if (c == '"' || c == '\\')
			text_addf(text, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			text_addf(text, "\\u%04x", c);
		else if (step == 0)
			text_add(text, "\xef\xbf\xbd");
		else
			text_add_bytes(text, string, step);
		if (step == 0)
			step = 1;
	}
	text_add_byte(text, '"');
}

static void
begin_value(struct json_writer *writer, const char *name)
{
	if (writer->needs_comma)
		text_add_byte(writer->text, ',');
	if (name != NULL) {
		add_string(writer->text, name);
		text_add_byte(writer->text, ':');
	}
	writer->needs_comma = true;
}

static void
begin_nested(struct json_writer *writer, const char *name, char bracket)
{
	begin_value(writer, name);
	text_add_byte(writer->text, bracket);
	writer->needs_comma = false;
}

static void
end_nested(struct json_writer *writer, char bracket)
{
	text_add_byte(writer->text, bracket);
	writer->needs_comma = true;
}

void
writer_object_begin(struct json_writer *writer, const char *name)
{
	begin_nested(writer, name, '{');
}

void
writer_object_end(struct json_writer *writer)
{
	end_nested(writer, '}');
}

void
writer_array_begin(struct json_writer *writer, const char *name)
{
	begin_nested(writer, name, '[');
}

void
writer_array_end(struct json_writer *writer)
{
	end_nested(writer, ']');
}

void
writer_text(struct json_writer *writer, const char *name, const char *value)
{
	begin_value(writer, name);
	if (value == NULL)
		text_add(writer->text, "null");
	else
		add_string(writer->text, value);
}

void
writer_integer(struct json_writer *writer, const char *name, int64_t value)
{
	begin_value(writer, name);
	text_addf(writer->text, "%lld", (long long)value);
}

void
writer_boolean(struct json_writer *writer, const char *name, bool value)
{
	begin_value(writer, name);
	text_add(writer->text, value ? "true" : "false");
}

void
writer_raw(struct json_writer *writer, const char *name, const char *json)
{
	begin_value(writer, name);
	text_add(writer->text, json);
}

void
writer_json(struct json_writer *writer, const char *name, const json_t *value)
{
	size_t length;

	writer_raw(writer, name, print_json(writer->text->arena, value, &length));
}

void
writer_text_if(struct json_writer *writer, const char *name, const char *value)
{
	if (value != NULL)
		writer_text(writer, name, value);
}

void
writer_list(struct json_writer *writer, const char *name, const char *words)
{
	char *word;

	writer_array_begin(writer, name);
	while ((word = text_list_next(writer->text->arena, &words)) != NULL)
		writer_text(writer, NULL, word);
	writer_array_end(writer);
}

/* Brackets outside of strings. A document that is not JSON may come out either way: jansson refuses
 * it next. */
static bool
is_too_deep(const char *bytes, size_t length)
{
	size_t i;
	int depth = 0;
	bool in_string = false;

	for (i = 0; i < length; i++) {
		if (in_string) {
			if (bytes[i] == '\\')
				i++;
			else if (bytes[i] == '"')
				in_string = false;
		} else if (bytes[i] == '"') {
			in_string = true;
		} else if (bytes[i] == '{' || bytes[i] == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return (true);
		} else if (bytes[i] == '}' || bytes[i] == ']') {
			depth--;
		}
	}
	return (false);
}

static const char *
sentence_of(const json_error_t *problem)
{
	switch (json_error_code(problem)) {
	case json_error_duplicate_key:
		return ("a member occurs twice");
	case json_error_invalid_utf8:
		return ("not valid UTF-8");
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return ("U+0000 is not allowed");
	case json_error_numeric_overflow:
		return ("a number is too large");
	case json_error_end_of_input_expected:
		return ("something follows the value");
	case json_error_premature_end_of_input:
		return ("the value is not complete");
	default:
		return ("not a JSON object or array");
	}
}

json_t *
parse_json(const char *bytes, size_t length, const char **error)
{
	json_t *tree = NULL;
	json_error_t problem;

	if (length > JSON_BYTES_MAX)
		*error = "larger than 65536 bytes";
	else if (is_too_deep(bytes, length))
		*error = "nested more than 16 deep";
	else if ((tree = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &problem)) == NULL)
		*error = sentence_of(&problem);
	return (tree);
}

static char *
print_tree(struct arena *arena, const json_t *value, size_t flags, size_t *length)
{
	size_t n = json_dumpb(value, NULL, 0, flags);
	char *text = arena_alloc(arena, n + 1);

	json_dumpb(value, text, n, flags);
	*length = n;
	return (text);
}

char *
print_json(struct arena *arena, const json_t *value, size_t *length)
{
	return (print_tree(arena, value, JSON_ENCODE_ANY | JSON_COMPACT, length));
}

char *
print_json_sorted(struct arena *arena, const json_t *value, size_t *length)
{
	return (print_tree(arena, value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS, length));
}

json_t *
member_value(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	return (json_is_null(value) ? NULL : value);
}

const char *
member_text(const json_t *object, const char *name)
{
	return (json_string_value(json_object_get(object, name)));
}

bool
member_integer(const json_t *object, const char *name, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return (false);
	*out = json_integer_value(value);
	return (true);
}

bool
member_boolean(const json_t *object, const char *name, bool otherwise)
{
	const json_t *value = json_object_get(object, name);

	return (json_is_boolean(value) ? json_is_true(value) : otherwise);
}

const json_t *
member_array(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return (json_is_array(value) ? value : NULL);
}

const json_t *
member_object(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return (json_is_object(value) ? value : NULL);
}
