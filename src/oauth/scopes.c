/* Scopes and their claims: OpenID Connect Core 1.0, 5.1 and 5.4. */
#include "oauth/scopes.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define TEXT_CLAIM(name, member)                                                                   \
	{                                                                                          \
		name, CLAIM_TEXT, offsetof(struct user, member)                                    \
	}

const struct scope scopes[] = {
    {"openid", {{NULL, CLAIM_TEXT, 0}}},
    {"profile",
	{
	    TEXT_CLAIM("name", name),
	    TEXT_CLAIM("given_name", given_name),
	    TEXT_CLAIM("family_name", family_name),
	    TEXT_CLAIM("preferred_username", login),
	    TEXT_CLAIM("picture", picture),
	    TEXT_CLAIM("zoneinfo", zoneinfo),
	    TEXT_CLAIM("locale", locale),
	    {"updated_at", CLAIM_SECONDS, offsetof(struct user, updated_at)},
	}},
    {"email",
	{
	    TEXT_CLAIM("email", email),
	    {"email_verified", CLAIM_EMAIL_VERIFIED, offsetof(struct user, email_verified)},
	}},
    {"phone", {TEXT_CLAIM("phone_number", phone_number)}},
    {"offline_access", {{NULL, CLAIM_TEXT, 0}}},
};
const size_t scopes_count = sizeof(scopes) / sizeof(scopes[0]);

/* %x21 / %x23-5B / %x5D-7E */
static bool
is_scope_character(char c)
{
	return (c > 0x20 && c < 0x7f && c != '"' && c != '\\');
}

bool
scopes_are_well_formed(const char *list)
{
	size_t length = strlen(list), i;

	if (length == 0 || length > SCOPE_BYTES_MAX || list[0] == ' ' || list[length - 1] == ' ')
		return (false);
	for (i = 0; i < length; i++) {
		if (list[i] == ' ' ? list[i + 1] == ' ' : !is_scope_character(list[i]))
			return (false);
	}
	return (true);
}

bool
scopes_have_personal(const char *list)
{
	size_t i;

	for (i = 0; i < scopes_count; i++) {
		if (text_list_has(list, scopes[i].name))
			return (true);
	}
	return (false);
}

static bool
is_personal(const char *word, const char *unused)
{
	(void)unused;
	return (scopes_have_personal(word));
}

/* The list without the words that match. */
static char *
list_filter(struct arena *arena, const char *list,
    bool (*matches)(const char *word, const char *argument), const char *argument)
{
	const char *cursor = list;
	struct text left;
	char *word;

	text_init(&left, arena, strlen(list));
	while ((word = text_list_next(arena, &cursor)) != NULL) {
		if (matches(word, argument))
			continue;
		if (left.length > 0)
			text_add_byte(&left, ' ');
		text_add(&left, word);
	}
	return (left.data);
}

/* A realm can withhold what is about a person; words of its own APIs are the client's to have. */
static bool
is_withheld(const char *word, const char *of_realm)
{
	return (scopes_have_personal(word) && !text_list_has(of_realm, word));
}

char *
scopes_allowed(struct arena *arena, const char *asked, const char *of_client, const char *of_realm)
{
	return (list_filter(
	    arena, text_list_intersect(arena, asked, of_client), is_withheld, of_realm));
}

char *
scopes_without_personal(struct arena *arena, const char *list)
{
	return (list_filter(arena, list, is_personal, NULL));
}

char *
scopes_without(struct arena *arena, const char *list, const char *word)
{
	return (list_filter(arena, list, text_equal, word));
}

static void
claim_write(struct json_writer *writer, const struct claim *claim, const struct user *user)
{
	const char *member = (const char *)user + claim->offset, *text;
	int64_t microseconds;

	switch (claim->kind) {
	case CLAIM_TEXT:
		memcpy(&text, member, sizeof(text));
		writer_text_if(writer, claim->name, text);
		break;
	case CLAIM_SECONDS:
		memcpy(&microseconds, member, sizeof(microseconds));
		writer_integer(writer, claim->name, microseconds / 1000000);
		break;
	case CLAIM_EMAIL_VERIFIED:
		if (user->email != NULL)
			writer_boolean(writer, claim->name, user->email_verified);
		break;
	}
}

void
scopes_write_claims(struct json_writer *writer, const char *granted, const struct user *user)
{
	const struct claim *claim;
	size_t i;

	for (i = 0; i < scopes_count; i++) {
		if (!text_list_has(granted, scopes[i].name))
			continue;
		for (claim = scopes[i].claims; claim->name != NULL; claim++)
			claim_write(writer, claim, user);
	}
}

void
scopes_write_claim_names(struct json_writer *writer, const char *list)
{
	const struct claim *claim;
	size_t i;

	for (i = 0; i < scopes_count; i++) {
		if (!text_list_has(list, scopes[i].name))
			continue;
		for (claim = scopes[i].claims; claim->name != NULL; claim++)
			writer_text(writer, NULL, claim->name);
	}
}
