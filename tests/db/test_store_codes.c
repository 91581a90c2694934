/* grants/codes.c: sealed codes, redeemed once. */
#include <stdio.h>

#include "queue/partitions.h"
#include "test_store_fixture.h"

enum { AT_ONCE = 50 };

static struct session session;
static char code_text[4096];
static struct uuid code_id;

static void
issues(struct call *call)
{
	struct authorization_code code = {.redirect_uri = "https://app.example/cb",
	    .scope = "openid offline_access",
	    .nonce = NULL,
	    .code_challenge = "abc",
	    .acr = "1",
	    .amr = "pwd"};
	const char *text;

	store_sign_in(call, &session);
	code.client = store.app;
	code.user = session.user_id;
	code.session = session.id;
	code.auth_time = session.auth_time;
	code.expires_at = session.auth_time + call->realm->code_lifetime * 1000000;
	ck_assert_int_eq(codes_issue(call, &code, &text), RESULT_OK);
	ck_assert(text_starts_with(text, "lk_ac_"));
	ck_assert_uint_lt(strlen(text), 400);
	(void)snprintf(code_text, sizeof(code_text), "%s", text);
	code_id = code.id;
}

static void
opens(struct call *call)
{
	struct authorization_code code;
	char *other = arena_string(call->arena, code_text);

	ck_assert(codes_open(call, code_text, &code));
	ck_assert(uuid_equal(&code.id, &code_id));
	ck_assert(uuid_equal(&code.client, &store.app));
	ck_assert(uuid_equal(&code.user, &store.alice.id));
	ck_assert(uuid_equal(&code.session, &session.id));
	ck_assert_str_eq(code.redirect_uri, "https://app.example/cb");
	ck_assert_str_eq(code.scope, "openid offline_access");
	ck_assert_ptr_null(code.nonce);
	ck_assert_str_eq(code.code_challenge, "abc");
	ck_assert_str_eq(code.acr, "1");
	ck_assert_str_eq(code.amr, "pwd");
	ck_assert_int_eq(code.auth_time, session.auth_time);
	ck_assert_int_eq(code.expires_at, session.auth_time + 60000000);
	other[40] = other[40] == 'A' ? 'B' : 'A';
	ck_assert(!codes_open(call, other, &code));
	ck_assert(!codes_open(call, code_text + strlen("lk_ac_"), &code));
	ck_assert(!codes_open(call, "lk_ac_", &code));
	ck_assert(!codes_open(call, "", &code));
}

static void
makes_acme(struct call *call)
{
	struct uuid id;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
}

static void
cannot_open(struct call *call)
{
	struct authorization_code code;
	const char *ignored;

	ck_assert_int_eq(keys_ensure(call), RESULT_OK);
	ck_assert_int_eq(
	    codes_issue(
		call, &(struct authorization_code){.scope = "", .acr = "", .amr = ""}, &ignored),
	    RESULT_OK);
	ck_assert(!codes_open(call, code_text, &code));
}

START_TEST(a_code_is_opened_by_its_realm_only)
{
	store_run(issues);
	store_run(opens);
	store_run(makes_acme);
	store_run_in("acme", cannot_open);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM redeemed_codes"), 0);
}
END_TEST

static enum redeem_verdict
redeem(struct call *call, struct grant *out)
{
	struct client client = store_client(&store.app);
	struct authorization_code code;

	ck_assert(codes_open(call, code_text, &code));
	return (codes_redeem(call, &code, &client, out));
}

static void
redeems(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(redeem(call, &grant), REDEEM_OK);
	ck_assert(uuid_equal(&grant.id, &code_id));
	ck_assert(uuid_equal(&grant.session, &session.id));
	ck_assert_int_eq(grant.generation, 1);
	ck_assert(grant.is_offline);
	ck_assert_str_eq(grant.scope, "openid offline_access");
	ck_assert(store_is_active(call, &grant));
}

static void
redeems_again(struct call *call)
{
	struct grant grant = {.generation = 0};

	ck_assert_int_eq(redeem(call, &grant), REDEEM_USED);
	ck_assert_int_eq(grant.generation, 0);
	ck_assert_str_eq(call->reason, "code.reused");
	grant = (struct grant){.id = code_id};
	ck_assert(!store_is_active(call, &grant));
	ck_assert_int_eq(redeem(call, &grant), REDEEM_USED);
}

START_TEST(t01_a_second_use_revokes_what_the_first_one_got)
{
	store_run(issues);
	store_run(redeems);
	ck_assert_int_eq(store_events("grant.started"), 1);
	store_run(redeems_again);
	ck_assert_int_eq(store_events("code.reused"), 1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE revoked_reason = 'code_reuse'"), 1);
}
END_TEST

static void
redeems_as_one_of_many(struct call *call, void *argument)
{
	enum redeem_verdict *verdict = argument;
	struct grant grant;

	*verdict = redeem(call, &grant);
}

static void
is_revoked(struct call *call)
{
	struct grant grant = {.id = code_id};

	ck_assert(!store_is_active(call, &grant));
}

START_TEST(t02_of_many_at_once_one_wins_and_loses_it)
{
	enum redeem_verdict verdicts[AT_ONCE];
	size_t i, round, won, used;

	for (round = 0; round < 5; round++) {
		store_run(issues);
		store_run_many(AT_ONCE, redeems_as_one_of_many, verdicts, sizeof(verdicts[0]));
		for (i = won = used = 0; i < AT_ONCE; i++) {
			won += verdicts[i] == REDEEM_OK;
			used += verdicts[i] == REDEEM_USED;
		}
		ck_assert_uint_eq(won, 1);
		ck_assert_uint_eq(used, AT_ONCE - 1);
		store_run(is_revoked);
	}
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 5);
}
END_TEST

