/* application/x-www-form-urlencoded (WHATWG URL, 5.1), but strict where that guesses. */
#include "web/form.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "web/request.h"

static const char form_type[] = "application/x-www-form-urlencoded";

/* Decodes one side of a field into the arena; NULL when it is not clean. */
static const char *
field_decode(struct arena *arena, const char *bytes, size_t length)
{
	char *decoded;

	if (memchr(bytes, '\0', length) != NULL)
		return (NULL);
	decoded = arena_substring(arena, bytes, length);
	if (!percent_decode(decoded, &length, true))
		return (NULL);
	decoded[length] = '\0';
	return (decoded);
}

static bool
field_parse(struct arena *arena, const char *piece, size_t length, struct form_field *out)
{
	const char *equals = memchr(piece, '=', length);
	size_t name_length = equals != NULL ? (size_t)(equals - piece) : length;
	size_t value_at = equals != NULL ? name_length + 1 : length;

	out->name = field_decode(arena, piece, name_length);
	out->value = field_decode(arena, piece + value_at, length - value_at);
	return (out->name != NULL && out->value != NULL);
}

enum form_error
form_parse(struct arena *arena, const char *bytes, size_t length, struct form *out)
{
	struct form form = {NULL, 0};
	const char *end = bytes + length, *piece, *stop;

	if (length > FORM_BYTES_MAX)
		return (FORM_TOO_LARGE);
	form.fields = arena_alloc(arena, FORM_FIELDS_MAX * sizeof(form.fields[0]));
	for (piece = bytes; piece < end; piece = stop + 1) {
		stop = memchr(piece, '&', (size_t)(end - piece));
		if (stop == NULL)
			stop = end;
		if (stop == piece)
			continue;
		if (form.count == FORM_FIELDS_MAX)
			return (FORM_TOO_MANY_FIELDS);
		if (!field_parse(arena, piece, (size_t)(stop - piece), &form.fields[form.count]))
			return (FORM_BAD_ENCODING);
		form.count++;
	}
	*out = form;
	return (FORM_OK);
}

enum form_error
form_from_query(struct call *call, struct form *out)
{
	const char *query = call->request->query != NULL ? call->request->query : "";

	return (form_parse(call->arena, query, strlen(query), out));
}

/* The media type, without its parameters; a charset other than UTF-8 shows in the bytes. */
static bool
type_is_form(const char *value)
{
	char type[sizeof(form_type)];
	size_t length = strcspn(value, "; \t");

	if (length != sizeof(form_type) - 1)
		return (false);
	memcpy(type, value, length);
	type[length] = '\0';
	value += length + strspn(value + length, " \t");
	return (text_equal_nocase(type, form_type) && (*value == '\0' || *value == ';'));
}

enum form_error
form_from_body(struct call *call, struct form *out)
{
	const struct request *request = call->request;

	if (request_header_count(request, "content-type") != 1 ||
	    !type_is_form(request_header(request, "content-type")))
		return (FORM_WRONG_TYPE);
	return (form_parse(call->arena, request->body, request->body_length, out));
}

const char *
form_error_text(enum form_error error)
{
	switch (error) {
	case FORM_OK:
		return ("The form is fine.");
	case FORM_TOO_LARGE:
		return ("The parameters are longer than 65536 bytes.");
	case FORM_TOO_MANY_FIELDS:
		return ("There are more than 100 parameters.");
	case FORM_BAD_ENCODING:
		return ("A parameter is not valid percent-encoded UTF-8 text.");
	case FORM_WRONG_TYPE:
		return ("The content type must be application/x-www-form-urlencoded.");
	}
	return ("The form is not valid.");
}

const char *
form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++) {
		if (text_equal(form->fields[i].name, name))
			return (form->fields[i].value[0] != '\0' ? form->fields[i].value : NULL);
	}
	return (NULL);
}

const char *
form_duplicate(const struct form *form)
{
	return (form_duplicate_except(form, NULL));
}

const char *
form_duplicate_except(const struct form *form, const char *repeatable)
{
	for (size_t i = 1; i < form->count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (text_equal(form->fields[i].name, form->fields[k].name) &&
			    !text_list_has(repeatable, form->fields[i].name))
				return (form->fields[i].name);
		}
	}
	return (NULL);
}
