/* keys/: rotation, emergency, what is published; jobs/rotate_keys.c. */
#include <stdio.h>

#include "jobs/kinds.h"
#include "test_store_fixture.h"

Suite *suite_db_store_keys(void);

enum { AT_ONCE = 50, REVOCATIONS = 12, KID_MAX = 64 };

extern const struct job_kind job_rotate_keys;

static char kids[JOSE_ALGORITHMS][KID_MAX];
static char tokens[JOSE_ALGORITHMS][2048];

static void
signs(struct call *call)
{
	int algorithm;
	const char *token;
	struct text payload;
	struct jws jws;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		text_init(&payload, call->arena, 256);
		text_addf(&payload, "{\"iss\":\"%s\"}", call->realm->issuer);
		ck_assert_int_eq(
		    keys_sign(call, (enum jose_algorithm)algorithm, "test", &payload, &token),
		    RESULT_OK);
		ck_assert(jws_parse(call->arena, token, &jws));
		ck_assert_str_eq(jws.alg, jose_algorithm_name((enum jose_algorithm)algorithm));
		(void)snprintf(kids[algorithm], KID_MAX, "%s", jws.kid);
		(void)snprintf(tokens[algorithm], sizeof(tokens[0]), "%s", token);
	}
}

static void
verifies(struct call *call)
{
	int algorithm;
	const json_t *claims;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++)
		ck_assert_int_eq(
		    keys_verify(call, tokens[algorithm], "test", &claims), KEY_VERDICT_OK);
}

START_TEST(every_algorithm_signs_and_verifies)
{
	store_run(signs);
	store_run(verifies);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'active'"), JOSE_ALGORITHMS);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'next'"), JOSE_ALGORITHMS);
}
END_TEST

static void
publishes_thumbprints(struct call *call)
{
	size_t i;
	const char *error;
	struct text text;
	const json_t *key;
	json_t *set;

	text_init(&text, call->arena, 65536);
	ck_assert_int_eq(keys_write_jwks(call, &text), RESULT_OK);
	set = parse_json(text.data, text.length, &error);
	ck_assert_uint_eq(
	    json_array_size(member_array(set, "keys")), (size_t)(2 * JOSE_ALGORITHMS));
	json_array_foreach(member_array(set, "keys"), i, key)
	{
		ck_assert_str_eq(
		    member_text(key, "kid"), jose_jwk_thumbprint(call->arena, key, &error));
	}
	json_decref(set);
}

START_TEST(z04_kid_is_the_thumbprint)
{
	store_run(publishes_thumbprints);
}
END_TEST

static void
rotates(struct call *call, void *element)
{
	ck_assert_int_eq(keys_rotate(call, false, element), RESULT_OK);
}

START_TEST(z03_many_rotations_at_once_are_one)
{
	unsigned rotated[AT_ONCE] = {0}, sum = 0, i;

	store_sql("UPDATE signing_keys SET created_at = db_now() - interval '61 minutes'");
	store_run_many(AT_ONCE, rotates, rotated, sizeof(rotated[0]));
	for (i = 0; i < AT_ONCE; i++)
		sum += rotated[i];
	ck_assert_uint_eq(sum, JOSE_ALGORITHMS);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM signing_keys"), 3 * JOSE_ALGORITHMS);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'next'"), JOSE_ALGORITHMS);
	ck_assert_int_eq(store_events("keys.rotated"), JOSE_ALGORITHMS);
}
END_TEST

static void
works(struct call *call)
{
	job_rotate_keys.run(call);
	ck_assert_int_eq(call->failure, RESULT_OK);
}

/* Published for an hour before it signs, and signs for 90 days. */
START_TEST(z01_the_job_rotates_what_has_served)
{
	store_run(works);
	ck_assert_int_eq(store_events("keys.rotated"), 0);
	store_sql("UPDATE signing_keys SET activated_at = db_now() - interval '91 days' "
		  "WHERE state = 'active'");
	store_run(works);
	ck_assert_msg(
	    store_events("keys.rotated") == 0, "a key signs that nobody can have read yet");
	store_sql("UPDATE signing_keys SET created_at = db_now() - interval '59 minutes' "
		  "WHERE state = 'next'");
	store_run(works);
	ck_assert_int_eq(store_events("keys.rotated"), 0);
	store_run(signs);
	store_sql("UPDATE signing_keys SET created_at = db_now() - interval '61 minutes' "
		  "WHERE state = 'next'");
	store_run(works);
	ck_assert_int_eq(store_events("keys.rotated"), JOSE_ALGORITHMS);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'next'"), JOSE_ALGORITHMS);
	store_run(verifies);
	store_run(works);
	ck_assert_int_eq(store_events("keys.rotated"), JOSE_ALGORITHMS);
}
END_TEST

