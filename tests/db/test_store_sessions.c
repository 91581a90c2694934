/* sessions/: creating, finding, limits, ending; and consents, which sessions_find reads. */
#include <stdio.h>

#include "test_store_fixture.h"

enum { HOUR = 3600 };

static char cookie[64];
static struct session session;
static struct grant online, offline;

static void
signs_in(struct call *call)
{
	const char *value = store_sign_in(call, &session);

	(void)snprintf(cookie, sizeof(cookie), "%s", value);
	ck_assert_uint_eq(strlen(cookie), 43);
}

static void
is_signed_in(struct call *call)
{
	struct session_view view;

	ck_assert_int_eq(sessions_find(call, cookie, &store.app, &view), RESULT_OK);
	ck_assert(uuid_equal(&view.session.id, &session.id));
	ck_assert(uuid_equal(&view.session.user_id, &store.alice.id));
	ck_assert_int_eq(view.session.auth_time, session.auth_time);
	ck_assert_str_eq(view.session.amr, "pwd");
	ck_assert_str_eq(view.session.acr, "1");
	ck_assert_str_eq(view.user.login, "alice");
	ck_assert_str_eq(view.user.email, "alice@example.org");
	ck_assert_int_eq(view.user.epoch, 1);
	ck_assert_int_ge(view.now, session.auth_time);
	ck_assert(!call->is_writing);
}

static void
is_not_signed_in(struct call *call)
{
	struct session_view view;

	ck_assert_int_eq(sessions_find(call, cookie, NULL, &view), RESULT_NOT_FOUND);
}

static void
tries_other_cookies(struct call *call)
{
	char hex[65], other[64];
	struct session_view view;

	ck_assert_int_eq(sessions_find(call, "", NULL, &view), RESULT_NOT_FOUND);
	ck_assert_int_eq(sessions_find(call, "x", NULL, &view), RESULT_NOT_FOUND);
	memset(hex, 'a', 64);
	hex[64] = '\0';
	ck_assert_int_eq(sessions_find(call, hex, NULL, &view), RESULT_NOT_FOUND);
	memcpy(other, cookie, sizeof(other));
	other[10] = other[10] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(sessions_find(call, other, NULL, &view), RESULT_NOT_FOUND);
}

START_TEST(a_cookie_stands_for_a_session)
{
	store_run(signs_in);
	store_run(is_signed_in);
	store_run(tries_other_cookies);
	ck_assert_int_eq(store_events("sign_in.succeeded"), 1);
}
END_TEST

/* S-04: what stands in the database opens nothing. */
START_TEST(s04_only_the_hash_is_stored)
{
	store_run(signs_in);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM sessions WHERE "
				   "digest = sha256(convert_to('%s', 'UTF8'))",
			     cookie),
	    1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM sessions s WHERE s::text LIKE '%%%s%%'", cookie), 0);
}
END_TEST

START_TEST(s05_idle_limit)
{
	store_run(signs_in);
	store_shift_clock(8 * HOUR - 60);
	store_run(is_signed_in);
	store_shift_clock(17 * HOUR);
	store_run(is_not_signed_in);
}
END_TEST

static bool
idle_limit_has_moved(void)
{
	return (store_ask("SELECT count(*) FROM sessions WHERE idle_expires_at > "
			  "created_at + interval '8 hours 30 minutes'") == 1);
}

START_TEST(s05_a_visit_extends_the_idle_limit_in_the_background)
{
	store_run(signs_in);
	store_shift_clock(HOUR / 2);
	store_run(is_signed_in);
	ck_assert(!idle_limit_has_moved());
	store_shift_clock(HOUR);
	store_run(is_signed_in);
	loop_until(idle_limit_has_moved);
}
END_TEST

START_TEST(s05_absolute_limit)
{
	store_run(signs_in);
	store_sql("UPDATE sessions SET idle_expires_at = expires_at");
	store_shift_clock(24 * HOUR - 60);
	store_run(is_signed_in);
	store_shift_clock(24 * HOUR + 1);
	store_run(is_not_signed_in);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM sessions WHERE idle_expires_at > expires_at"), 0);
}
END_TEST

START_TEST(a_disabled_user_is_not_signed_in)
{
	store_run(signs_in);
	store_sql("UPDATE users SET status = 'disabled'");
	store_run(is_not_signed_in);
}
END_TEST

static void
signs_in_late(struct call *call)
{
	const char *value;
	struct session late;

	ck_assert_int_eq(sessions_create(call, &store.alice, "pwd", "1", cookie, &late, &value),
	    RESULT_NOT_FOUND);
	ck_assert_int_eq(call->failure, RESULT_OK);
}

/* The password was checked, and changed before the session began. */
START_TEST(a_session_needs_the_user_that_was_proven)
{
	store_run(signs_in);
	store_sql("UPDATE users SET epoch = epoch + 1");
	store_run(signs_in_late);
	store_sql("UPDATE users SET epoch = epoch - 1, status = 'disabled'");
	store_run(signs_in_late);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM sessions"), 1);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 1);
}
END_TEST

