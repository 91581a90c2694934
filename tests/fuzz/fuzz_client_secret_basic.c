/* An Authorization header from outside: client_secret_basic_parse (C-06). */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "oauth/client_auth.h"

enum { ARENA_MAX = 1 << 20 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = arena_create(ARENA_MAX);
	const char *header = arena_substring(arena, (const char *)bytes, length);
	struct client_proof proof = {0};

	if (client_secret_basic_parse(arena, header, &proof)) {
		must(proof.client_id[0] != '\0');
		must(text_is_utf8(proof.client_id, strlen(proof.client_id)));
		must(text_is_utf8(proof.secret, strlen(proof.secret)));
	}
	arena_destroy(arena);
	return (0);
}
