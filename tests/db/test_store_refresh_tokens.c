/* grants/refresh_tokens.c: rotation, retry, reuse. */
#include <stdio.h>

#include "test_store_fixture.h"

enum { AT_ONCE = 50, HOUR = 3600, DAY = 24 * HOUR };

static struct session session;
static struct grant first; /* strings of it do not outlive the call */
static char texts[8][96];  /* by generation */

static void
keep_text(struct call *call, const struct grant *grant)
{
	const char *text;

	ck_assert_int_eq(refresh_tokens_create(call, grant, &text), RESULT_OK);
	ck_assert_uint_eq(strlen(text), strlen("lk_rt_") + 72);
	(void)snprintf(texts[grant->generation], sizeof(texts[0]), "%s", text);
}

static void
starts_with_scope(struct call *call, const char *scope)
{
	store_sign_in(call, &session);
	store_grant(call, &session, &store.app, scope, &first);
	keep_text(call, &first);
}

static void
starts(struct call *call)
{
	starts_with_scope(call, "openid");
}

static void
starts_offline(struct call *call)
{
	starts_with_scope(call, "openid offline_access");
}

static enum refresh_verdict
use(struct call *call, int generation, struct grant *out)
{
	struct client app = store_client(&store.app);
	struct refresh_token token;

	ck_assert(refresh_tokens_open(call, texts[generation], &token));
	ck_assert(uuid_equal(&token.grant, &first.id));
	ck_assert_int_eq(token.generation, generation);
	return (refresh_tokens_use(call, &token, &app, out));
}

static void
rotates(struct call *call)
{
	struct grant grant;
	const char *again;

	ck_assert_int_eq(use(call, 1, &grant), REFRESH_OK);
	ck_assert_int_eq(grant.generation, 2);
	ck_assert(uuid_equal(&grant.id, &first.id));
	ck_assert(uuid_equal(&grant.client, &store.app));
	ck_assert(uuid_equal(&grant.user, &store.alice.id));
	ck_assert(uuid_equal(&grant.session, &session.id));
	ck_assert_str_eq(grant.scope, "openid");
	ck_assert_str_eq(grant.acr, "1");
	ck_assert_str_eq(grant.amr, "pwd");
	ck_assert_int_eq(grant.auth_time, session.auth_time);
	keep_text(call, &grant);
	ck_assert_str_ne(texts[1], texts[2]);
	ck_assert_int_eq(refresh_tokens_create(call, &grant, &again), RESULT_OK);
	ck_assert_str_eq(texts[2], again);
}

static void
retries(struct call *call)
{
	struct grant grant;
	const char *text;

	ck_assert_int_eq(use(call, 1, &grant), REFRESH_RETRIED);
	ck_assert_int_eq(grant.generation, 2);
	ck_assert_int_eq(refresh_tokens_create(call, &grant, &text), RESULT_OK);
	ck_assert_str_eq(text, texts[2]);
	ck_assert(store_is_active(call, &grant));
}

START_TEST(f02_a_retry_gets_the_same_successor)
{
	store_run(starts);
	store_run(rotates);
	store_run(retries);
	store_run(retries);
	ck_assert_int_eq(store_ask("SELECT generation FROM grants"), 2);
}
END_TEST

static void
reuses_first(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(use(call, 1, &grant), REFRESH_REUSED);
	ck_assert_str_eq(call->reason, "refresh_token.reused");
	ck_assert(!store_is_active(call, &first));
}

