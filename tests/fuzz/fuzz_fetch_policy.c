/* The address of a client's keys, which a stranger chose: fetch_policy_url (D-02). */
#include <string.h>

#include "async/fetch_policy.h"
#include "base/arena.h"
#include "base/text.h"
#include "fuzz.h"

enum { ARENA_MAX = 1 << 20 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(fetch_policy_allow("keys.example:8443 [::1]:*"));
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = arena_create(ARENA_MAX);
	const char *url = arena_substring(arena, (const char *)bytes, length);
	const char *problem = NULL;

	switch (fetch_policy_url(url, &problem)) {
	case FETCH_REFUSED:
		must(problem != NULL);
		break;
	case FETCH_PUBLIC:
		must(text_starts_with(url, "https://"));
		must(strpbrk(url, "@\\ \t\r\n") == NULL || strpbrk(url, "/?") != NULL);
		break;
	case FETCH_ALLOWED:
		must(text_starts_with(url, "http"));
		break;
	}
	arena_destroy(arena);
	return (0);
}