static void
is_too_late(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(redeem(call, &grant), REDEEM_EXPIRED);
}

static void
is_used(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(redeem(call, &grant), REDEEM_USED);
}

START_TEST(t04_a_late_code_is_refused_and_burnt)
{
	store_run(issues);
	store_shift_clock(61);
	store_run(is_too_late);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE kind = 'code.refused' "
				   "AND reason = 'code_expired' AND client IS NOT NULL"),
	    1);
	store_shift_clock(0);
	store_run(is_used);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 0);
}
END_TEST

static void
maintains(struct call *call)
{
	int64_t changed;

	ck_assert_int_eq(partitions_maintain(call, &changed), RESULT_OK);
}

static void
is_too_late_to_burn(struct call *call)
{
	struct authorization_code code;

	is_too_late(call);
	ck_assert(codes_open(call, code_text, &code));
	ck_assert_int_eq(codes_burn(call, &code, "verifier_wrong"), RESULT_OK);
}

START_TEST(t04_a_code_of_last_week_is_refused_when_its_partition_is_gone)
{
	store_run(issues);
	store_shift_clock(7 * 24 * 3600);
	store_run(maintains);
	store_run(is_too_late_to_burn);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 0);
}
END_TEST

static void
is_not_allowed(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(redeem(call, &grant), REDEEM_NOT_ALLOWED);
}

START_TEST(t08_person_session_and_client_must_be_what_they_were)
{
	static const struct {
		const char *breaks, *mends;
	} cases[] = {
	    {"UPDATE users SET status = 'disabled'", "UPDATE users SET status = 'active'"},
	    {"UPDATE users SET epoch = epoch + 1", "UPDATE users SET epoch = epoch - 1"},
	    {"UPDATE sessions SET ended_at = db_now()", "UPDATE sessions SET ended_at = NULL"},
	    {"UPDATE sessions SET expires_at = db_now()",
		"UPDATE sessions SET expires_at = db_now() + interval '1 day'"},
	    {"UPDATE clients SET status = 'disabled'", "UPDATE clients SET status = 'active'"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		store_run(issues);
		store_sql("%s", cases[i].breaks);
		store_run(is_not_allowed);
		store_sql("%s", cases[i].mends);
		store_run(is_used);
	}
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 0);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE kind = 'code.refused' "
				   "AND reason = 'code_no_longer_allowed'"),
	    (long long)i);
}
END_TEST

static void
burns(struct call *call)
{
	struct authorization_code code;

	ck_assert(codes_open(call, code_text, &code));
	ck_assert_int_eq(codes_burn(call, &code, "code.wrong_verifier"), RESULT_OK);
	ck_assert_int_eq(codes_burn(call, &code, "code.wrong_verifier"), RESULT_OK);
}

START_TEST(t03_a_burnt_code_is_never_redeemed)
{
	store_run(issues);
	store_run(burns);
	store_run(is_used);
	ck_assert_int_eq(store_events("code.refused"), 1);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants"), 0);
}
END_TEST

static void
starts_all_kinds(struct call *call)
{
	struct client client = {.id = store.app};
	struct authorization_code code;
	struct grant grant;

	store_sign_in(call, &session);
	store_code(call, &session, &store.app, "openid offline_access", &code);
	ck_assert_int_eq(codes_redeem(call, &code, &client, &grant), REDEEM_OK);
	ck_assert(!grant.is_offline);
	store_grant(call, &session, &store.app, "openid", &grant);
	store_grant(call, &session, &store.app, "openid offline_access", &grant);
}

/* One access token; as long as the session; the refresh lifetimes. */
START_TEST(a_grant_lives_as_long_as_it_is_for)
{
	store_run(starts_all_kinds);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants WHERE expires_at - created_at = "
				   "interval '300 seconds' AND idle_expires_at = expires_at"),
	    1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants g JOIN sessions s ON s.id = "
		      "g.session_id WHERE NOT is_offline AND g.expires_at = s.expires_at "
		      "AND g.idle_expires_at = s.expires_at"),
	    1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE is_offline AND expires_at - "
		      "created_at = interval '90 days' AND idle_expires_at - created_at "
		      "= interval '14 days'"),
	    1);
}
END_TEST

static void
cannot_redeem(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(redeem(call, &grant), REDEEM_FAILED);
	ck_assert_int_ne(call->failure, RESULT_OK);
}

START_TEST(without_a_database_nothing_is_granted)
{
	store_run(issues);
	db_stop();
	store_run(cannot_redeem);
}
END_TEST

Suite *suite_db_store_codes(void);

Suite *
suite_db_store_codes(void)
{
	Suite *suite = suite_create("db_store_codes");
	TCase *tests = tcase_create("codes");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, t04_a_code_of_last_week_is_refused_when_its_partition_is_gone);
	tcase_add_test(tests, a_code_is_opened_by_its_realm_only);
	tcase_add_test(tests, t01_a_second_use_revokes_what_the_first_one_got);
	tcase_add_test(tests, t02_of_many_at_once_one_wins_and_loses_it);
	tcase_add_test(tests, t03_a_burnt_code_is_never_redeemed);
	tcase_add_test(tests, t04_a_late_code_is_refused_and_burnt);
	tcase_add_test(tests, t08_person_session_and_client_must_be_what_they_were);
	tcase_add_test(tests, a_grant_lives_as_long_as_it_is_for);
	tcase_add_test(tests, without_a_database_nothing_is_granted);
	suite_add_tcase(suite, tests);
	return (suite);
}