static void
gets_grants(struct call *call)
{
	store_grant(call, &session, &store.app, "openid", &online);
	store_grant(call, &session, &store.app, "openid offline_access", &offline);
}

static void
signs_in_again(struct call *call)
{
	const char *value;
	struct session fresh;
	struct session_view view;

	ck_assert_int_eq(
	    sessions_create(call, &store.alice, "pwd", "1", cookie, &fresh, &value), RESULT_OK);
	ck_assert_str_ne(value, cookie);
	ck_assert(!uuid_equal(&fresh.id, &session.id));
	ck_assert_int_eq(sessions_find(call, cookie, NULL, &view), RESULT_NOT_FOUND);
	ck_assert_int_eq(sessions_find(call, value, NULL, &view), RESULT_OK);
	ck_assert(store_is_active(call, &online));
	ck_assert(store_is_active(call, &offline));
	ck_assert_int_eq(sessions_end(call, &fresh.id, "sign_out"), RESULT_OK);
	ck_assert(!store_is_active(call, &online));
	ck_assert(store_is_active(call, &offline));
}

START_TEST(s01_signing_in_again_gives_a_new_id_and_keeps_apps)
{
	store_run(signs_in);
	store_run(gets_grants);
	store_run(signs_in_again);
	ck_assert_int_eq(store_events("session.ended"), 2);
}
END_TEST

static void
somebody_else_signs_in(struct call *call)
{
	struct user bob = {.login = "bob"};
	const char *value;
	struct session fresh;

	ck_assert_int_eq(users_create(call, &bob), RESULT_OK);
	ck_assert_int_eq(
	    sessions_create(call, &bob, "pwd", "1", cookie, &fresh, &value), RESULT_OK);
	ck_assert(!store_is_active(call, &online));
	ck_assert(store_is_active(call, &offline));
}

START_TEST(s01_somebody_else_signs_the_first_one_out)
{
	store_run(signs_in);
	store_run(gets_grants);
	store_run(somebody_else_signs_in);
	store_run(is_not_signed_in);
}
END_TEST

static void
signs_out(struct call *call)
{
	ck_assert_int_eq(sessions_end(call, &session.id, "sign_out"), RESULT_OK);
	ck_assert_int_eq(sessions_end(call, &session.id, "sign_out"), RESULT_OK);
	ck_assert(!store_is_active(call, &online));
	ck_assert(store_is_active(call, &offline));
}

START_TEST(signing_out_ends_what_is_not_offline)
{
	store_run(signs_in);
	store_run(gets_grants);
	store_run(signs_out);
	store_run(is_not_signed_in);
	ck_assert_int_eq(store_events("session.ended"), 1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM grants WHERE revoked_reason = 'sign_out'"), 1);
}
END_TEST

static void
consents(struct call *call)
{
	const struct uuid *alice = &store.alice.id;
	struct session_view view;

	ck_assert_int_eq(sessions_find(call, cookie, &store.app, &view), RESULT_OK);
	ck_assert_ptr_null(view.consented_scope);
	ck_assert_int_eq(consents_remember(call, alice, &store.app, "openid profile"), RESULT_OK);
	ck_assert_int_eq(consents_remember(call, alice, &store.app, "email openid"), RESULT_OK);
	ck_assert_int_eq(sessions_find(call, cookie, &store.app, &view), RESULT_OK);
	ck_assert_str_eq(view.consented_scope, "openid profile email");
	ck_assert_int_eq(sessions_find(call, cookie, &store.page, &view), RESULT_OK);
	ck_assert_ptr_null(view.consented_scope);
	ck_assert_int_eq(sessions_find(call, cookie, NULL, &view), RESULT_OK);
	ck_assert_ptr_null(view.consented_scope);
}

START_TEST(consents_are_merged)
{
	store_run(signs_in);
	store_run(consents);
	ck_assert_int_eq(store_events("consent.given"), 2);
}
END_TEST

Suite *suite_db_store_sessions(void);

Suite *
suite_db_store_sessions(void)
{
	Suite *suite = suite_create("db_store_sessions");
	TCase *tests = tcase_create("sessions");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, a_cookie_stands_for_a_session);
	tcase_add_test(tests, s04_only_the_hash_is_stored);
	tcase_add_test(tests, s05_idle_limit);
	tcase_add_test(tests, s05_a_visit_extends_the_idle_limit_in_the_background);
	tcase_add_test(tests, s05_absolute_limit);
	tcase_add_test(tests, a_disabled_user_is_not_signed_in);
	tcase_add_test(tests, a_session_needs_the_user_that_was_proven);
	tcase_add_test(tests, s01_signing_in_again_gives_a_new_id_and_keeps_apps);
	tcase_add_test(tests, s01_somebody_else_signs_the_first_one_out);
	tcase_add_test(tests, signing_out_ends_what_is_not_offline);
	tcase_add_test(tests, consents_are_merged);
	suite_add_tcase(suite, tests);
	return (suite);
}
