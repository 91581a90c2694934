/* jose: a corpus of hostile tokens (J-01..J-04, J-08, J-10). Each is made of a table of tricks, and
 * none may verify by any algorithm with any key. */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "jose/jose.h"
#include "known_keys.h"

Suite *suite_jose_hostile(void);

enum { CORPUS_LEAST = 200, SIGNATURE_BYTES = 512 };

static struct arena *arena;
static struct jose_key *keys[JOSE_ALGORITHMS]; /* ours: what the attacker does not have */
static struct jose_key *attackers;	       /* ES256 */
static struct jwk_set *set;
static unsigned tried;

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

static void
setup(void)
{
	int algorithm;
	const char *error = "";
	struct text text;

	arena = arena_create(64 << 20);
	text_init(&text, arena, 16384);
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		keys[algorithm] = known_key(arena, (enum jose_algorithm)algorithm);
		text_addf(
		    &text, "%s%s", algorithm == 0 ? "{\"keys\":[" : ",", jwk_of(keys[algorithm]));
	}
	text_add(&text, "]}");
	attackers = jose_key_generate(JOSE_ES256);
	set = jwk_set_parse(arena, text.data, text.length, true, &error);
	ck_assert_msg(set != NULL, "%s", error);
	tried = 0;
}

static void
teardown(void)
{
	int algorithm;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++)
		jose_key_free(keys[algorithm]);
	jose_key_free(attackers);
	arena_destroy(arena);
}

static void
hostile(const char *token)
{
	int expected, with;
	struct jws jws;

	tried++;
	if (!jws_parse(arena, token, &jws))
		return;
	for (expected = 0; expected < JOSE_ALGORITHMS; expected++) {
		for (with = 0; with < JOSE_ALGORITHMS; with++)
			ck_assert_msg(!jws_verify(&jws, (enum jose_algorithm)expected, keys[with]),
			    "%s", token);
		ck_assert_msg(
		    jwk_set_verify(set, &jws, (enum jose_algorithm)expected) != JWK_SET_VERIFIED,
		    "%s", token);
	}
}

static const char *
encoded(const char *text)
{
	return (base64url_encode(arena, text, strlen(text)));
}

/* Rightly signed by our key for what our header says; then with another header. */
static const char *
with_header(int algorithm, const char *header)
{
	const char *token = jws_sign(arena, keys[algorithm], "JWT", "k", "{}", 2);

	return (arena_format(arena, "%s%s", encoded(header), strchr(token, '.')));
}

/* Names of algorithms that are none of ours, or not written so. */
static const char *const names[] = {"none", "None", "NONE", "nOnE", "noNe", " none", "none ",
    "none\\u0000", "", "null", "HS256", "HS384", "HS512", "hs256", "RS384", "RS512", "PS384",
    "PS512", "ES512", "ES256K", "Ed25519", "Ed448", "RSA1_5", "dir", "A128KW", "es256", "Es256",
    "ES256 ", " ES256", "\\tES256", "ES256\\n", "rs256", "ps256", "es384", "eddsa", "EDDSA",
    "ES-256", "SHA256", "ES256,none", "ES256\\u0000none"};

static void
names_of_algorithms(void)
{
	size_t i;
	const char *header;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		header = arena_format(arena, "{\"alg\":\"%s\"}", names[i]);
		hostile(with_header(JOSE_ES256, header));
		hostile(arena_format(arena, "%s.e30.", encoded(header)));
	}
}