static void
second_is_dead(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(use(call, 2, &grant), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.revoked");
}

START_TEST(f01_reuse_past_the_window_revokes_the_family)
{
	store_run(starts);
	store_run(rotates);
	store_shift_clock(11);
	store_run(reuses_first);
	store_run(second_is_dead);
	ck_assert_int_eq(store_events("refresh_token.reused"), 1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE revoked_reason = 'refresh_token_reuse'"),
	    1);
}
END_TEST

static void
rotates_second(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(use(call, 2, &grant), REFRESH_OK);
	ck_assert_int_eq(grant.generation, 3);
}

/* The successor was used: whoever comes with its parent is not the one who lost an answer. */
START_TEST(f01_the_window_covers_one_generation_only)
{
	store_run(starts);
	store_run(rotates);
	store_run(rotates_second);
	store_run(reuses_first);
}
END_TEST

static void
comes_late(struct call *call)
{
	struct grant grant;

	/* It had begun to write when its client went away. */
	call->is_writing = true;
	call->cancelled = true;
	ck_assert_int_eq(use(call, 1, &grant), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.late");
}

START_TEST(f02_a_late_request_whose_client_has_gone_ends_no_family)
{
	store_run(starts);
	store_run(rotates);
	store_run(rotates_second);
	store_run(comes_late);
	ck_assert_int_eq(store_events("refresh_token.reused"), 0);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants WHERE revoked_at IS NULL"), 1);
}
END_TEST

START_TEST(f01_without_a_window_a_retry_is_reuse)
{
	store_sql("UPDATE realms SET settings = '{\"refresh_retry_window\": 0}'");
	/* A realm that nobody has cached yet. */
	realms_start("http://localhost:8080");
	store_run(starts);
	store_run(rotates);
	store_run(reuses_first);
}
END_TEST

START_TEST(f03_a_restart_forgets_nothing)
{
	store_run(starts);
	store_run(rotates);
	store_sql("UPDATE grants SET rotated_at = rotated_at - interval '1 minute'");
	db_stop();
	store_shift_clock(0);
	store_run(reuses_first);
	store_run(second_is_dead);
}
END_TEST

struct one_of_many {
	enum refresh_verdict verdict;
	char text[96];
};

static void
refreshes_as_one_of_many(struct call *call, void *argument)
{
	struct one_of_many *one = argument;
	struct grant grant;
	const char *text;

	one->verdict = use(call, 1, &grant);
	if (one->verdict != REFRESH_OK && one->verdict != REFRESH_RETRIED)
		return;
	ck_assert_int_eq(refresh_tokens_create(call, &grant, &text), RESULT_OK);
	(void)snprintf(one->text, sizeof(one->text), "%s", text);
}

START_TEST(f02_many_at_once_leave_one_generation)
{
	struct one_of_many all[AT_ONCE];
	size_t i, rotated = 0, retried = 0;

	memset(all, 0, sizeof(all));
	store_run(starts);
	store_run_many(AT_ONCE, refreshes_as_one_of_many, all, sizeof(all[0]));
	for (i = 0; i < AT_ONCE; i++) {
		rotated += all[i].verdict == REFRESH_OK;
		retried += all[i].verdict == REFRESH_RETRIED;
		ck_assert_str_eq(all[i].text, all[0].text);
	}
	ck_assert_uint_eq(rotated, 1);
	ck_assert_uint_eq(retried, AT_ONCE - 1);
	ck_assert_int_eq(store_ask("SELECT generation FROM grants"), 2);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants WHERE revoked_at IS NOT NULL"), 0);
}
END_TEST

static enum refresh_verdict
look(struct call *call, int32_t generation, const struct uuid *client,
    struct refresh_token_view *out)
{
	struct refresh_token token = {.grant = first.id, .generation = generation};
	struct client asking = store_client(client == NULL ? &store.app : client);
	enum refresh_verdict verdict =
	    refresh_tokens_look(call, &token, client == NULL ? NULL : &asking, out);

	ck_assert(!call->is_writing);
	ck_assert_int_eq(call->failure, RESULT_OK);
	return (verdict);
}

static void
looks_at_first(struct call *call)
{
	struct refresh_token_view view;

	ck_assert_int_eq(look(call, 1, &store.app, &view), REFRESH_OK);
	ck_assert_int_eq(look(call, 1, NULL, &view), REFRESH_OK);
	ck_assert(uuid_equal(&view.grant.id, &first.id));
	ck_assert(uuid_equal(&view.grant.client, &store.app));
	ck_assert(uuid_equal(&view.grant.user, &store.alice.id));
	ck_assert_str_eq(view.grant.scope, "openid");
	ck_assert_int_eq(view.grant.generation, 1);
	ck_assert_str_eq(view.login, "alice");
	/* At most the session's: it is not offline. */
	ck_assert_int_eq(view.expires_at - view.issued_at <= INT64_C(1000000) * DAY, 1);
	ck_assert_int_gt(view.expires_at, view.issued_at);
	ck_assert_int_eq(look(call, 1, &store.page, &view), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.other_client");
	ck_assert_int_eq(look(call, 2, &store.app, &view), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.future_generation");
}

static void
looks_at_spent(struct call *call)
{
	struct refresh_token_view view;

	ck_assert_int_eq(look(call, 1, &store.app, &view), REFRESH_RETRIED);
	ck_assert_int_eq(view.grant.generation, 2);
	ck_assert_int_eq(look(call, 2, &store.app, &view), REFRESH_OK);
}

static void
looks_at_reused(struct call *call)
{
	struct refresh_token_view view;

	ck_assert_int_eq(look(call, 1, &store.app, &view), REFRESH_REUSED);
	ck_assert_int_eq(look(call, 2, &store.app, &view), REFRESH_OK);
	ck_assert(store_is_active(call, &first));
}

static void
looks_in_vain(struct call *call)
{
	struct refresh_token token = {.grant = store.app, .generation = 1};
	struct refresh_token_view view;

	ck_assert_int_eq(look(call, 2, &store.app, &view), REFRESH_REFUSED);
	ck_assert_int_eq(refresh_tokens_look(call, &token, NULL, &view), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.unknown");
}

START_TEST(a_look_tells_what_a_token_is_worth_and_changes_nothing)
{
	store_run(starts);
	store_run(looks_at_first);
	store_run(looks_at_first);
	store_run(rotates);
	store_run(looks_at_spent);
	store_shift_clock(11);
	store_run(looks_at_reused);
	ck_assert_int_eq(store_ask("SELECT generation FROM grants WHERE revoked_at IS NULL"), 2);
	ck_assert_int_eq(store_events("refresh_token.reused"), 0);
	store_sql("UPDATE users SET status = 'disabled'");
	store_run(looks_in_vain);
	store_sql("UPDATE users SET status = 'active'");
	store_sql("UPDATE grants SET revoked_at = db_now()");
	store_run(looks_in_vain);
}
END_TEST

static void
is_another_client(struct call *call)
{
	struct client app = store_client(&store.app), page = store_client(&store.page);
	struct refresh_token token;
	struct grant grant;

	ck_assert(refresh_tokens_open(call, texts[1], &token));
	ck_assert_int_eq(refresh_tokens_use(call, &token, &page, &grant), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.other_client");
	ck_assert(store_is_active(call, &first));
	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_OK);
}

START_TEST(another_clients_token_is_refused)
{
	store_run(starts);
	store_run(is_another_client);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM events e JOIN clients c ON c.id = e.client "
		      "WHERE e.kind = 'refresh_token.refused' AND c.client_id = "
		      "'page' AND user_id IS NOT NULL AND session_id IS NOT NULL"),
	    1);
}
END_TEST

static void
is_of_the_future(struct call *call)
{
	struct client app = store_client(&store.app);
	struct refresh_token token = {.grant = first.id, .generation = 5};
	struct grant grant;

	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.future_generation");
	ck_assert(store_is_active(call, &first));
	token.grant = store.app;
	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_REFUSED);
	ck_assert_str_eq(call->reason, "refresh_token.unknown");
}

START_TEST(a_generation_of_the_future_is_only_refused)
{
	store_run(starts);
	store_run(is_of_the_future);
}
END_TEST

static void
keeps(struct call *call)
{
	struct client app = store_client(&store.app);
	struct refresh_token token;
	struct grant grant;

	app.policy.keeps_refresh_tokens = true;
	ck_assert(refresh_tokens_open(call, texts[1], &token));
	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_OK);
	ck_assert_int_eq(grant.generation, 1);
	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_OK);
	token.generation = 2;
	ck_assert_int_eq(refresh_tokens_use(call, &token, &app, &grant), REFRESH_REFUSED);
}

