/* Scopes: RFC 6749, 3.3; OpenID Connect Core 1.0, 5.4. */
#include "oauth/scopes.h"

#include <string.h>

#include "base/text.h"
#include "people/standard_claims.h"

static const char *const standard_scopes[] = {
    "openid", "profile", "email", "address", "phone", "offline_access"};
enum { STANDARD_SCOPES = sizeof(standard_scopes) / sizeof(standard_scopes[0]) };

bool
scopes_are_well_formed(const char *list)
{
	return (strlen(list) <= SCOPE_BYTES_MAX && text_list_is_well_formed(list));
}

bool
scopes_have_personal(const char *list)
{
	size_t i;

	for (i = 0; i < STANDARD_SCOPES; i++) {
		if (text_list_has(list, standard_scopes[i]))
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
		if (!matches(word, argument))
			text_list_add(&left, word);
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

void
scopes_write_claim_names(struct json_writer *writer, const char *list)
{
	size_t i;

	for (i = 0; i < standard_claims_count; i++) {
		if (text_list_has(list, standard_claims[i].scope))
			writer_text(writer, NULL, standard_claims[i].name);
	}
}
