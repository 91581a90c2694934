/* jose/jwk, jose/jwk_set: other people's keys (J-02, J-03, J-09). */
#include <check.h>
#include <openssl/bn.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"
#include "known_keys.h"

Suite *suite_jose_jwk_set(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(64 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

static const char *
jwk_of(const struct jose_key *key)
{
	struct text text;
	struct json_writer writer;

	text_init(&text, arena, 4000);
	writer_init(&writer, &text);
	jose_key_write_jwk(&writer, NULL, key, arena);
	return (text.data);
}

static json_t *
tree_of(const char *json)
{
	const char *error = "";
	json_t *tree = parse_json(json, strlen(json), &error);

	ck_assert_msg(tree != NULL, "%s: %s", error, json);
	return (tree);
}

static struct jwk_set *
set_of(const char *json, bool strict, const char **error)
{
	*error = NULL;
	return (jwk_set_parse(arena, json, strlen(json), strict, error));
}

static struct jws
signed_by(const struct jose_key *key, const char *kid)
{
	struct jws jws;

	ck_assert(jws_parse(arena, jws_sign(arena, key, "JWT", kid, "{}", 2), &jws));
	return (jws);
}

START_TEST(sets_verify_by_kid)
{
	int algorithm;
	const char *error, *json;
	struct jose_key *key, *other;
	struct jwk_set *set;
	struct jws jws;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		key = known_key(arena, (enum jose_algorithm)algorithm);
		other = known_other_key(arena, (enum jose_algorithm)algorithm);
		json = arena_format(arena, "{\"keys\":[%s]}", jwk_of(key));
		set = set_of(json, true, &error);
		ck_assert_msg(set != NULL, "%s", error);
		jws = signed_by(key, jose_key_thumbprint(arena, key));
		ck_assert_int_eq(
		    jwk_set_verify(set, &jws, (enum jose_algorithm)algorithm), JWK_SET_VERIFIED);
		jws = signed_by(key, NULL);
		ck_assert_int_eq(
		    jwk_set_verify(set, &jws, (enum jose_algorithm)algorithm), JWK_SET_VERIFIED);
		jws = signed_by(other, jose_key_thumbprint(arena, key));
		ck_assert_int_eq(jwk_set_verify(set, &jws, (enum jose_algorithm)algorithm),
		    JWK_SET_BAD_SIGNATURE);
		jws = signed_by(other, jose_key_thumbprint(arena, other));
		ck_assert_int_eq(
		    jwk_set_verify(set, &jws, (enum jose_algorithm)algorithm), JWK_SET_NO_KEY);
		jose_key_free(key);
		jose_key_free(other);
	}
}
END_TEST

#define X256 "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y256 "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC256 "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X256 "\",\"y\":\"" Y256 "\""
#define ED "\"kty\":\"OKP\",\"crv\":\"Ed25519\""
#define ED_X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""

/* J-09: no key for ES256, and why. */
static const struct {
	const char *jwk, *why;
} bad_keys[] = {
    {"{}", "kty is not the algorithm's"},
    {"{\"kty\":1}", "kty is not the algorithm's"},
    {"{\"kty\":\"ec\",\"crv\":\"P-256\",\"x\":\"" X256 "\",\"y\":\"" Y256 "\"}",
	"kty is not the algorithm's"},
    {"{\"kty\":\"oct\"}", "kty is not the algorithm's"},
    {"{\"kty\":\"oct\",\"k\":\"AAAA\"}", "it holds a private member"},
    {"{" ED "," ED_X "}", "kty is not the algorithm's"},
    {"{\"kty\":\"EC\",\"x\":\"" X256 "\",\"y\":\"" Y256 "\"}", "crv is not the algorithm's"},
    {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X256 "\",\"y\":\"" Y256 "\"}",
	"crv is not the algorithm's"},
    {"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" X256 "\",\"y\":\"" Y256 "\"}",
	"crv is not the algorithm's"},
    {"{" EC256 ",\"use\":\"enc\"}", "use is not sig"},
    {"{" EC256 ",\"use\":1}", "use is not sig"},
    {"{" EC256 ",\"use\":\"SIG\"}", "use is not sig"},
    {"{" EC256 ",\"key_ops\":[]}", "key_ops does not allow it"},
    {"{" EC256 ",\"key_ops\":\"verify\"}", "key_ops does not allow it"},
    {"{" EC256 ",\"key_ops\":[\"sign\"]}", "key_ops does not allow it"},
    {"{" EC256 ",\"key_ops\":[\"verify\",\"verify\"]}", "key_ops does not allow it"},
    {"{" EC256 ",\"key_ops\":[\"verify\",1]}", "key_ops does not allow it"},
    {"{" EC256 ",\"alg\":\"ES384\"}", "alg is another algorithm"},
    {"{" EC256 ",\"alg\":\"none\"}", "alg is another algorithm"},
    {"{" EC256 ",\"alg\":null}", "alg is another algorithm"},
    {"{" EC256 ",\"d\":\"AA\"}", "it holds a private member"},
    {"{" EC256 ",\"d\":null}", "it holds a private member"},
    {"{" EC256 ",\"oth\":[]}", "it holds a private member"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X256 "\"}",
	"a member of the key is missing or not base64url"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X256 "\",\"y\":1}",
	"a member of the key is missing or not base64url"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X256 "=\",\"y\":\"" Y256 "\"}",
	"a member of the key is missing or not base64url"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X256 "\",\"y\":\"" Y256 "AAA\"}",
	"a member of the key is not as long as its curve asks"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"" Y256 "\"}",
	"a member of the key is not as long as its curve asks"},
    /* x and y exchanged: off the curve. (0, 0): no point of it. */
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" Y256 "\",\"y\":\"" X256 "\"}",
	"its members make no key"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
     "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
	"its members make no key"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"__________________________________________8\","
     "\"y\":\"" Y256 "\"}",
	"its members make no key"},
};

