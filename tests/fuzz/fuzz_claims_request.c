/* The claims parameter of an authorization request: claims_request_parse. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "oauth/claims_request.h"
#include "people/standard_claims.h"

enum { ARENA_MAX = 8 << 20 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return (0);
}

/* A word is a name, or name=DIGEST,DIGEST for one asked for with values. */
static void
must_be_known(struct arena *arena, const char *words)
{
	const char *word;

	while (words != NULL && (word = text_list_next(arena, &words)) != NULL)
		must(
		    standard_claims_find(arena_substring(arena, word, strcspn(word, "="))) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char allowed[] = "openid profile email address";
	struct arena *arena = arena_create(ARENA_MAX);
	const char *json = arena_substring(arena, (const char *)bytes, length);
	struct claims_request request = {0};

	if (claims_request_parse(arena, json, allowed, &request)) {
		must_be_known(arena, request.id_token);
		must_be_known(arena, request.userinfo);
		must(request.scopes == NULL || text_list_within(request.scopes, allowed));
	}
	arena_destroy(arena);
	return (0);
}
