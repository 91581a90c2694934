/* A document that sets standard claims of a person. */
#include "people/profile.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "people/standard_claims.h"
#include "realms/realms.h"

/* OpenID Connect Core, 5.1.1. */
static const struct address_member {
	const char *name;
	size_t bytes_max;
	bool may_have_lines;
} address_members[] = {
    {"formatted", 512, true},
    {"street_address", 254, true},
    {"locality", 128, false},
    {"region", 128, false},
    {"postal_code", 64, false},
    {"country", 128, false},
};
enum { ADDRESS_MEMBERS = sizeof(address_members) / sizeof(address_members[0]) };

struct reading {
	struct arena *arena;
	const json_t *document;
	struct json_writer writer;
	struct profile_change *change;
};

static void
complain(struct reading *reading, const char *member, const char *complaint)
{
	struct profile_change *change = reading->change;

	if (complaint == NULL || change->problem_count == PROFILE_PROBLEMS_MAX)
		return;
	change->problems[change->problem_count++] =
	    (struct profile_problem){arena_string(reading->arena, member), complaint};
}

static const char *
length_complaint(struct arena *arena, const char *text, size_t most)
{
	return (strlen(text) > most ? arena_format(arena, "is longer than %zu bytes", most) : NULL);
}

static const char *
text_complaint(struct arena *arena, const struct standard_claim *claim, const char *text)
{
	if (text == NULL)
		return ("is not a text");
	if (strlen(text) > claim->bytes_max)
		return (length_complaint(arena, text, claim->bytes_max));
	return (claim->form->is_right(text) ? NULL : claim->form->complaint);
}

const char *
profile_text_complaint(struct arena *arena, const char *name, const char *text)
{
	const struct standard_claim *claim = standard_claims_find(name);

	if (claim == NULL || claim->kind != CLAIM_TEXT || claim->form == NULL)
		return ("is not a text that can be set");
	return (text_complaint(arena, claim, text));
}

/* Lines that are each fine. */
static bool
are_lines(const char *text)
{
	size_t length;

	if (text[0] == '\0' || !text_is_utf8(text, strlen(text)))
		return (false);
	for (; *text != '\0'; text += length + 1) {
		length = strcspn(text, "\n");
		for (size_t i = 0; i < length; i++) {
			if (((unsigned char)text[i] < 0x20 || text[i] == 0x7f) &&
			    !(text[i] == '\r' && text[i + 1] == '\n'))
				return (false);
		}
		if (text[length] == '\0')
			break;
	}
	return (true);
}

static const char *
address_complaint(struct arena *arena, const struct address_member *member, const char *text)
{
	if (text == NULL)
		return ("is not a text");
	if (strlen(text) > member->bytes_max)
		return (length_complaint(arena, text, member->bytes_max));
	if (member->may_have_lines)
		return (are_lines(text) ? NULL : "is not text");
	return (claim_form_is_line(text) ? NULL : claim_form_line.complaint);
}

static const struct address_member *
address_member_find(const char *name)
{
	size_t i;

	for (i = 0; i < ADDRESS_MEMBERS; i++) {
		if (text_equal(address_members[i].name, name))
			return (&address_members[i]);
	}
	return (NULL);
}

static void
address_read(struct reading *reading, const json_t *address)
{
	const struct address_member *member;
	const char *name, *text, *path;
	json_t *value;

	if (!json_is_object(address) || json_object_size(address) == 0) {
		complain(reading, "address", "is not an object with members");
		return;
	}
	writer_object_begin(&reading->writer, "address");
	json_object_foreach((json_t *)(uintptr_t)address, name, value)
	{
		path = arena_format(reading->arena, "address.%s", name);
		text = json_string_value(value);
		if ((member = address_member_find(name)) == NULL)
			complain(reading, path, "is not known");
		else
			complain(reading, path, address_complaint(reading->arena, member, text));
		writer_text(&reading->writer, name, text);
	}
	writer_object_end(&reading->writer);
}

/* The claim that says whether this text is verified; NULL when there is none. */
static const struct standard_claim *
verification_of(const struct standard_claim *text)
{
	size_t i;

	for (i = 0; i < standard_claims_count; i++) {
		if (standard_claims[i].kind == CLAIM_VERIFIED &&
		    standard_claims[i].about == text->offset)
			return (&standard_claims[i]);
	}
	return (NULL);
}

static void
text_read(struct reading *reading, const struct standard_claim *claim, const json_t *value)
{
	const struct standard_claim *verification = verification_of(claim);
	const char *text = json_string_value(value);

	if (!json_is_null(value))
		complain(reading, claim->name, text_complaint(reading->arena, claim, text));
	writer_text(&reading->writer, claim->name, text);
	if (verification != NULL && json_object_get(reading->document, verification->name) == NULL)
		writer_boolean(&reading->writer, verification->name, false);
}

static bool
is_settable(const struct standard_claim *claim)
{
	return (claim != NULL && claim->kind != CLAIM_SECONDS &&
		(claim->kind != CLAIM_TEXT || claim->form != NULL));
}

static void
claim_read(struct reading *reading, const struct standard_claim *claim, const json_t *value)
{
	switch (claim->kind) {
	case CLAIM_TEXT:
		text_read(reading, claim, value);
		break;
	case CLAIM_VERIFIED:
		if (!json_is_boolean(value) && !json_is_null(value))
			complain(reading, claim->name, "is not true or false");
		writer_boolean(&reading->writer, claim->name, json_is_true(value));
		break;
	case CLAIM_ADDRESS:
		if (json_is_null(value))
			writer_text(&reading->writer, claim->name, NULL);
		else
			address_read(reading, value);
		break;
	case CLAIM_SECONDS:
		break;
	}
}

bool
profile_read(struct arena *arena, const json_t *document, struct profile_change *out)
{
	struct reading reading = {.arena = arena, .document = document, .change = out};
	const struct standard_claim *claim;
	struct text text;
	const char *name;
	json_t *value;

	memset(out, 0, sizeof(*out));
	text_init(&text, arena, 2 * JSON_BYTES_MAX);
	writer_init(&reading.writer, &text);
	writer_object_begin(&reading.writer, NULL);
	if (!json_is_object(document) || json_object_size(document) == 0)
		complain(&reading, "the document", "is not an object with members");
	json_object_foreach((json_t *)(uintptr_t)document, name, value)
	{
		claim = standard_claims_find(name);
		if (is_settable(claim))
			claim_read(&reading, claim, value);
		else
			complain(&reading, name, claim == NULL ? "is not known" : "cannot be set");
	}
	writer_object_end(&reading.writer);
	out->document = text.data;
	return (out->problem_count == 0);
}

enum result
profile_set(struct call *call, const struct uuid *user, const struct profile_change *change,
    const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_profile_set,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(user), db_text(change->document),
		db_text(reason), db_uuid(&event)),
	    &rows));
}
