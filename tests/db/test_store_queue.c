/* queue/: what ended long ago goes, what lives or ended lately stays; partitions are made once. */
#include "queue/expired.h"
#include "queue/partitions.h"
#include "test_store_fixture.h"

enum { DAY = 24 * 3600 };

static int64_t expected_sessions, expected_grants;

static void
signs_in_with_a_grant(struct call *call)
{
	struct session session;
	struct grant grant;

	store_sign_in(call, &session);
	store_grant(call, &session, &store.app, "openid", &grant);
}

static void
sweeps(struct call *call)
{
	int64_t sessions = -1, grants = -1;

	ck_assert_int_eq(expired_sessions_delete(call, &sessions), RESULT_OK);
	ck_assert_int_eq(expired_grants_delete(call, &grants), RESULT_OK);
	ck_assert_int_eq(sessions, expected_sessions);
	ck_assert_int_eq(grants, expected_grants);
}

static void
expect_swept(int64_t sessions, int64_t grants)
{
	expected_sessions = sessions;
	expected_grants = grants;
	store_run(sweeps);
}

/* The session ends within a day, the grant 14 days after its last use. */
static void
begin(void)
{
	store_run(signs_in_with_a_grant);
	store_sql("UPDATE grants SET idle_expires_at = db_now() + interval '14 days', "
		  "expires_at = db_now() + interval '90 days'");
}

START_TEST(what_ended_long_ago_goes)
{
	begin();
	expect_swept(0, 0);
	store_shift_clock(29 * DAY);
	expect_swept(0, 0);
	store_shift_clock(32 * DAY);
	expect_swept(1, 0);
	store_shift_clock(46 * DAY);
	expect_swept(0, 1);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM sessions"), 0);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 0);
}
END_TEST

START_TEST(what_lives_long_stays)
{
	store_run(signs_in_with_a_grant);
	store_sql("UPDATE sessions SET idle_expires_at = db_now() + interval '1 year', "
		  "expires_at = db_now() + interval '1 year'");
	store_sql("UPDATE grants SET idle_expires_at = db_now() + interval '1 year', "
		  "expires_at = db_now() + interval '1 year'");
	store_shift_clock(100 * DAY);
	expect_swept(0, 0);
	store_sql("UPDATE grants SET revoked_at = idle_expires_at - interval '1 year'");
	expect_swept(0, 1);
}
END_TEST

START_TEST(a_session_that_nobody_visits_keeps_its_apps)
{
	store_run(signs_in_with_a_grant);
	store_sql("UPDATE sessions SET expires_at = db_now() + interval '90 days'");
	store_sql("UPDATE grants SET idle_expires_at = db_now() + interval '90 days', "
		  "expires_at = db_now() + interval '90 days'");
	store_shift_clock(60 * DAY);
	expect_swept(0, 0);
	store_shift_clock(122 * DAY);
	expect_swept(1, 1);
}
END_TEST

START_TEST(a_batch_has_a_limit)
{
	begin();
	store_sql("INSERT INTO sessions (realm_id, id, digest, user_id, user_epoch, amr, acr, "
		  "idle_expires_at, expires_at) SELECT realm_id, gen_random_uuid(), "
		  "sha256(n::text::bytea), user_id, user_epoch, amr, acr, idle_expires_at, "
		  "expires_at FROM sessions, generate_series(1, %d) n",
	    EXPIRED_BATCH);
	store_sql("UPDATE sessions SET id = ('00000000' || substr(id::text, 9))::uuid");
	store_shift_clock(32 * DAY);
	expect_swept(EXPIRED_BATCH, 0);
	expect_swept(1, 0);
}
END_TEST

static void
sweeps_another_realm(struct call *call)
{
	int64_t sessions = -1;

	ck_assert_int_eq(expired_sessions_delete(call, &sessions), RESULT_OK);
	ck_assert_int_eq(sessions, 0);
}

static void
creates_another_realm(struct call *call)
{
	struct uuid id;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
}

START_TEST(a_realm_sweeps_its_own)
{
	store_run(signs_in_with_a_grant);
	store_run(creates_another_realm);
	store_shift_clock(60 * DAY);
	store_run_in("acme", sweeps_another_realm);
	expect_swept(1, 1);
}
END_TEST

static int64_t changed;

static void
maintains(struct call *call)
{
	ck_assert_int_eq(partitions_maintain(call, &changed), RESULT_OK);
}

START_TEST(partitions_come_and_go)
{
	const char *codes = "SELECT count(*) FROM pg_inherits "
			    "WHERE inhparent = 'redeemed_codes'::regclass";
	long long before = store_ask("%s", codes);

	store_run(maintains);
	ck_assert_int_eq(changed, 0);
	ck_assert_int_eq(store_ask("%s", codes), before);
	store_shift_clock(20 * DAY);
	store_run(maintains);
	ck_assert_int_gt(changed, 0);
	/* As many ahead as before, and the few days that are kept. */
	ck_assert_int_ge(store_ask("%s", codes), before);
	ck_assert_int_le(store_ask("%s", codes), before + 3);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM pg_class WHERE relname = 'redeemed_codes_' "
		      "|| to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')"),
	    0);
}
END_TEST

Suite *suite_db_store_queue(void);

Suite *
suite_db_store_queue(void)
{
	Suite *suite = suite_create("db_store_queue");
	TCase *queue = tcase_create("queue");

	tcase_set_timeout(queue, 60);
	tcase_add_checked_fixture(queue, store_setup, store_teardown);
	tcase_add_test(queue, what_ended_long_ago_goes);
	tcase_add_test(queue, what_lives_long_stays);
	tcase_add_test(queue, a_session_that_nobody_visits_keeps_its_apps);
	tcase_add_test(queue, a_batch_has_a_limit);
	tcase_add_test(queue, a_realm_sweeps_its_own);
	tcase_add_test(queue, partitions_come_and_go);
	suite_add_tcase(suite, queue);
	return (suite);
}
