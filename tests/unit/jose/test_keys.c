/* jose/keys: keys in and out, thumbprints. */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"
#include "known_keys.h"
#include "test_vectors.h"

Suite *suite_jose_keys(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(1 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

/* RFC 7638, 3.1. */
START_TEST(thumbprint_of_the_rfc)
{
	struct jose_key *key = vector_rsa(arena, RFC7638_N, "AQAB");

	ck_assert_str_eq(
	    jose_key_thumbprint(arena, key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	jose_key_free(key);
}
END_TEST

START_TEST(public_jwk_of_ec)
{
	struct jose_key *key = vector_ec(arena, RFC7515_X, RFC7515_Y);
	struct json_writer writer;
	struct text text;

	text_init(&text, arena, 2000);
	writer_init(&writer, &text);
	jose_key_write_jwk(&writer, NULL, key, arena);
	ck_assert_str_eq(text.data, arena_format(arena,
					"{\"kid\":\"%s\",\"use\":\"sig\",\"alg\":\"ES256\",\"crv\":"
					"\"P-256\",\"kty\":\"EC\","
					"\"x\":\"%s\",\"y\":\"%s\"}",
					jose_key_thumbprint(arena, key), RFC7515_X, RFC7515_Y));
	jose_key_free(key);
}
END_TEST

START_TEST(public_jwk_never_holds_the_private_half)
{
	static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "k"};
	const char *error;
	size_t i;
	struct jose_key *key = known_key(arena, JOSE_RS256);
	struct json_writer writer;
	struct text text;
	json_t *jwk;

	text_init(&text, arena, 2000);
	writer_init(&writer, &text);
	jose_key_write_jwk(&writer, NULL, key, arena);
	jwk = parse_json(text.data, text.length, &error);
	ck_assert_ptr_nonnull(jwk);
	for (i = 0; i < sizeof(private_members) / sizeof(private_members[0]); i++)
		ck_assert_ptr_null(json_object_get(jwk, private_members[i]));
	ck_assert_str_eq(member_text(jwk, "e"), "AQAB");
	ck_assert_str_eq(member_text(jwk, "kid"), jose_key_thumbprint(arena, key));
	json_decref(jwk);
	jose_key_free(key);
}
END_TEST

static void
round_trip(enum jose_algorithm algorithm, struct jose_key *key)
{
	static const char *const payloads[] = {"{}", "{\"a\":1}", "", "{\"b\":2}"};
	size_t i, length, public_length;
	uint8_t *der, *public_der;
	const char *token;
	struct jws jws;
	struct jose_key *again, *public_key;

	der = jose_key_private_der(arena, key, &length);
	public_der = jose_key_public_der(arena, key, &public_length);
	again = jose_key_from_private_der(algorithm, der, length);
	public_key = jose_key_from_public_der(algorithm, public_der, public_length);
	ck_assert_ptr_nonnull(again);
	ck_assert_ptr_nonnull(public_key);
	ck_assert_str_eq(jose_key_thumbprint(arena, key), jose_key_thumbprint(arena, again));
	ck_assert_str_eq(jose_key_thumbprint(arena, key), jose_key_thumbprint(arena, public_key));
	/* Contexts are set up once and used again. */
	for (i = 0; i < 4; i++) {
		token = jws_sign(arena, again, "JWT", "k", payloads[i], strlen(payloads[i]));
		ck_assert(jws_parse(arena, token, &jws));
		ck_assert(jws_verify(&jws, algorithm, public_key));
		jws.signing_input_length--;
		ck_assert(!jws_verify(&jws, algorithm, public_key));
	}
	ck_assert_ptr_null(jose_key_from_private_der(algorithm, der, length - 1));
	ck_assert_ptr_null(jose_key_from_private_der(algorithm, public_der, public_length));
	ck_assert_ptr_null(jose_key_from_public_der(algorithm, der, length));
	ck_assert_ptr_null(jose_key_from_public_der(algorithm, public_der, public_length - 1));
	ck_assert_ptr_null(jose_key_from_public_der(algorithm, public_der, 0));
	public_der = arena_resize(arena, public_der, public_length, public_length + 1);
	ck_assert_ptr_null(jose_key_from_public_der(algorithm, public_der, public_length + 1));
	jose_key_free(key);
	jose_key_free(again);
	jose_key_free(public_key);
	jose_key_free(NULL);
}

START_TEST(der_round_trips)
{
	int algorithm;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++)
		round_trip((enum jose_algorithm)algorithm,
		    known_key(arena, (enum jose_algorithm)algorithm));
	round_trip(JOSE_RS256, jose_key_generate(JOSE_RS256));
}
END_TEST

START_TEST(a_key_is_for_its_algorithm_only)
{
	size_t length;
	uint8_t *der;
	struct jose_key *key = jose_key_generate(JOSE_ES256), *rsa;

	der = jose_key_public_der(arena, key, &length);
	ck_assert_ptr_null(jose_key_from_public_der(JOSE_RS256, der, length));
	rsa = vector_rsa(arena, RFC7638_N, "AQAB");
	der = jose_key_public_der(arena, rsa, &length);
	ck_assert_ptr_null(jose_key_from_public_der(JOSE_ES256, der, length));
	jose_key_free(key);
	jose_key_free(rsa);
}
END_TEST

/* J-09: a modulus of 1024 bits. */
START_TEST(weak_rsa_is_refused)
{
	ck_assert_ptr_null(vector_rsa(arena,
	    "4BmgTJfr-"
	    "B8M66TPjdfLYwchtkGNy8iyEKvqjKTZXQpMLY5SAvRu0wPAB5sDmKEMD0h7ej1p2gR0cmTpDVzzQp0tF3yU3Y"
	    "0kAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
	    "AQAB"));
}
END_TEST

Suite *
suite_jose_keys(void)
{
	Suite *suite = suite_create("jose/keys");
	TCase *tests = tcase_create("keys");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, thumbprint_of_the_rfc);
	tcase_add_test(tests, public_jwk_of_ec);
	tcase_add_test(tests, public_jwk_never_holds_the_private_half);
	tcase_add_test(tests, der_round_trips);
	tcase_add_test(tests, a_key_is_for_its_algorithm_only);
	tcase_add_test(tests, weak_rsa_is_refused);
	suite_add_tcase(suite, tests);
	return (suite);
}