static const char *const headers[] = {"{}", "{\"typ\":\"JWT\"}", "{\"alg\":null}", "{\"alg\":1}",
    "{\"alg\":true}", "{\"alg\":[\"ES256\"]}", "{\"alg\":{\"ES256\":1}}",
    "{\"alg\":\"ES256\",\"alg\":\"none\"}", "{\"alg\":\"none\",\"alg\":\"ES256\"}",
    "{\"alg\":\"ES256\",\"\\u0061lg\":\"none\"}", "{\"ALG\":\"ES256\"}", "{\"alg \":\"ES256\"}",
    "{\"alg\":\"ES256\",\"crit\":[]}", "{\"alg\":\"ES256\",\"crit\":null}",
    "{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}", "{\"alg\":\"ES256\",\"crit\":\"exp\"}",
    "{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
    "{\"alg\":\"ES256\",\"crit\":[\"alg\"]}", "{\"alg\":\"ES256\",\"typ\":1}",
    "{\"alg\":\"ES256\",\"typ\":null}", "{\"alg\":\"ES256\",\"typ\":[\"JWT\"]}",
    "{\"alg\":\"ES256\",\"kid\":1}", "{\"alg\":\"ES256\",\"kid\":null}",
    "{\"alg\":\"ES256\",\"kid\":\"\"}", "{\"alg\":\"ES256\",\"kid\":\"../../../../dev/null\"}",
    "{\"alg\":\"ES256\",\"kid\":\"/etc/passwd\"}", "{\"alg\":\"ES256\",\"kid\":\"a b\"}",
    "{\"alg\":\"ES256\",\"kid\":\"x' UNION SELECT 'k\"}", "{\"alg\":\"ES256\",\"kid\":\"$(id)\"}",
    "{\"alg\":\"ES256\",\"kid\":\"http://evil.example/k\"}",
    "{\"alg\":\"ES256\",\"kid\":\"a\\u0000b\"}", "{\"alg\":\"ES256\",\"kid\":\"k\\n\"}",
    "{\"alg\":\"ES256\",\"kid\":\"\\u2100\"}",
    "{\"alg\":\"ES256\",\"kid\":"
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
    "[\"ES256\"]", "\"ES256\"", "null", "1", "", " ", "{\"alg\":\"ES256\"", "{\"alg\":\"ES256\"}x",
    "{\"alg\":\"ES256\"}{}", "{\"alg\":\"ES256\",}", "{'alg':'ES256'}", "{alg:\"ES256\"}",
    "{\"alg\":\"ES256\"/**/}", "{\"alg\":\"ES256\",\"x\":1e999}",
    "{\"alg\":\"ES256\",\"x\":999999999999999999999999}", "{\"alg\":\"ES256\",\"x\":NaN}",
    "{\"alg\":\"ES256\",\"x\":01}", "{\"alg\":\"ES256\",\"x\":\"\xff\"}",
    "{\"alg\":\"ES256\",\"x\":\"\xc0\xaf\"}", "{\"alg\":\"ES256\",\"x\":\"\xed\xa0\x80\"}",
    "{\"alg\":\"ES256\",\"x\":\"\\ud800\"}", "{\"alg\":\"ES256\",\"x\":\"\\u0000\"}",
    "{\"alg\":\"ES256\",\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}",
    "\xef\xbb\xbf{\"alg\":\"ES256\"}", "{\"alg\":\"ES256\"}\n", "{\"alg\":\"ES384\"}",
    "{\"alg\":\"EdDSA\"}", "{\"alg\":\"RS256\"}"};

static void
hostile_headers(void)
{
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		hostile(with_header(JOSE_ES256, headers[i]));
}

/* Signed by the attacker, who sends the key along. */
static void
header_keys(void)
{
	int algorithm;
	size_t i;
	const char *mine = jwk_of(attackers), *name;
	const char *const members[] = {arena_format(arena, "\"jwk\":%s", mine),
	    "\"jku\":\"https://evil.example/jwks\"", "\"jku\":\"file:///etc/passwd\"",
	    "\"x5u\":\"https://evil.example/cert\"", "\"x5c\":[\"MIIB\"]",
	    arena_format(arena, "\"kid\":\"%s\"", jose_key_thumbprint(arena, attackers)),
	    arena_format(arena, "\"kid\":\"%s\"", jose_key_thumbprint(arena, keys[JOSE_ES256]))};
	struct jws jws;
	char *token;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		name = jose_algorithm_name((enum jose_algorithm)algorithm);
		for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			token = arena_format(arena, "{\"alg\":\"%s\",%s}", name, members[i]);
			token = arena_format(arena, "%s%s", encoded(token),
			    strchr(jws_sign(arena, attackers, "JWT", NULL, "{}", 2), '.'));
			hostile(token);
			ck_assert(jws_parse(arena, token, &jws));
		}
	}
}

