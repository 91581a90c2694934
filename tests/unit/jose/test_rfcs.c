/* jose: what the RFCs print, and what they print in algorithms that are not spoken here. */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"
#include "known_keys.h"
#include "rfc_texts.h"
#include "test_vectors.h"

Suite *suite_jose_rfcs(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(8 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

static json_t *
tree_of(const char *json)
{
	const char *error = "";
	json_t *tree = parse_json(json, strlen(json), &error);

	ck_assert_msg(tree != NULL, "%s: %s", error, json);
	return (tree);
}

static struct jose_key *
key_of(const char *json, enum jose_algorithm algorithm, bool is_private)
{
	const char *error = "";
	json_t *tree = tree_of(json);
	struct jose_key *key = is_private ? jose_key_from_private_jwk(tree, algorithm, &error)
					  : jose_key_from_jwk(tree, algorithm, &error);

	ck_assert_msg(key != NULL, "%s: %s", error, json);
	json_decref(tree);
	return (key);
}

/* By every algorithm with a key of its own, and with the given key for its one. */
static void
never_verifies(const char *token)
{
	int algorithm;
	struct jose_key *key;
	struct jws jws;

	if (!jws_parse(arena, token, &jws))
		return;
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		key = known_key(arena, (enum jose_algorithm)algorithm);
		ck_assert(!jws_verify(&jws, (enum jose_algorithm)algorithm, key));
		jose_key_free(key);
	}
}

START_TEST(rfc_7515_what_is_not_spoken)
{
	struct jws jws;

	ck_assert(jws_parse(arena, RFC7515_HS256, &jws));
	ck_assert_str_eq(jws.alg, "HS256");
	never_verifies(RFC7515_HS256);
	ck_assert(jws_parse(arena, RFC7515_ES512, &jws));
	ck_assert_str_eq(jws.alg, "ES512");
	never_verifies(RFC7515_ES512);
	ck_assert(jws_parse(arena, RFC7515_NONE, &jws));
	ck_assert_uint_eq(jws.signature_length, 0);
	never_verifies(RFC7515_NONE);
}
END_TEST

static void
refused(const char *json, enum jose_algorithm algorithm, const char *why)
{
	const char *error = NULL;
	json_t *tree = tree_of(json);

	ck_assert_ptr_null(jose_key_from_jwk(tree, algorithm, &error));
	ck_assert_str_eq(error, why);
	json_decref(tree);
}

START_TEST(rfc_7517_a1_the_set)
{
	const char *error = "", *json;
	struct jwk_set *set;
	struct jws jws;
	json_t *tree;

	json = arena_format(arena,
	    "{\"keys\":[%s,{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\",\"alg\":\"RS256\","
	    "\"kid\":\"2011-04-29\"}]}",
	    RFC7517_EC_PUBLIC, RFC7638_N);
	set = jwk_set_parse(arena, json, strlen(json), true, &error);
	ck_assert_msg(set != NULL, "%s", error);
	/* Its first key is for encryption, its second for RS256 only. */
	ck_assert(jws_parse(arena, RFC7515_ES256, &jws));
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_ES256), JWK_SET_NO_KEY);
	ck_assert(jws_parse(arena, RFC7515_RS256, &jws));
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_RS256), JWK_SET_BAD_SIGNATURE);
	jws.kid = "1";
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_RS256), JWK_SET_NO_KEY);
	jws.alg = "PS256";
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_PS256), JWK_SET_NO_KEY);
	refused(RFC7517_EC_PUBLIC, JOSE_ES256, "use is not sig");
	tree = tree_of(json);
	ck_assert_str_eq(
	    jose_jwk_thumbprint(arena, json_array_get(member_array(tree, "keys"), 1), &error),
	    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	json_decref(tree);
}
END_TEST

START_TEST(rfc_7517_a2_private_keys)
{
	const char *error = "", *json;
	json_t *tree = tree_of(RFC7517_EC_PRIVATE);

	refused(RFC7517_EC_PRIVATE, JOSE_ES256, "it holds a private member");
	json = arena_format(arena, "{\"keys\":[%s]}", RFC7517_EC_PRIVATE);
	ck_assert_ptr_null(jwk_set_parse(arena, json, strlen(json), true, &error));
	ck_assert_str_eq(error, "a key holds a private member");
	ck_assert_ptr_null(jose_key_from_private_jwk(tree, JOSE_ES256, &error));
	ck_assert_str_eq(error, "use is not sig");
	json_object_del(tree, "use");
	jose_key_free(jose_key_from_private_jwk(tree, JOSE_ES256, &error));
	json_decref(tree);
}
END_TEST

