/* grants/consents.c: withdrawing; clients/clients.c: disabling. Both end what a client was given.
 */
#include "test_store_fixture.h"

static struct session session;
static struct grant online, offline, elsewhere;

static void
starts(struct call *call)
{
	store_sign_in(call, &session);
	store_grant(call, &session, &store.app, "openid", &online);
	store_grant(call, &session, &store.app, "openid offline_access", &offline);
	store_grant(call, &session, &store.page, "openid", &elsewhere);
	ck_assert_int_eq(consents_remember(call, &store.alice.id, &store.app, "openid"), RESULT_OK);
}

static void
withdraws(struct call *call)
{
	ck_assert_int_eq(
	    consents_withdraw(call, &store.alice.id, &store.app, "command_line"), RESULT_OK);
	ck_assert(!store_is_active(call, &online));
	ck_assert(!store_is_active(call, &offline));
	ck_assert(store_is_active(call, &elsewhere));
	ck_assert_int_eq(
	    consents_withdraw(call, &store.alice.id, &store.app, "command_line"), RESULT_NOT_FOUND);
	ck_assert_int_eq(call->failure, RESULT_OK);
}

START_TEST(f05_withdrawing_revokes_what_that_client_was_given)
{
	store_run(starts);
	store_run(withdraws);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM consents"), 0);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE kind = 'consent.withdrawn' "
				   "AND reason = 'command_line' AND user_id IS NOT NULL AND client "
				   "IS NOT NULL"),
	    1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE revoked_reason = 'consent_withdrawn'"), 2);
}
END_TEST

static enum redeem_verdict
redeem_asking(struct call *call)
{
	struct client client = store_client(&store.app);
	struct authorization_code code;
	struct grant grant;

	client.policy.skip_consent = false;
	store_code(call, &session, &store.app, "openid", &code);
	return (codes_redeem(call, &code, &client, &grant));
}

static void
redeems_with_consent(struct call *call)
{
	ck_assert_int_eq(redeem_asking(call), REDEEM_OK);
}

static void
redeems_without_consent(struct call *call)
{
	ck_assert_int_eq(redeem_asking(call), REDEEM_NOT_ALLOWED);
}

START_TEST(f05_a_code_does_not_outlive_the_consent)
{
	store_run(starts);
	store_run(redeems_with_consent);
	store_run(withdraws);
	store_run(redeems_without_consent);
}
END_TEST

static bool withdraws_now[20];

static void
redeems_or_withdraws(struct call *call, void *element)
{
	const bool *withdraws_it = element;

	if (*withdraws_it)
		ck_assert_int_eq(
		    consents_withdraw(call, &store.alice.id, &store.app, "command_line"),
		    RESULT_OK);
	else
		(void)redeem_asking(call);
}

START_TEST(f05_nothing_that_is_being_started_survives_a_withdrawal)
{
	withdraws_now[10] = true;
	store_run(starts);
	store_run_many(sizeof(withdraws_now) / sizeof(withdraws_now[0]), redeems_or_withdraws,
	    withdraws_now, sizeof(withdraws_now[0]));
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants g JOIN clients c ON c.id = g.client "
		      "WHERE c.client_id = 'app' AND g.revoked_at IS NULL"),
	    0);
}
END_TEST

static void
disables(struct call *call)
{
	ck_assert_int_eq(clients_set_status(call, "app", false, "command_line"), RESULT_OK);
	ck_assert_int_eq(clients_set_status(call, "app", false, "command_line"), RESULT_OK);
	ck_assert_int_eq(clients_set_status(call, "none", false, "x"), RESULT_NOT_FOUND);
	ck_assert(!store_is_active(call, &online));
	ck_assert(!store_is_active(call, &offline));
	ck_assert(store_is_active(call, &elsewhere));
}

static void
enables(struct call *call)
{
	struct grant fresh;

	ck_assert_int_eq(clients_set_status(call, "app", true, "command_line"), RESULT_OK);
	ck_assert(!store_is_active(call, &online));
	ck_assert(!store_is_active(call, &offline));
	store_grant(call, &session, &store.app, "openid", &fresh);
	ck_assert(store_is_active(call, &fresh));
	ck_assert_int_eq(clients_set_status(call, "app", true, "command_line"), RESULT_OK);
	ck_assert(store_is_active(call, &fresh));
}

START_TEST(f05_what_a_disabled_client_was_given_stays_over_when_it_is_enabled)
{
	store_run(starts);
	store_run(disables);
	store_run(enables);
	ck_assert_int_eq(store_events("client.disabled"), 1);
	ck_assert_int_eq(store_events("client.enabled"), 1);
}
END_TEST

Suite *suite_db_store_consents(void);

Suite *
suite_db_store_consents(void)
{
	Suite *suite = suite_create("db_store_consents");
	TCase *tests = tcase_create("consents");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, f05_withdrawing_revokes_what_that_client_was_given);
	tcase_add_test(tests, f05_a_code_does_not_outlive_the_consent);
	tcase_add_test(tests, f05_nothing_that_is_being_started_survives_a_withdrawal);
	tcase_add_test(tests, f05_what_a_disabled_client_was_given_stays_over_when_it_is_enabled);
	suite_add_tcase(suite, tests);
	return (suite);
}