START_TEST(a_client_that_is_bound_keeps_its_token)
{
	store_run(starts_offline);
	store_shift_clock(DAY);
	store_run(keeps);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE idle_expires_at - created_at > "
		      "interval '14 days 23 hours'"),
	    1);
}
END_TEST

static void
is_refused(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(use(call, 1, &grant), REFRESH_REFUSED);
}

static void
is_accepted(struct call *call)
{
	struct grant grant;

	ck_assert_int_eq(use(call, 1, &grant), REFRESH_OK);
}

START_TEST(t08_person_client_session_and_time_are_asked_each_time)
{
	static const struct {
		const char *breaks, *mends;
	} cases[] = {
	    {"UPDATE users SET status = 'disabled'", "UPDATE users SET status = 'active'"},
	    {"UPDATE users SET epoch = epoch + 1", "UPDATE users SET epoch = epoch - 1"},
	    {"UPDATE sessions SET ended_at = db_now()", "UPDATE sessions SET ended_at = NULL"},
	    {"UPDATE clients SET status = 'disabled'", "UPDATE clients SET status = 'active'"},
	    {"UPDATE grants SET idle_expires_at = db_now()",
		"UPDATE grants SET idle_expires_at = expires_at"},
	};
	size_t i;

	store_run(starts);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		store_sql("%s", cases[i].breaks);
		store_run(is_refused);
		store_sql("%s", cases[i].mends);
	}
	store_run(is_accepted);
	ck_assert_int_eq(store_ask("SELECT generation FROM grants"), 2);
}
END_TEST