START_TEST(bad_keys_are_refused)
{
	const char *error = NULL;
	json_t *jwk = tree_of(bad_keys[_i].jwk);

	ck_assert_ptr_null(jose_key_from_jwk(jwk, JOSE_ES256, &error));
	ck_assert_str_eq(error, bad_keys[_i].why);
	json_decref(jwk);
}
END_TEST

/* Points of edwards25519 (RFC 8032, 5.1): the neutral one, those of order 2, 4 and 8, one whose y
 * is p + 1, one that is not on the curve; too short and too long. */
static const char *const bad_points[] = {"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA", "7P_______________________________________38",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
    "7v_______________________________________38", "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA"};

START_TEST(points_that_no_key_has_are_refused)
{
	const char *error = NULL;
	json_t *jwk = tree_of(arena_format(arena, "{" ED ",\"x\":\"%s\"}", bad_points[_i]));

	ck_assert_ptr_null(jose_key_from_jwk(jwk, JOSE_EDDSA, &error));
	ck_assert_ptr_nonnull(error);
	json_decref(jwk);
}
END_TEST

START_TEST(points_of_keys_are_taken)
{
	const char *error, *json;
	int i;
	struct jose_key *key;
	json_t *jwk;

	for (i = 0; i < 200; i++) {
		key = jose_key_generate(JOSE_EDDSA);
		json = jwk_of(key);
		jose_key_free(key);
		jwk = tree_of(json);
		key = jose_key_from_jwk(jwk, JOSE_EDDSA, &error);
		ck_assert_msg(key != NULL, "%s", json);
		jose_key_free(key);
		json_decref(jwk);
	}
}
END_TEST

