/* THE TABLE of standard claims: OpenID Connect Core 1.0, 5.1 and 5.4. */
#include "people/standard_claims.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "base/text.h"

enum { CLAIM_LINE_MAX = 254, CLAIM_URL_MAX = 1000, CLAIM_TAG_MAX = 64 };

#define CLAIM(name, scope, kind) #name, scope, kind, offsetof(struct user, name)
#define TEXT(name, scope, most, form)                                                              \
	{                                                                                          \
		CLAIM(name, scope, CLAIM_TEXT), 0, most, &claim_form_##form                        \
	}
#define VERIFIED(name, scope, text)                                                                \
	{                                                                                          \
		CLAIM(name, scope, CLAIM_VERIFIED), offsetof(struct user, text), 0, NULL           \
	}

/* Whoever changes a login name changes how that person signs in: it is no profile's to set. */
const struct standard_claim standard_claims[] = {
    TEXT(name, "profile", CLAIM_LINE_MAX, line),
    TEXT(given_name, "profile", CLAIM_LINE_MAX, line),
    TEXT(family_name, "profile", CLAIM_LINE_MAX, line),
    TEXT(middle_name, "profile", CLAIM_LINE_MAX, line),
    TEXT(nickname, "profile", CLAIM_LINE_MAX, line),
    {"preferred_username", "profile", CLAIM_TEXT, offsetof(struct user, login), 0, 0, NULL},
    TEXT(profile, "profile", CLAIM_URL_MAX, url),
    TEXT(picture, "profile", CLAIM_URL_MAX, url),
    TEXT(website, "profile", CLAIM_URL_MAX, url),
    TEXT(gender, "profile", CLAIM_TAG_MAX, line),
    TEXT(birthdate, "profile", CLAIM_TAG_MAX, date),
    TEXT(zoneinfo, "profile", CLAIM_TAG_MAX, zone),
    TEXT(locale, "profile", CLAIM_TAG_MAX, language),
    {CLAIM(updated_at, "profile", CLAIM_SECONDS), 0, 0, NULL},
    TEXT(email, "email", LOGIN_MAX, email),
    VERIFIED(email_verified, "email", email),
    {CLAIM(address, "address", CLAIM_ADDRESS), 0, 0, NULL},
    TEXT(phone_number, "phone", CLAIM_TAG_MAX, phone),
    VERIFIED(phone_number_verified, "phone", phone_number),
};
const size_t standard_claims_count = sizeof(standard_claims) / sizeof(standard_claims[0]);

const struct standard_claim *
standard_claims_find(const char *name)
{
	size_t i;

	for (i = 0; i < standard_claims_count; i++) {
		if (text_equal(standard_claims[i].name, name))
			return (&standard_claims[i]);
	}
	return (NULL);
}

static const char *
text_at(const struct user *user, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)user + offset, sizeof(text));
	return (text);
}

static void
claim_write(struct json_writer *writer, const struct standard_claim *claim, const struct user *user)
{
	int64_t microseconds;
	const char *text;
	bool is_verified;

	switch (claim->kind) {
	case CLAIM_TEXT:
		writer_text_if(writer, claim->name, text_at(user, claim->offset));
		break;
	case CLAIM_VERIFIED:
		memcpy(&is_verified, (const char *)user + claim->offset, sizeof(is_verified));
		if (text_at(user, claim->about) != NULL)
			writer_boolean(writer, claim->name, is_verified);
		break;
	case CLAIM_SECONDS:
		memcpy(&microseconds, (const char *)user + claim->offset, sizeof(microseconds));
		writer_integer(writer, claim->name, microseconds / 1000000);
		break;
	case CLAIM_ADDRESS:
		if ((text = text_at(user, claim->offset)) != NULL)
			writer_raw(writer, claim->name, text);
		break;
	}
}

char *
standard_claims_digest(struct arena *arena, const json_t *value)
{
	uint8_t digest[SHA256_BYTES];
	size_t length;
	char *text = print_json_sorted(arena, value, &length);

	sha256(text, length, digest);
	return (base64url_encode(arena, digest, CLAIM_DIGEST_TEXT / 4 * 3));
}

/* The word about a claim, NULL when there is none; *wish: its digests, or NULL when any value will
 * do. */
static const char *
word_find(struct arena *arena, const char *names, const char *name, const char **wish)
{
	size_t length = strlen(name);
	char *word;

	*wish = NULL;
	while (names != NULL && (word = text_list_next(arena, &names)) != NULL) {
		if (strncmp(word, name, length) != 0 ||
		    (word[length] != '\0' && word[length] != '='))
			continue;
		if (word[length] == '=')
			*wish = word + length + 1;
		return (word);
	}
	return (NULL);
}

static bool
has_wished_value(struct arena *arena, const struct standard_claim *claim, const struct user *user,
    const char *wish)
{
	const char *error, *digest;
	struct json_writer writer;
	struct text text;
	json_t *object, *value;
	bool has = false;

	text_init(&text, arena, CLAIMS_OF_PERSON_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	claim_write(&writer, claim, user);
	writer_object_end(&writer);
	object = parse_json(text.data, text.length, &error);
	if ((value = json_object_get(object, claim->name)) != NULL) {
		digest = standard_claims_digest(arena, value);
		has = strstr(wish, digest) != NULL;
	}
	json_decref(object);
	return (has);
}

void
standard_claims_write(
    struct json_writer *writer, const struct user *user, const char *scopes, const char *names)
{
	struct arena *arena = writer->text->arena;
	const struct standard_claim *claim;
	const char *word, *wish;
	size_t i;

	for (i = 0; i < standard_claims_count; i++) {
		claim = &standard_claims[i];
		word = word_find(arena, names, claim->name, &wish);
		if (word == NULL && !text_list_has(scopes, claim->scope))
			continue;
		if (wish == NULL || has_wished_value(arena, claim, user, wish))
			claim_write(writer, claim, user);
	}
}

char *
standard_claims_within(
    struct arena *arena, const char *names, const char *of_client, const char *of_realm)
{
	const struct standard_claim *claim;
	struct text within;
	char *word;

	text_init(&within, arena, names == NULL ? 0 : strlen(names));
	while (names != NULL && (word = text_list_next(arena, &names)) != NULL) {
		claim = standard_claims_find(arena_substring(arena, word, strcspn(word, "=")));
		if (claim != NULL && text_list_has(of_client, claim->scope) &&
		    text_list_has(of_realm, claim->scope))
			text_list_add(&within, word);
	}
	return (within.data);
}
