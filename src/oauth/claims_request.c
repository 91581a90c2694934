/* Reading the claims parameter: OpenID Connect Core, 5.5 and 5.5.1. */
#include "oauth/claims_request.h"

#include <string.h>

#include "base/ids.h"
#include "base/json.h"
#include "base/text.h"
#include "people/standard_claims.h"

/* Two lists and the rest have to fit into a code (CODE_PAYLOAD_MAX). */
enum { NAMES_MAX = 1024 };

/* NULL for an empty one. */
static const char *
list_or_null(const struct text *list)
{
	return (list->length > 0 ? list->data : NULL);
}

/* A member that is null is as absent: some clients write all that they could. The claim itself is
 * null, or an object whose members have the types that they must have. */
static bool
is_claim(const json_t *claim)
{
	const json_t *essential = member_value(claim, "essential");
	const json_t *values = member_value(claim, "values");

	return (json_is_null(claim) ||
		(json_is_object(claim) && (essential == NULL || json_is_boolean(essential)) &&
		    (values == NULL || json_is_array(values))));
}

static bool
section_read(const json_t *document, const char *name, json_t **out)
{
	json_t *section = member_value(document, name), *claim;
	const char *unused;

	*out = section;
	if (section == NULL)
		return (true);
	if (!json_is_object(section))
		return (false);
	json_object_foreach(section, unused, claim)
	{
		if (!is_claim(claim))
			return (false);
	}
	return (true);
}

/* The values that a claim may have, behind its name: its value, its values, or what is both. */
static bool
wish_add(struct arena *arena, const json_t *claim, struct text *names)
{
	const json_t *value = member_value(claim, "value"), *values = member_value(claim, "values");
	const char *digest, *only = value == NULL ? NULL : standard_claims_digest(arena, value);
	size_t count = json_array_size(values), i;

	if (count > CLAIM_VALUES_MAX)
		return (false);
	if (count > 0 || only != NULL)
		text_add_byte(names, '=');
	if (count == 0)
		text_add(names, only);
	for (i = 0; i < count; i++) {
		digest = standard_claims_digest(arena, json_array_get(values, i));
		if (only != NULL && !text_equal(digest, only))
			continue;
		if (names->data[names->length - 1] != '=')
			text_add_byte(names, ',');
		text_add(names, digest);
	}
	return (true);
}

/* In the order of the table. false: too many values. *out: NULL for none. */
static bool
names_read(struct arena *arena, const json_t *section, const char *allowed, struct text *opened_by,
    const char **out)
{
	const struct standard_claim *claim;
	const json_t *asked;
	struct text names;
	size_t i;

	text_init(&names, arena, NAMES_MAX);
	for (i = 0; i < standard_claims_count; i++) {
		claim = &standard_claims[i];
		asked = json_object_get(section, claim->name);
		if (asked == NULL || !text_list_has(allowed, claim->scope))
			continue;
		if (names.length > 0)
			text_add_byte(&names, ' ');
		text_add(&names, claim->name);
		if (!wish_add(arena, asked, &names))
			return (false);
		text_list_add(opened_by, claim->scope);
	}
	*out = list_or_null(&names);
	return (!names.overflowed);
}

/* What has a space in it is no word of a list, and nothing of ours is called so. */
static bool
word_add(struct text *list, const json_t *value)
{
	const char *word = json_string_value(value);

	if (word != NULL && word[0] != '\0' && strchr(word, ' ') == NULL)
		text_list_add(list, word);
	return (word != NULL);
}

/* What a claim must be one of: its value, its values, or what both say. *out NULL: anything. false:
 * they are no strings, or too many. */
static bool
wanted_read(struct arena *arena, const json_t *claim, char **out)
{
	const json_t *value = member_value(claim, "value"), *values = member_value(claim, "values");
	struct text one, some;
	size_t i;

	text_init(&one, arena, JSON_BYTES_MAX);
	text_init(&some, arena, JSON_BYTES_MAX);
	*out = NULL;
	if ((value != NULL && !word_add(&one, value)) || json_array_size(values) > CLAIM_VALUES_MAX)
		return (false);
	for (i = 0; i < json_array_size(values); i++) {
		if (!word_add(&some, json_array_get(values, i)))
			return (false);
	}
	if (value != NULL)
		*out = one.data;
	if (json_array_size(values) > 0)
		*out = value != NULL ? text_list_intersect(arena, one.data, some.data) : some.data;
	return (true);
}

/* Of the wanted subjects those that an account can have. */
static char *
subjects_filter(struct arena *arena, const char *wanted)
{
	struct text subjects;
	struct uuid id;
	const char *word;

	text_init(&subjects, arena, strlen(wanted));
	while ((word = text_list_next(arena, &wanted)) != NULL) {
		if (uuid_parse(word, &id))
			text_list_add(&subjects, word);
	}
	return (subjects.data);
}

static bool
subject_read(struct arena *arena, const json_t *section, const char **subject)
{
	char *wanted;

	if (!wanted_read(arena, json_object_get(section, "sub"), &wanted))
		return (false);
	if (wanted == NULL)
		return (true);
	wanted = subjects_filter(arena, wanted);
	*subject = *subject == NULL ? wanted : text_list_intersect(arena, *subject, wanted);
	return (true);
}

static bool
acr_read(struct arena *arena, const json_t *section, const char **acr)
{
	const json_t *claim = json_object_get(section, "acr");
	char *wanted;

	if (!wanted_read(arena, claim, &wanted))
		return (false);
	*acr = member_boolean(claim, "essential", false) ? wanted : NULL;
	return (true);
}

static bool
document_read(struct arena *arena, const json_t *document, const char *allowed,
    struct claims_request *request)
{
	json_t *id_token, *userinfo;
	struct text opened_by;

	if (!json_is_object(document) || !section_read(document, "id_token", &id_token) ||
	    !section_read(document, "userinfo", &userinfo) ||
	    !subject_read(arena, id_token, &request->subject) ||
	    !subject_read(arena, userinfo, &request->subject) ||
	    !acr_read(arena, id_token, &request->acr))
		return (false);
	text_init(&opened_by, arena, NAMES_MAX);
	if (!names_read(arena, id_token, allowed, &opened_by, &request->id_token) ||
	    !names_read(arena, userinfo, allowed, &opened_by, &request->userinfo))
		return (false);
	request->scopes = list_or_null(&opened_by);
	return (true);
}

bool
claims_request_parse(
    struct arena *arena, const char *json, const char *allowed, struct claims_request *out)
{
	struct claims_request request = {0};
	const char *unused;
	json_t *document;
	bool is_read;

	if ((document = parse_json(json, strlen(json), &unused)) == NULL)
		return (false);
	is_read = document_read(arena, document, allowed, &request);
	json_decref(document);
	if (is_read)
		*out = request;
	return (is_read);
}
