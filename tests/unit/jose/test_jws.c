/* jose/jws: the RFC's own examples, and everything hostile that looks like a JWS (J-01..J-04, J-08,
 * J-10). */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "jose/jose.h"
#include "test_vectors.h"

Suite *suite_jose_jws(void);

static struct arena *arena;
static struct jose_key *key; /* ES256, with its private half */

static void
setup(void)
{
	arena = arena_create(8 << 20);
	key = jose_key_generate(JOSE_ES256);
}

static void
teardown(void)
{
	jose_key_free(key);
	arena_destroy(arena);
}

static bool
verifies(const char *token, enum jose_algorithm algorithm, const struct jose_key *with)
{
	struct jws jws;

	return (jws_parse(arena, token, &jws) && jws_verify(&jws, algorithm, with));
}

/* RFC 7515, A.3 */
START_TEST(example_es256)
{
	struct jose_key *rfc = vector_ec(arena, RFC7515_X, RFC7515_Y);
	struct jws jws;

	ck_assert(jws_parse(arena, RFC7515_ES256, &jws));
	ck_assert_str_eq(jws.alg, "ES256");
	ck_assert_ptr_null(jws.typ);
	ck_assert_ptr_null(jws.kid);
	ck_assert_uint_eq(jws.payload_length, 70);
	ck_assert(jws_verify(&jws, JOSE_ES256, rfc));
	ck_assert(!jws_verify(&jws, JOSE_RS256, rfc));
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	jose_key_free(rfc);
}
END_TEST

/* RFC 7515, A.2 */
START_TEST(example_rs256)
{
	struct jose_key *rfc = vector_rsa(arena, RFC7515_N, "AQAB");

	ck_assert(verifies(RFC7515_RS256, JOSE_RS256, rfc));
	ck_assert(!verifies(RFC7515_RS256, JOSE_ES256, rfc));
	ck_assert(!verifies(RFC7515_RS256, JOSE_RS256, key));
	ck_assert(!verifies(RFC7515_ES256, JOSE_RS256, rfc));
	jose_key_free(rfc);
}
END_TEST

START_TEST(what_is_signed_is_read)
{
	int i;
	const char *token;
	struct jws jws;

	/* Often enough that r and s of fewer than 32 bytes occur. */
	for (i = 0; i < 1500; i++) {
		token = jws_sign(arena, key, "at+jwt", "a-kid", "{\"sub\":\"x\"}", 11);
		ck_assert(jws_parse(arena, token, &jws));
		ck_assert(jws_verify(&jws, JOSE_ES256, key));
	}
	ck_assert(text_starts_with(
	    token, base64url_encode(
		       arena, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"a-kid\"}", 44)));
	ck_assert_str_eq(jws.typ, "at+jwt");
	ck_assert_str_eq(jws.kid, "a-kid");
	ck_assert_uint_eq(jws.signature_length, 64);
	ck_assert_mem_eq(jws.payload, "{\"sub\":\"x\"}", 11);
}
END_TEST

/* A token with any header, signed rightly over what it says. */
static const char *
with_header(const char *header)
{
	const char *signed_token = jws_sign(arena, key, "JWT", "k", "{}", 2);

	return (arena_format(arena, "%s%s", base64url_encode(arena, header, strlen(header)),
	    strchr(signed_token, '.')));
}

