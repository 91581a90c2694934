/* jose/jwk, jose/jwk_set: other people's keys (J-02, J-03, J-09). */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"

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
		key = jose_key_generate((enum jose_algorithm)algorithm);
		other = jose_key_generate((enum jose_algorithm)algorithm);
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

Suite *
suite_jose_jwk_set(void)
{
	Suite *suite = suite_create("jose/jwk_set");
	TCase *tests = tcase_create("jwk_set");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, sets_verify_by_kid);
	suite_add_tcase(suite, tests);
	return (suite);
}
