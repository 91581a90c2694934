/* A compact JWS from outside: jws_parse, and jws_verify with a key of each algorithm. */
#include <string.h>

#include "fuzz.h"
#include "jose/jose.h"

enum { ARENA_MAX = 1 << 20 };

/* The public keys of RFC 7515, A.2 and A.3 and of RFC 8037, A.2, whose tokens are seeds. */
static const char *const known[JOSE_ALGORITHMS] = {
    [JOSE_ES256] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
		   "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		   "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
    [JOSE_RS256] = "{\"kty\":\"RSA\",\"n\":"
		   "\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
		   "4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ4"
		   "7soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa"
		   "2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud"
		   "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}",
    [JOSE_EDDSA] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
		   "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
};

static struct jose_key *keys[JOSE_ALGORITHMS];
static struct jose_key *signing;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int algorithm;
	const char *error;
	json_t *jwk;

	(void)argc;
	(void)argv;
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		if (known[algorithm] == NULL) {
			keys[algorithm] = jose_key_generate((enum jose_algorithm)algorithm);
			continue;
		}
		jwk = parse_json(known[algorithm], strlen(known[algorithm]), &error);
		keys[algorithm] = jose_key_from_jwk(jwk, (enum jose_algorithm)algorithm, &error);
		must(keys[algorithm] != NULL);
		json_decref(jwk);
	}
	signing = jose_key_generate(JOSE_EDDSA);
	return (0);
}

/* Any payload that we sign is read back. */
static void
sign_and_read(struct arena *arena, const char *payload, size_t length)
{
	struct jws jws;

	must(jws_parse(arena, jws_sign(arena, signing, "JWT", "k", payload, length), &jws));
	must(jws_verify(&jws, JOSE_EDDSA, signing));
	must(jws.payload_length == length && memcmp(jws.payload, payload, length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	int algorithm;
	struct arena *arena = arena_create(ARENA_MAX);
	const char *token = arena_substring(arena, (const char *)bytes, length);
	struct jws jws;

	if (jws_parse_foreign(arena, token, &jws)) {
		must(jws.alg != NULL);
		for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
			const char *name = jose_algorithm_name((enum jose_algorithm)algorithm);

			if (jws_verify(&jws, (enum jose_algorithm)algorithm, keys[algorithm]))
				must(text_equal(jws.alg, name));
		}
	}
	if (length < JOSE_TOKEN_MAX / 2)
		sign_and_read(arena, token, length);
	arena_destroy(arena);
	return (0);
}