/* J-02: an HMAC with what everybody can read. */
static void
public_keys_as_secrets(void)
{
	int algorithm;
	size_t length;
	const uint8_t *der;
	const char *input, *text;
	uint8_t mac[SHA256_BYTES];

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		der = jose_key_public_der(arena, keys[algorithm], &length);
		input = arena_format(arena, "%s.e30", encoded("{\"alg\":\"HS256\"}"));
		hmac_sha256(der, length, input, strlen(input), mac);
		hostile(
		    arena_format(arena, "%s.%s", input, base64url_encode(arena, mac, sizeof(mac))));
		text = jwk_of(keys[algorithm]);
		hmac_sha256(text, strlen(text), input, strlen(input), mac);
		hostile(
		    arena_format(arena, "%s.%s", input, base64url_encode(arena, mac, sizeof(mac))));
		/* The same under the name of the key's own algorithm. */
		input = arena_format(arena, "%s.e30",
		    encoded(arena_format(arena, "{\"alg\":\"%s\"}",
			jose_algorithm_name((enum jose_algorithm)algorithm))));
		hmac_sha256(der, length, input, strlen(input), mac);
		hostile(
		    arena_format(arena, "%s.%s", input, base64url_encode(arena, mac, sizeof(mac))));
	}
}

/* J-04. The orders of P-256 and P-384 (FIPS 186-4, D.1.2) and of edwards25519 (RFC 8032, 5.1),
 * little-endian there. */
static const char *const orders[JOSE_ALGORITHMS] = {
    [JOSE_ES256] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    [JOSE_ES384] = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a7"
		   "7aecec196accc52973",
    [JOSE_EDDSA] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
};

static void
with_signature(const char *token, const uint8_t *signature, size_t length)
{
	size_t input = (size_t)(strrchr(token, '.') - token);

	hostile(arena_format(
	    arena, "%.*s.%s", (int)input, token, base64url_encode(arena, signature, length)));
}

/* What a right signature of n bytes is bent to. */
static void
bent_signatures(const char *token, const uint8_t *right, size_t n)
{
	size_t i;
	const size_t lengths[] = {0, 1, n / 2, n - 1, n + 1, n + 8, 2 * n};
	uint8_t *bytes = arena_alloc(arena, 8192);

	memcpy(bytes, right, n);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		with_signature(token, bytes, lengths[i]);
	with_signature(token, bytes, 8192);
	bytes[0] ^= 0x80;
	with_signature(token, bytes, n);
	memset(bytes, 0, n);
	with_signature(token, bytes, n);
	memset(bytes, 0xff, n);
	with_signature(token, bytes, n);
	memcpy(bytes, right + n / 2, n / 2);
	memcpy(bytes + n / 2, right, n / 2);
	with_signature(token, bytes, n);
}

/* Halves that are zero or the order of the curve, and DER instead of raw. */
static void
bent_halves(const char *token, const uint8_t *right, size_t n, const char *order)
{
	uint8_t bytes[SIGNATURE_BYTES];
	size_t half = n / 2;

	memcpy(bytes, right, n);
	memset(bytes, 0, half);
	with_signature(token, bytes, n);
	ck_assert(hex_decode(order, strlen(order), bytes, half));
	with_signature(token, bytes, n);
	ck_assert(hex_decode(order, strlen(order), bytes + half, half));
	with_signature(token, bytes, n);
	memcpy(bytes, right, half);
	with_signature(token, bytes, n);
	memset(bytes + half, 0, half);
	with_signature(token, bytes, n);
	memcpy(bytes, (const uint8_t[]){0x30, (uint8_t)(n + 4), 0x02, (uint8_t)half}, 4);
	memcpy(bytes + 4, right, half);
	memcpy(bytes + 4 + half, (const uint8_t[]){0x02, (uint8_t)half}, 2);
	memcpy(bytes + 6 + half, right + half, half);
	with_signature(token, bytes, n + 6);
	with_signature(token, bytes, n);
}

