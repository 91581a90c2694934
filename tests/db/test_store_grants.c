/* grants/grants.c: revoking, and what is active. */
#include "test_store_fixture.h"

static struct session session;
static struct grant grant;
static struct uuid token;
static const char *userinfo_claims;

static void
starts(struct call *call)
{
	store_sign_in(call, &session);
	store_grant(call, &session, &store.app, "openid", &grant);
	token = uuid_create();
}

static bool
ask(struct call *call, const struct grant_question *question)
{
	bool is_active = false;

	ck_assert_int_eq(grants_are_active(call, question, &is_active, NULL), RESULT_OK);
	return (is_active);
}

static void
asks(struct call *call)
{
	struct uuid nobody = uuid_create();
	struct grant_question all = {grant.id, session.id, store.alice.id, store.app, token};
	struct grant_question question;

	ck_assert(ask(call, &all));
	ck_assert(ask(call, &(struct grant_question){.token = token}));
	ck_assert(ask(call, &(struct grant_question){.client = store.app}));
	ck_assert(ask(call, &(struct grant_question){.user = store.alice.id}));
	ck_assert(ask(call, &(struct grant_question){.session = session.id}));
	ck_assert(!ask(call, &(struct grant_question){.grant = nobody}));
	ck_assert(!ask(call, &(struct grant_question){.client = nobody}));
	ck_assert(!ask(call, &(struct grant_question){.user = nobody}));
	ck_assert(!ask(call, &(struct grant_question){.session = nobody}));
	question = all;
	question.client = store.page;
	ck_assert(!ask(call, &question));
	question = all;
	question.user = nobody;
	ck_assert(!ask(call, &question));
	ck_assert(!call->is_writing);
}

START_TEST(what_is_asked_must_be_there)
{
	store_run(starts);
	store_run(asks);
}
END_TEST

static enum result
find_user(struct call *call, struct uuid id, struct user *out)
{
	struct grant_question question = {grant.id, session.id, store.alice.id, store.app, id};

	return (grants_find_active_user(call, &question, out, &userinfo_claims));
}

static void
tells(struct call *call)
{
	struct grant_question question = {.grant = grant.id, .client = store.app};
	struct grant_question none = {.client = store.app};
	const char *login = NULL;
	struct user user;
	bool is_active;

	ck_assert_int_eq(find_user(call, token, &user), RESULT_OK);
	ck_assert_str_eq(userinfo_claims, "email address");
	ck_assert_str_eq(user.address, "{\"country\": \"NL\"}");
	ck_assert(user.phone_number_verified);
	ck_assert_int_eq(grants_are_active(call, &question, &is_active, &login), RESULT_OK);
	ck_assert(is_active);
	ck_assert_str_eq(login, "alice");
	ck_assert_int_eq(grants_are_active(call, &none, &is_active, &login), RESULT_OK);
	ck_assert(is_active);
	ck_assert_ptr_null(login);
}

START_TEST(what_is_active_tells_the_person_and_the_claims_asked_for)
{
	store_run(starts);
	store_sql("UPDATE grants SET userinfo_claims = 'email address', id_token_claims = 'name'");
	store_sql(
	    "UPDATE users SET address = '{\"country\":\"NL\"}', phone_number_verified = true");
	store_run(tells);
}
END_TEST

/* Both statements that answer for access tokens say the same. */
static void
is_dead(struct call *call)
{
	struct user user;

	ck_assert(!store_is_active(call, &grant));
	ck_assert_int_eq(find_user(call, token, &user), RESULT_NOT_FOUND);
}

static void
is_alive(struct call *call)
{
	struct user user, same;

	ck_assert(store_is_active(call, &grant));
	ck_assert_int_eq(find_user(call, token, &user), RESULT_OK);
	ck_assert_int_eq(users_find(call, &store.alice.id, &same), RESULT_OK);
	ck_assert_str_eq(user.login, same.login);
	ck_assert_pstr_eq(user.email, same.email);
	ck_assert_pstr_eq(user.name, same.name);
	ck_assert_pstr_eq(user.phone_number, same.phone_number);
	ck_assert_int_eq(user.status, same.status);
	ck_assert_int_eq(user.updated_at, same.updated_at);
	ck_assert_int_eq(user.epoch, same.epoch);
	ck_assert(!call->is_writing);
}