/* A retry asks for the same as a first use. */
START_TEST(t08_a_retry_of_a_disabled_user_is_refused)
{
	store_run(starts);
	store_run(rotates);
	store_sql("UPDATE users SET status = 'disabled'");
	store_run(is_refused);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants WHERE revoked_at IS NOT NULL"), 0);
}
END_TEST

START_TEST(f05_what_is_not_offline_ends_with_the_session)
{
	store_run(starts);
	store_shift_clock(DAY - 60);
	store_run(is_accepted);
	store_sql("UPDATE grants SET generation = 1, rotated_at = NULL");
	store_shift_clock(DAY + 1);
	store_run(is_refused);
}
END_TEST

START_TEST(f05_offline_outlives_the_session_until_its_own_limits)
{
	store_run(starts_offline);
	store_sql("UPDATE sessions SET ended_at = db_now(), ended_reason = 'sign_out'");
	store_shift_clock(13 * DAY);
	store_run(is_accepted);
	store_sql("UPDATE grants SET generation = 1, rotated_at = NULL");
	store_shift_clock(28 * DAY);
	store_run(is_refused);
	store_sql("UPDATE grants SET idle_expires_at = expires_at");
	store_shift_clock(89 * DAY);
	store_run(is_accepted);
	store_sql("UPDATE grants SET generation = 1, rotated_at = NULL");
	store_shift_clock(91 * DAY);
	store_run(is_refused);
}
END_TEST

static void
makes_acme(struct call *call)
{
	struct uuid id;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
}

static void
opens_forgeries(struct call *call)
{
	struct refresh_token token;
	const char *text;
	char *forged;
	size_t i;

	ck_assert(refresh_tokens_open(call, texts[1], &token));
	for (i = strlen("lk_rt_"); i < strlen(texts[1]); i++) {
		forged = arena_string(call->arena, texts[1]);
		forged[i] = forged[i] == 'A' ? 'B' : 'A';
		ck_assert_msg(!refresh_tokens_open(call, forged, &token), "at %zu", i);
	}
	text = arena_format(call->arena, "%sA", texts[1]);
	ck_assert(!refresh_tokens_open(call, text, &token));
	text = arena_substring(call->arena, texts[1], strlen(texts[1]) - 1);
	ck_assert(!refresh_tokens_open(call, text, &token));
	ck_assert(!refresh_tokens_open(call, texts[1] + strlen("lk_rt_"), &token));
	ck_assert(!refresh_tokens_open(call, "lk_rt_", &token));
	ck_assert_int_eq(call->failure, RESULT_OK);
}

static void
cannot_open(struct call *call)
{
	struct refresh_token token;
	struct grant grant = {.generation = 1};
	const char *text;

	ck_assert_int_eq(keys_ensure(call), RESULT_OK);
	ck_assert_int_eq(refresh_tokens_create(call, &grant, &text), RESULT_OK);
	ck_assert(!refresh_tokens_open(call, texts[1], &token));
}