static void
hostile_signatures(void)
{
	int algorithm;
	const char *token;
	struct jws jws;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		token = jws_sign(arena, keys[algorithm], "JWT", NULL, "{\"sub\":\"x\"}", 11);
		ck_assert(jws_parse(arena, token, &jws));
		ck_assert(jws_verify(&jws, (enum jose_algorithm)algorithm, keys[algorithm]));
		bent_signatures(token, jws.signature, jws.signature_length);
		if (orders[algorithm] != NULL)
			bent_halves(token, jws.signature, jws.signature_length, orders[algorithm]);
	}
}

/* J-10, and parts too many or too few. */
static void
hostile_forms(void)
{
	size_t i;
	const char *token = jws_sign(arena, keys[JOSE_ES256], "JWT", NULL, "{}", 2);
	const char *payload = strchr(token, '.') + 1, *signature = strchr(payload, '.') + 1;
	const char *header = arena_substring(arena, token, (size_t)(payload - 1 - token));
	const char *const forms[] = {"", ".", "..", "...", "....", header,
	    arena_format(arena, "%s.e30", header), arena_format(arena, "%s.", token),
	    arena_format(arena, "%s.x", token), arena_format(arena, ".%s", token),
	    arena_format(arena, " %s", token), arena_format(arena, "%s\n", token),
	    arena_format(arena, "%s=", token), arena_format(arena, "%s==", token),
	    arena_format(arena, "%s=.e30.%s", header, signature),
	    arena_format(arena, "%s.e30=.%s", header, signature),
	    arena_format(arena, "%s.e31.%s", header, signature),
	    arena_format(arena, "%s.e.%s", header, signature),
	    arena_format(arena, "%s.e3 0.%s", header, signature),
	    arena_format(arena, "%s.e3\t0.%s", header, signature),
	    arena_format(arena, "%s.e30+.%s", header, signature),
	    arena_format(arena, "%s.e30/.%s", header, signature),
	    arena_format(arena, ".e30.%s", signature),
	    arena_format(arena, "%s..%s", header, signature),
	    arena_format(arena, "%s.e30.", header), arena_format(arena, "Bearer %s", token),
	    arena_format(arena, "{\"protected\":\"%s\",\"payload\":\"e30\",\"signature\":\"%s\"}",
		header, signature),
	    arena_format(arena, "%s.e30.%s.%s.%s", header, signature, signature, signature)};

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		hostile(forms[i]);
	/* Its last character has bits that count for nothing: 86 of 64 bytes. */
	for (i = 1; i < 4; i++) {
		char *copy = arena_string(arena, token);
		char *last = copy + strlen(copy) - 1;

		*last = (char)(*last + (int)i);
		hostile(copy);
	}
}

START_TEST(two_hundred_hostile_tokens)
{
	names_of_algorithms();
	hostile_headers();
	header_keys();
	public_keys_as_secrets();
	hostile_signatures();
	hostile_forms();
	ck_assert_uint_ge(tried, CORPUS_LEAST);
}
END_TEST

/* J-08: what a payload may not be. */
START_TEST(hostile_payloads_are_no_claims)
{
	static const char *const payloads[] = {"", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}",
	    "{\"a\":\"\\u0000\"}", "{\"exp\":1e999}", "{\"exp\":99999999999999999999}", "{}{}",
	    "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"};
	static const char *const times[] = {"{\"exp\":1e300}", "{\"exp\":\"9\"}", "{\"exp\":1.5}",
	    "{\"exp\":null}", "{\"exp\":[1]}", "{\"exp\":true}", "{}"};
	const char *error;
	int64_t exp;
	size_t i;
	json_t *tree;

	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		ck_assert_msg(parse_json(payloads[i], strlen(payloads[i]), &error) == NULL, "%s",
		    payloads[i]);
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		tree = parse_json(times[i], strlen(times[i]), &error);
		ck_assert_ptr_nonnull(tree);
		ck_assert_msg(!member_integer(tree, "exp", &exp), "%s", times[i]);
		json_decref(tree);
	}
}
END_TEST

Suite *
suite_jose_hostile(void)
{
	Suite *suite = suite_create("jose/hostile");
	TCase *tests = tcase_create("hostile");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, two_hundred_hostile_tokens);
	tcase_add_test(tests, hostile_payloads_are_no_claims);
	suite_add_tcase(suite, tests);
	return (suite);
}