static void
revokes_the_active(struct call *call)
{
	ck_assert_int_eq(keys_revoke(call, kids[JOSE_RS256], "it leaked"), RESULT_OK);
	ck_assert_int_eq(keys_revoke(call, kids[JOSE_RS256], "it leaked twice"), RESULT_NOT_FOUND);
	ck_assert_int_eq(keys_revoke(call, "nobody's", "it leaked"), RESULT_NOT_FOUND);
}

static void
refuses_what_it_signed(struct call *call)
{
	const json_t *claims;

	ck_assert_int_eq(
	    keys_verify(call, tokens[JOSE_RS256], "test", &claims), KEY_VERDICT_UNKNOWN_KEY);
	ck_assert_int_eq(keys_verify(call, tokens[JOSE_PS256], "test", &claims), KEY_VERDICT_OK);
}

START_TEST(z02_the_next_key_follows_a_revoked_one)
{
	char old[KID_MAX];
	long long next =
	    store_ask("SELECT hashtext(kid) FROM signing_keys WHERE algorithm = 'RS256' "
		      "AND state = 'next'");

	store_run(signs);
	store_run(verifies);
	(void)snprintf(old, sizeof(old), "%s", kids[JOSE_RS256]);
	store_run(revokes_the_active);
	store_run(refuses_what_it_signed);
	ck_assert_int_eq(store_ask("SELECT hashtext(kid) FROM signing_keys WHERE algorithm = "
				   "'RS256' AND state = 'active'"),
	    next);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE algorithm = 'RS256'"), 3);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'next'"), JOSE_ALGORITHMS);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE kind = 'keys.revoked' AND "
				   "reason = '%s: it leaked'",
			     old),
	    1);
	store_run(publishes_thumbprints);
	store_run(signs);
	ck_assert_str_ne(kids[JOSE_RS256], old);
}
END_TEST

static void
revokes_without_next(struct call *call)
{
	ck_assert_int_eq(keys_revoke(call, kids[JOSE_ES256], "it leaked"), RESULT_CONFLICT);
}

START_TEST(z02_never_without_an_active_key)
{
	store_run(signs);
	store_sql("DELETE FROM signing_keys WHERE algorithm = 'ES256' AND state = 'next'");
	store_run(revokes_without_next);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM signing_keys WHERE state = 'active' AND kid = '%s'",
		kids[JOSE_ES256]),
	    1);
	ck_assert_int_eq(store_events("keys.revoked"), 0);
}
END_TEST

static void
revokes_one(struct call *call, void *element)
{
	*(enum result *)element = keys_revoke(call, kids[JOSE_ES384], "it leaked");
}

START_TEST(z02_many_revocations_at_once_are_one)
{
	enum result results[REVOCATIONS];
	unsigned i, done = 0;

	store_run(signs);
	store_run_many(REVOCATIONS, revokes_one, results, sizeof(results[0]));
	for (i = 0; i < REVOCATIONS; i++)
		done += results[i] == RESULT_OK;
	ck_assert_uint_eq(done, 1);
	ck_assert_int_eq(store_events("keys.revoked"), 1);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM signing_keys WHERE algorithm = 'ES384' "
				   "AND state IN ('active', 'next')"),
	    2);
}
END_TEST

Suite *
suite_db_store_keys(void)
{
	Suite *suite = suite_create("db_store_keys");
	TCase *tests = tcase_create("keys");

	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, every_algorithm_signs_and_verifies);
	tcase_add_test(tests, z04_kid_is_the_thumbprint);
	tcase_add_test(tests, z03_many_rotations_at_once_are_one);
	tcase_add_test(tests, z01_the_job_rotates_what_has_served);
	tcase_add_test(tests, z02_the_next_key_follows_a_revoked_one);
	tcase_add_test(tests, z02_never_without_an_active_key);
	tcase_add_test(tests, z02_many_revocations_at_once_are_one);
	suite_add_tcase(suite, tests);
	return (suite);
}