static const char *
rsa_refusal(const char *n, const char *e)
{
	const char *error = NULL;
	json_t *jwk =
	    tree_of(arena_format(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}", n, e));
	struct jose_key *key = jose_key_from_jwk(jwk, JOSE_RS256, &error);

	json_decref(jwk);
	jose_key_free(key);
	return (key == NULL ? error : NULL);
}

/* A modulus of that many bytes, all of them c but the first and the last one. */
static const char *
modulus(size_t bytes, uint8_t c, uint8_t last)
{
	uint8_t *n = arena_alloc(arena, bytes);

	memset(n, c, bytes);
	n[0] = 0xc1;
	n[bytes - 1] = last;
	return (base64url_encode(arena, n, bytes));
}

START_TEST(bad_rsa_keys_are_refused)
{
	const char *sound = modulus(256, 0xa5, 0x0b);

	ck_assert_str_eq(rsa_refusal(modulus(255, 0xa5, 1), "AQAB"), "n has fewer than 2048 bits");
	ck_assert_str_eq(rsa_refusal(modulus(128, 0xa5, 1), "AQAB"), "n has fewer than 2048 bits");
	ck_assert_ptr_nonnull(rsa_refusal(modulus(513, 0xa5, 1), "AQAB"));
	ck_assert_str_eq(rsa_refusal(modulus(256, 0xa5, 2), "AQAB"), "n is even");
	ck_assert_str_eq(rsa_refusal(sound, "AQ"), "e is even or too small");
	ck_assert_str_eq(rsa_refusal(sound, "Ag"), "e is even or too small");
	ck_assert_str_eq(rsa_refusal(sound, "AQAA"), "e is even or too small");
	ck_assert_str_eq(rsa_refusal(sound, "AQAAAAAAAAAB"), "e has more than 64 bits");
	ck_assert_str_eq(
	    rsa_refusal(sound, "AAEAAQ"), "a number of the key is too long, or has leading zeros");
	ck_assert_str_eq(
	    rsa_refusal(sound, ""), "a number of the key is too long, or has leading zeros");
	ck_assert_str_eq(
	    rsa_refusal("", "AQAB"), "a number of the key is too long, or has leading zeros");
}
END_TEST

/* ROCA (CVE-2017-15361): n is a power of 65537 modulo every small prime. */
START_TEST(broken_generators_are_known)
{
	unsigned prime, divisor;
	int power;
	uint8_t bytes[512];
	BN_CTX *context = BN_CTX_new();
	BIGNUM *product = BN_new(), *n = BN_new(), *generator = BN_new(), *exponent = BN_new();

	ck_assert_int_eq(BN_one(product), 1);
	for (prime = 3; prime <= 167; prime += 2) {
		for (divisor = 3; prime % divisor != 0; divisor += 2)
			;
		if (divisor == prime)
			BN_mul_word(product, prime);
	}
	BN_set_word(generator, 65537);
	for (power = 1; power < 40; power++) {
		BN_set_word(exponent, (unsigned)power);
		BN_mod_exp(n, generator, exponent, product, context);
		BN_lshift(exponent, product, 2048 - BN_num_bits(product));
		BN_add(n, n, exponent);
		if (!BN_is_odd(n))
			BN_add(n, n, product);
		ck_assert_int_eq(BN_num_bits(n), 2048);
		ck_assert_str_eq(
		    rsa_refusal(
			base64url_encode(arena, bytes, (size_t)BN_bn2bin(n, bytes)), "AQAB"),
		    "n comes from a generator that is broken (ROCA)");
	}
	BN_add_word(n, 2);
	ck_assert_str_ne(
	    rsa_refusal(base64url_encode(arena, bytes, (size_t)BN_bn2bin(n, bytes)), "AQAB"),
	    "n comes from a generator that is broken (ROCA)");
	BN_free(product);
	BN_free(n);
	BN_free(generator);
	BN_free(exponent);
	BN_CTX_free(context);
}
END_TEST

/* What a set refuses as a whole when it is registered, and leaves out when it is served. */
static const struct {
	const char *key, *why; /* NULL: registered all the same */
} odd_keys[] = {
    {"1", "a key is not an object"},
    {"[]", "a key is not an object"},
    {"{}", "kty is missing or not a string"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":1}", "kid is not a string"},
    {"{" EC256 ",\"d\":\"AA\"}", "a key holds a private member"},
    {"{\"kty\":\"oct\",\"k\":\"AA\"}", "a key holds a private member"},
    {"{\"kty\":\"NEW\",\"d\":\"AA\"}", "a key holds a private member"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" Y256 "\",\"y\":\"" X256 "\"}",
	"its members make no key"},
    {"{" EC256 ",\"alg\":\"ES384\"}", "crv is not the algorithm's"},
    {"{" EC256 ",\"alg\":\"RS256\"}", "kty is not the algorithm's"},
    {"{" EC256 ",\"use\":\"enc\"}", NULL},
    {"{" EC256 ",\"alg\":\"ECDH-ES\"}", NULL},
    {"{\"kty\":\"EC\",\"crv\":\"P-521\"}", NULL},
    {"{\"kty\":\"NEW\"}", NULL},
};

START_TEST(odd_keys_in_sets)
{
	const char *error, *key = odd_keys[_i].key;
	struct jose_key *good = jose_key_generate(JOSE_EDDSA);
	const char *json = arena_format(arena, "{\"keys\":[%s,%s]}", key, jwk_of(good));
	struct jwk_set *strict = set_of(json, true, &error);
	struct jws jws = signed_by(good, NULL);

	if (odd_keys[_i].why == NULL) {
		ck_assert_ptr_nonnull(strict);
	} else {
		ck_assert_ptr_null(strict);
		ck_assert_str_eq(error, odd_keys[_i].why);
	}
	strict = set_of(json, false, &error);
	ck_assert_ptr_nonnull(strict);
	ck_assert_ptr_null(error);
	ck_assert_int_eq(jwk_set_verify(strict, &jws, JOSE_EDDSA), JWK_SET_VERIFIED);
	ck_assert_int_eq(jwk_set_verify(strict, &jws, JOSE_ES256), JWK_SET_BAD_SIGNATURE);
	ck_assert(jws_parse(arena,
	    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtc"
	    "GxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djx"
	    "La8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
	    &jws));
	ck_assert_int_eq(jwk_set_verify(strict, &jws, JOSE_ES256), JWK_SET_NO_KEY);
	jose_key_free(good);
}
END_TEST

static const char *const bad_sets[] = {"", "[]", "{}", "null", "{\"keys\":{}}", "{\"keys\":null}",
    "{\"keys\":[],\"keys\":[]}", "{\"keys\":[{\"kty\":\"EC\",\"kty\":\"RSA\"}]}", "{\"keys\":[}",
    "{\"keys\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}", "{\"keys\":[]}x",
    "{\"keys\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"};

START_TEST(bad_sets_are_refused)
{
	const char *error;

	ck_assert_ptr_null(set_of(bad_sets[_i], true, &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_ptr_null(set_of(bad_sets[_i], false, &error));
	ck_assert_ptr_nonnull(error);
}
END_TEST

START_TEST(sets_have_limits)
{
	const char *error;
	char *json = arena_alloc(arena, JWK_SET_BYTES_MAX + 2);

	memset(json, ' ', JWK_SET_BYTES_MAX + 1);
	memcpy(json, "{\"keys\":[]}", 11);
	ck_assert_ptr_null(set_of(json, false, &error));
	ck_assert_str_eq(error, "larger than 65536 bytes");
	json[JWK_SET_BYTES_MAX] = '\0';
	ck_assert_ptr_nonnull(set_of(json, true, &error));
	ck_assert_ptr_nonnull(
	    set_of("{\"keys\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}", false, &error));
}
END_TEST

/* One key without alg serves both algorithms of its type; two keys may share a kid. */
START_TEST(a_set_tries_what_fits)
{
	const char *error, *jwk, *json, *key_only;
	struct jose_key *rsa = known_key(arena, JOSE_PS256), *other = jose_key_generate(JOSE_ES256);
	struct jose_key *third = jose_key_generate(JOSE_ES256);
	struct jwk_set *set;
	struct jws jws;

	jwk = jwk_of(rsa);
	key_only = strstr(jwk, "\"e\":");
	json = arena_format(arena,
	    "{\"keys\":[{\"kid\":\"k\",%s,{\"kid\":\"k\",%s,{\"kid\":\"k\",%s]}", key_only,
	    strstr(jwk_of(other), "\"crv\":"), strstr(jwk_of(third), "\"crv\":"));
	set = set_of(json, true, &error);
	ck_assert_msg(set != NULL, "%s", error);
	jws = signed_by(rsa, "k");
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_PS256), JWK_SET_VERIFIED);
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_RS256), JWK_SET_BAD_SIGNATURE);
	jws = signed_by(third, "k");
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_ES256), JWK_SET_VERIFIED);
	jws = signed_by(third, "another");
	ck_assert_int_eq(jwk_set_verify(set, &jws, JOSE_ES256), JWK_SET_NO_KEY);
	jose_key_free(rsa);
	jose_key_free(other);
	jose_key_free(third);
}
END_TEST

Suite *
suite_jose_jwk_set(void)
{
	Suite *suite = suite_create("jose/jwk_set");
	TCase *tests = tcase_create("jwk_set");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, sets_verify_by_kid);
	tcase_add_loop_test(tests, bad_keys_are_refused, 0, sizeof(bad_keys) / sizeof(bad_keys[0]));
	tcase_add_loop_test(tests, points_that_no_key_has_are_refused, 0,
	    sizeof(bad_points) / sizeof(bad_points[0]));
	tcase_add_test(tests, points_of_keys_are_taken);
	tcase_add_test(tests, bad_rsa_keys_are_refused);
	tcase_add_test(tests, broken_generators_are_known);
	tcase_add_loop_test(tests, odd_keys_in_sets, 0, sizeof(odd_keys) / sizeof(odd_keys[0]));
	tcase_add_loop_test(tests, bad_sets_are_refused, 0, sizeof(bad_sets) / sizeof(bad_sets[0]));
	tcase_add_test(tests, sets_have_limits);
	tcase_add_test(tests, a_set_tries_what_fits);
	suite_add_tcase(suite, tests);
	return (suite);
}