START_TEST(hostile_headers_do_not_parse)
{
	static const char *const headers[] = {"{}", "{\"typ\":\"JWT\"}", "{\"alg\":null}",
	    "{\"alg\":1}", "{\"alg\":[\"ES256\"]}", "{\"alg\":\"ES256\",\"alg\":\"none\"}",
	    "{\"alg\":\"none\",\"\\u0061lg\":\"ES256\"}", "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}",
	    "{\"alg\":\"ES256\",\"crit\":[]}", "{\"alg\":\"ES256\",\"crit\":null}",
	    "{\"alg\":\"ES256\",\"typ\":1}", "{\"alg\":\"ES256\",\"typ\":null}",
	    "{\"alg\":\"ES256\",\"kid\":1}", "{\"alg\":\"ES256\",\"kid\":\"\"}",
	    "{\"alg\":\"ES256\",\"kid\":\"../../etc/passwd\"}",
	    "{\"alg\":\"ES256\",\"kid\":\"a b\"}", "{\"alg\":\"ES256\",\"kid\":\"x' OR '1'='1\"}",
	    "{\"alg\":\"ES256\\u0000\"}", "[\"ES256\"]", "\"ES256\"", "", "{\"alg\":\"ES256\"",
	    "{\"alg\":\"ES256\"}x", "{\"alg\":\"ES256\",\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}",
	    "{\"alg\":\"ES256\",\"kid\":"
	    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"};
	size_t i;
	struct jws jws;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ck_assert_msg(!jws_parse(arena, with_header(headers[i]), &jws), "%s", headers[i]);
}
END_TEST

START_TEST(a_kid_of_others_is_any_text)
{
	static const char *const fine[] = {"../../etc/passwd", "a b", "a=b+c/", "urn:x:1", "k"};
	static const char *const others[] = {"", "a\\nb", "a\\u0000b", "\\u007f"};
	size_t i;
	struct jws jws;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		ck_assert(jws_parse_foreign(arena,
		    with_header(arena_format(arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", fine[i])),
		    &jws));
		ck_assert_str_eq(jws.kid, fine[i]);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!jws_parse_foreign(arena,
		    with_header(
			arena_format(arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", others[i])),
		    &jws));
	ck_assert(!jws_parse_foreign(
	    arena, with_header("{\"alg\":\"ES256\",\"kid\":\"k\",\"crit\":[\"exp\"]}"), &jws));
}
END_TEST

/* They parse, and verify as nothing. */
START_TEST(other_algorithms_never_verify)
{
	static const char *const names[] = {"none", "nOnE", "None", "NONE", "", "es256", "ES256 ",
	    "ES384", "ES256K", "HS256", "RS256", "PS256", "EdDSA", "RSA1_5"};
	size_t i;
	const char *token;
	struct jws jws;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		token = with_header(arena_format(arena, "{\"alg\":\"%s\"}", names[i]));
		if (!jws_parse(arena, token, &jws))
			continue;
		ck_assert_msg(!jws_verify(&jws, JOSE_ES256, key), "%s", names[i]);
		ck_assert_msg(!jws_verify(&jws, JOSE_RS256, key), "%s", names[i]);
	}
}
END_TEST

/* J-02: the public key's bytes as an HMAC key. */
START_TEST(hmac_with_the_public_key)
{
	size_t length;
	uint8_t mac[SHA256_BYTES], *der = jose_key_public_der(arena, key, &length);
	const char *input = arena_format(arena, "%s.%s",
	    base64url_encode(arena, "{\"alg\":\"HS256\"}", 15), base64url_encode(arena, "{}", 2));

	hmac_sha256(der, length, input, strlen(input), mac);
	ck_assert(!verifies(
	    arena_format(arena, "%s.%s", input, base64url_encode(arena, mac, sizeof(mac))),
	    JOSE_ES256, key));
}
END_TEST

/* J-03: keys in the header change nothing. */
START_TEST(header_keys_are_ignored)
{
	const char *header =
	    "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" RFC7515_X
	    "\",\"y\":\"" RFC7515_Y "\"},\"jku\":\"https://evil.example/\"}";
	struct jws jws;
	struct jose_key *rfc = vector_ec(arena, RFC7515_X, RFC7515_Y);

	ck_assert(jws_parse(arena, with_header(header), &jws));
	ck_assert(!jws_verify(&jws, JOSE_ES256, rfc));
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	jose_key_free(rfc);
}
END_TEST

/* J-04 */
START_TEST(hostile_signatures)
{
	static const size_t lengths[] = {0, 1, 32, 63, 65, 70, 71, 72, 96, 128, 256, 8192};
	static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3,
	    0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
	size_t i;
	uint8_t *bytes = arena_alloc(arena, 8192), der[64];
	const char *token = jws_sign(arena, key, "JWT", "k", "{}", 2);
	struct jws jws;

	ck_assert(jws_parse(arena, token, &jws));
	memcpy(bytes, jws.signature, 64);
	jws.signature = bytes;
	ck_assert(jws_verify(&jws, JOSE_ES256, key));
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		jws.signature_length = lengths[i];
		ck_assert_msg(!jws_verify(&jws, JOSE_ES256, key), "length %zu", lengths[i]);
	}
	jws.signature_length = 64;
	for (i = 0; i < 64; i++) {
		bytes[i] ^= 0x80;
		ck_assert_msg(!jws_verify(&jws, JOSE_ES256, key), "byte %zu", i);
		bytes[i] ^= 0x80;
	}
	memset(bytes, 0, 32);
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	memset(bytes, 0, 64);
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	memcpy(bytes, order, 32);
	memcpy(bytes + 32, order, 32);
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	memset(bytes, 0xff, 64);
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
	/* A DER signature that happens to be 64 bytes long. */
	memset(der, 1, sizeof(der));
	memcpy(der, "\x30\x3e\x02\x1d", 4);
	memcpy(der + 33, "\x02\x1d", 2);
	memcpy(bytes, der, 64);
	ck_assert(!jws_verify(&jws, JOSE_ES256, key));
}
END_TEST

START_TEST(hostile_forms_do_not_parse)
{
	size_t i;
	const char *token = jws_sign(arena, key, "JWT", "k", "{}", 2);
	const char *payload = strchr(token, '.') + 1, *signature = strchr(payload, '.') + 1;
	const char *header = arena_substring(arena, token, (size_t)(payload - 1 - token));
	struct jws jws;
	char *large;
	const char *bad[16];

	ck_assert(jws_parse(arena, token, &jws));
	bad[0] = "";
	bad[1] = ".";
	bad[2] = "..";
	bad[3] = "...";
	bad[4] = header;
	bad[5] = arena_format(arena, "%s.", token);
	bad[6] = arena_format(arena, "%s.x", token);
	bad[7] = arena_format(arena, " %s", token);
	bad[8] = arena_format(arena, "%s\n", token);
	bad[9] = arena_format(arena, "%s==", token);
	bad[10] = arena_format(arena, "%s=.e30.%s", header, signature);
	bad[11] = arena_format(arena, "%s.e30=.%s", header, signature);
	bad[12] = arena_format(arena, "%s.e3 0.%s", header, signature);
	bad[13] = arena_format(arena, "%s.e31.%s", header, signature);
	bad[14] = arena_format(arena, ".e30.%s", signature);
	bad[15] = arena_format(arena, "%s.e30+.%s", header, signature);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!jws_parse(arena, bad[i], &jws), "%zu: %s", i, bad[i]);
	large = arena_alloc(arena, JOSE_TOKEN_MAX + 8);
	memset(large, 'A', JOSE_TOKEN_MAX + 1);
	ck_assert(!jws_parse(arena, large, &jws));
}
END_TEST

/* No single changed character leaves a token that verifies. */
START_TEST(every_character_counts)
{
	size_t i;
	const char *token = jws_sign(arena, key, "JWT", "k", "{\"a\":1}", 7);
	char *copy;

	for (i = 0; i < strlen(token); i++) {
		copy = arena_string(arena, token);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		ck_assert_msg(!verifies(copy, JOSE_ES256, key), "character %zu", i);
	}
	ck_assert(verifies(token, JOSE_ES256, key));
}
END_TEST

START_TEST(algorithm_names_are_exact)
{
	enum jose_algorithm algorithm;

	ck_assert(jose_algorithm_find("ES256", &algorithm));
	ck_assert_int_eq(algorithm, JOSE_ES256);
	ck_assert(jose_algorithm_find("RS256", &algorithm));
	ck_assert_int_eq(algorithm, JOSE_RS256);
	ck_assert(!jose_algorithm_find("none", &algorithm));
	ck_assert(!jose_algorithm_find("es256", &algorithm));
	ck_assert(!jose_algorithm_find(NULL, &algorithm));
	ck_assert_str_eq(jose_algorithm_name(JOSE_RS256), "RS256");
}
END_TEST

Suite *
suite_jose_jws(void)
{
	Suite *suite = suite_create("jose/jws");
	TCase *tests = tcase_create("jws");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, example_es256);
	tcase_add_test(tests, example_rs256);
	tcase_add_test(tests, what_is_signed_is_read);
	tcase_add_test(tests, hostile_headers_do_not_parse);
	tcase_add_test(tests, a_kid_of_others_is_any_text);
	tcase_add_test(tests, other_algorithms_never_verify);
	tcase_add_test(tests, hmac_with_the_public_key);
	tcase_add_test(tests, header_keys_are_ignored);
	tcase_add_test(tests, hostile_signatures);
	tcase_add_test(tests, hostile_forms_do_not_parse);
	tcase_add_test(tests, every_character_counts);
	tcase_add_test(tests, algorithm_names_are_exact);
	suite_add_tcase(suite, tests);
	return (suite);
}