/* The kid of its examples is none that we take (J-03): the signature is verified by hand. */
START_TEST(rfc_7520_4_1_rs256)
{
	struct jose_key *public_key = key_of(RFC7520_RSA, JOSE_RS256, false);
	struct jose_key *key = key_of(RFC7520_RSA_PRIVATE, JOSE_RS256, true);
	const char *payload = strchr(RFC7520_RS256, '.') + 1,
		   *signature = strrchr(payload, '.') + 1;
	uint8_t *bytes, *text;
	size_t length;
	struct jws jws = {.alg = "RS256", .signing_input = RFC7520_RS256};

	ck_assert(!jws_parse(arena, RFC7520_RS256, &(struct jws){0}));
	jws.signing_input_length = (size_t)(signature - 1 - jws.signing_input);
	ck_assert(
	    base64url_decode(arena, signature, strlen(signature), &bytes, &jws.signature_length));
	jws.signature = bytes;
	ck_assert(jws_verify(&jws, JOSE_RS256, public_key));
	ck_assert(
	    base64url_decode(arena, payload, (size_t)(signature - 1 - payload), &text, &length));
	ck_assert_str_eq(jws_sign(arena, key, NULL, "bilbo.baggins@hobbiton.example",
			     (const char *)text, length),
	    RFC7520_RS256);
	bytes[0] ^= 1;
	ck_assert(!jws_verify(&jws, JOSE_RS256, public_key));
	jose_key_free(public_key);
	jose_key_free(key);
}
END_TEST

START_TEST(rfc_7520_what_is_not_spoken)
{
	enum jose_algorithm algorithm;

	ck_assert(!jose_algorithm_find("PS384", &algorithm));
	ck_assert(!jose_algorithm_find("ES512", &algorithm));
	never_verifies(RFC7520_PS384);
	never_verifies(RFC7520_ES512);
	refused(RFC7520_EC, JOSE_ES256, "crv is not the algorithm's");
	refused(RFC7520_EC, JOSE_ES384, "crv is not the algorithm's");
	refused(RFC7520_EC, JOSE_RS256, "kty is not the algorithm's");
}
END_TEST

START_TEST(rfc_8037_eddsa)
{
	struct jose_key *key = key_of(RFC8037_PRIVATE, JOSE_EDDSA, true);
	struct jose_key *public_key = key_of(RFC8037_PUBLIC, JOSE_EDDSA, false);
	struct jws jws;

	ck_assert_str_eq(
	    jose_key_thumbprint(arena, public_key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	ck_assert_str_eq(
	    jws_sign(arena, key, NULL, NULL, "Example of Ed25519 signing", 26), RFC8037_EDDSA);
	ck_assert(jws_parse(arena, RFC8037_EDDSA, &jws));
	ck_assert(jws_verify(&jws, JOSE_EDDSA, public_key));
	jws.signing_input_length--;
	ck_assert(!jws_verify(&jws, JOSE_EDDSA, public_key));
	jose_key_free(key);
	jose_key_free(public_key);
}
END_TEST

START_TEST(rfc_7797_b64_is_refused_through_crit)
{
	static const char header[] = "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}";
	const char *token =
	    arena_format(arena, "%s.$.02.%s", base64url_encode(arena, header, strlen(header)),
		"GsyM6AQJbQHY8aQKCbZSPJHzMRWo3HKIlcDuXof7nqs");
	const char *encoded =
	    arena_format(arena, "%s.JC4wMg.%s", base64url_encode(arena, header, strlen(header)),
		"GsyM6AQJbQHY8aQKCbZSPJHzMRWo3HKIlcDuXof7nqs");
	struct jws jws;

	ck_assert(!jws_parse(arena, token, &jws));
	ck_assert(!jws_parse(arena, encoded, &jws));
}
END_TEST

/* OpenID Connect Core, A.3: the at_hash of its access token with RS256. */
START_TEST(half_hashes)
{
	static const char text[] = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

	ck_assert_str_eq(jose_half_hash(arena, JOSE_RS256, text), "77QmUPtjPfzWtF2AnpK9RQ");
	ck_assert_str_eq(jose_half_hash(arena, JOSE_PS256, text), "77QmUPtjPfzWtF2AnpK9RQ");
	ck_assert_str_eq(jose_half_hash(arena, JOSE_ES256, text), "77QmUPtjPfzWtF2AnpK9RQ");
	ck_assert_uint_eq(strlen(jose_half_hash(arena, JOSE_ES384, text)), 32);
	ck_assert_uint_eq(strlen(jose_half_hash(arena, JOSE_EDDSA, text)), 43);
}
END_TEST

Suite *
suite_jose_rfcs(void)
{
	Suite *suite = suite_create("jose/rfcs");
	TCase *tests = tcase_create("rfcs");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rfc_7515_what_is_not_spoken);
	tcase_add_test(tests, rfc_7517_a1_the_set);
	tcase_add_test(tests, rfc_7517_a2_private_keys);
	tcase_add_test(tests, rfc_7520_4_1_rs256);
	tcase_add_test(tests, rfc_7520_what_is_not_spoken);
	tcase_add_test(tests, rfc_8037_eddsa);
	tcase_add_test(tests, rfc_7797_b64_is_refused_through_crit);
	tcase_add_test(tests, half_hashes);
	suite_add_tcase(suite, tests);
	return (suite);
}