static void
is_of_somebody_else(struct call *call)
{
	const struct grant_question good = {grant.id, session.id, store.alice.id, store.app, token};
	struct grant_question question;
	struct user user;
	size_t i;

	for (i = 0; i < 3; i++) {
		question = good;
		*(i == 0     ? &question.grant
		    : i == 1 ? &question.user
			     : &question.client) = store.page;
		ck_assert_int_eq(grants_find_active_user(call, &question, &user, &userinfo_claims),
		    RESULT_NOT_FOUND);
	}
	ck_assert_int_eq(call->failure, RESULT_OK);
}

START_TEST(a_person_is_found_by_the_whole_question_only)
{
	store_run(starts);
	store_run(is_alive);
	store_run(is_of_somebody_else);
}
END_TEST

START_TEST(each_part_can_end_it)
{
	static const struct {
		const char *breaks, *mends;
	} cases[] = {
	    {"UPDATE users SET status = 'disabled'", "UPDATE users SET status = 'active'"},
	    {"UPDATE users SET epoch = epoch + 1", "UPDATE users SET epoch = epoch - 1"},
	    {"UPDATE sessions SET ended_at = db_now()", "UPDATE sessions SET ended_at = NULL"},
	    {"UPDATE clients SET status = 'disabled'", "UPDATE clients SET status = 'active'"},
	    {"UPDATE grants SET revoked_at = db_now()", "UPDATE grants SET revoked_at = NULL"},
	};
	size_t i;

	store_run(starts);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		store_sql("%s", cases[i].breaks);
		store_run(is_dead);
		store_sql("%s", cases[i].mends);
		store_run(is_alive);
	}
}
END_TEST

static void
revokes(struct call *call)
{
	ck_assert_int_eq(grants_revoke(call, &grant.id, "revocation_endpoint"), RESULT_OK);
	ck_assert_int_eq(grants_revoke(call, &grant.id, "again"), RESULT_OK);
	ck_assert_int_eq(grants_revoke_as(call, &store.app, "code.reused", "none"), RESULT_OK);
}

START_TEST(revoking_is_idempotent_and_audited_once)
{
	store_run(starts);
	store_run(revokes);
	store_run(is_dead);
	ck_assert_int_eq(store_events("grant.revoked"), 1);
	ck_assert_int_eq(store_events("code.reused"), 0);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE reason = "
				   "'revocation_endpoint' AND user_id IS NOT NULL AND client IS "
				   "NOT NULL AND session_id IS NOT NULL"),
	    1);
}
END_TEST

static void
revokes_token(struct call *call)
{
	struct grant_question question = {.grant = grant.id, .token = token};
	struct grant_question whole = {
	    .session = session.id, .user = store.alice.id, .client = store.app};
	int64_t expires_at = session.auth_time / 1000000 + 300;
	struct user user;

	ck_assert(ask(call, &question));
	ck_assert_int_eq(find_user(call, token, &user), RESULT_OK);
	whole.token = token;
	ck_assert_int_eq(grants_revoke_token(call, &whole, expires_at), RESULT_OK);
	ck_assert_int_eq(grants_revoke_token(call, &whole, expires_at), RESULT_OK);
	ck_assert(!ask(call, &question));
	ck_assert_int_eq(find_user(call, token, &user), RESULT_NOT_FOUND);
	question.token = uuid_create();
	ck_assert(ask(call, &question));
	ck_assert_int_eq(find_user(call, question.token, &user), RESULT_OK);
}

START_TEST(a_single_token_is_revoked)
{
	store_run(starts);
	store_run(revokes_token);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM events WHERE kind = 'token.revoked' AND user_id IS NOT "
		      "NULL AND client IS NOT NULL AND session_id IS NOT NULL"),
	    1);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM revoked_tokens WHERE expires_at > db_now() "
		      "AND expires_at < db_now() + interval '301 seconds'"),
	    1);
}
END_TEST

Suite *suite_db_store_grants(void);

Suite *
suite_db_store_grants(void)
{
	Suite *suite = suite_create("db_store_grants");
	TCase *tests = tcase_create("grants");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, what_is_asked_must_be_there);
	tcase_add_test(tests, what_is_active_tells_the_person_and_the_claims_asked_for);
	tcase_add_test(tests, each_part_can_end_it);
	tcase_add_test(tests, a_person_is_found_by_the_whole_question_only);
	tcase_add_test(tests, revoking_is_idempotent_and_audited_once);
	tcase_add_test(tests, a_single_token_is_revoked);
	suite_add_tcase(suite, tests);
	return (suite);
}
