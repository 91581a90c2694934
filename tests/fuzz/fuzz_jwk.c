/* Keys from outside: jwk_set_parse as registered (the first byte is 's') or as served, and the same
 * bytes as one JWK. */
#include <string.h>

#include "fuzz.h"
#include "jose/jose.h"

enum { ARENA_MAX = 4 << 20 };

static const char token[] = "eyJhbGciOiJFUzI1NiJ9.e30."
			    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			    "AAAAAAAAAAAAAAAAAA";

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return (0);
}

static void
read_one(struct arena *arena, const char *json, size_t length)
{
	int algorithm;
	const char *error;
	struct jose_key *key;
	json_t *jwk = parse_json(json, length, &error);

	if (jwk == NULL)
		return;
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		error = NULL;
		key = jose_key_from_jwk(jwk, (enum jose_algorithm)algorithm, &error);
		must(key != NULL || error != NULL);
		if (key != NULL)
			must(text_equal(jose_key_thumbprint(arena, key),
			    jose_jwk_thumbprint(arena, jwk, &error)));
		jose_key_free(key);
		jose_key_free(
		    jose_key_from_private_jwk(jwk, (enum jose_algorithm)algorithm, &error));
	}
	json_decref(jwk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	bool strict = length > 0 && bytes[0] == 's';
	const char *json = (const char *)bytes + (length > 0), *error = NULL;
	struct arena *arena = arena_create(ARENA_MAX);
	struct jwk_set *set;
	struct jws jws;

	length -= length > 0;
	set = jwk_set_parse(arena, json, length, strict, &error);
	must(set != NULL || error != NULL);
	must(jws_parse(arena, token, &jws));
	if (set != NULL)
		must(jwk_set_verify(set, &jws, JOSE_ES256) != JWK_SET_VERIFIED);
	read_one(arena, json, length);
	arena_destroy(arena);
	return (0);
}