START_TEST(a_token_is_opened_unchanged_and_by_its_realm_only)
{
	store_run(starts);
	store_run(opens_forgeries);
	store_run(makes_acme);
	store_run_in("acme", cannot_open);
}
END_TEST

static PGconn *signing_in_again;

/* What sessions_create does to a person's session and grants, not committed yet. */
static void
begins_to_sign_in_again(void)
{
	signing_in_again = database_connect(&store.database);
	session_execute(signing_in_again, "BEGIN");
	session_execute(signing_in_again,
	    "WITH ended AS (UPDATE sessions SET ended_at = db_now() RETURNING *) "
	    "INSERT INTO sessions (realm_id, id, digest, user_id, user_epoch, amr, acr, "
	    "idle_expires_at, expires_at) SELECT realm_id, gen_random_uuid(), sha256('new'), "
	    "user_id, user_epoch, amr, acr, idle_expires_at, expires_at FROM ended");
	session_execute(signing_in_again,
	    "UPDATE grants SET session_id = (SELECT id FROM sessions WHERE ended_at IS NULL)");
}

static void
refreshes_meanwhile(struct call *call, enum refresh_verdict *verdict)
{
	struct grant grant;

	*verdict = use(call, 1, &grant);
	if (*verdict == REFRESH_OK)
		ck_assert_int_eq(grant.generation, 2);
}

/* Once the other one waits for the row. */
static void
ends_signing_in(struct call *call)
{
	struct user user;

	while (store_ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
			 "AND datname = current_database()") == 0)
		ck_assert_int_eq(users_find(call, &store.alice.id, &user), RESULT_OK);
	session_execute(signing_in_again, "COMMIT");
	PQfinish(signing_in_again);
}

static void
does_one_of_both(struct call *call, void *argument)
{
	enum refresh_verdict *verdict = argument;

	if (*verdict == REFRESH_FAILED)
		refreshes_meanwhile(call, verdict);
	else
		ends_signing_in(call);
}

START_TEST(f02_a_refresh_that_meets_a_new_sign_in_of_its_person_is_good)
{
	enum refresh_verdict verdicts[] = {REFRESH_FAILED, REFRESH_OK};

	store_run(starts);
	begins_to_sign_in_again();
	store_run_many(2, does_one_of_both, verdicts, sizeof(verdicts[0]));
	ck_assert_int_eq(verdicts[0], REFRESH_OK);
}
END_TEST

Suite *suite_db_store_refresh_tokens(void);

Suite *
suite_db_store_refresh_tokens(void)
{
	Suite *suite = suite_create("db_store_refresh_tokens");
	TCase *tests = tcase_create("refresh_tokens");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, f02_a_retry_gets_the_same_successor);
	tcase_add_test(tests, f01_reuse_past_the_window_revokes_the_family);
	tcase_add_test(tests, f01_the_window_covers_one_generation_only);
	tcase_add_test(tests, f01_without_a_window_a_retry_is_reuse);
	tcase_add_test(tests, f02_a_late_request_whose_client_has_gone_ends_no_family);
	tcase_add_test(tests, f02_many_at_once_leave_one_generation);
	tcase_add_test(tests, f02_a_refresh_that_meets_a_new_sign_in_of_its_person_is_good);
	tcase_add_test(tests, f03_a_restart_forgets_nothing);
	tcase_add_test(tests, a_look_tells_what_a_token_is_worth_and_changes_nothing);
	tcase_add_test(tests, another_clients_token_is_refused);
	tcase_add_test(tests, a_generation_of_the_future_is_only_refused);
	tcase_add_test(tests, a_client_that_is_bound_keeps_its_token);
	tcase_add_test(tests, t08_person_client_session_and_time_are_asked_each_time);
	tcase_add_test(tests, t08_a_retry_of_a_disabled_user_is_refused);
	tcase_add_test(tests, f05_what_is_not_offline_ends_with_the_session);
	tcase_add_test(tests, f05_offline_outlives_the_session_until_its_own_limits);
	tcase_add_test(tests, a_token_is_opened_unchanged_and_by_its_realm_only);
	suite_add_tcase(suite, tests);
	return (suite);
}
