/* people/: users and passwords. */
#include "test_store_fixture.h"

static void
finds(struct call *call)
{
	struct user bob = {.login = "Bob", .email = "bob@example.org", .name = "Bob B"}, found;

	ck_assert_int_eq(users_create(call, &bob), RESULT_OK);
	ck_assert_int_eq(bob.epoch, 1);
	ck_assert_int_gt(bob.updated_at, 0);
	ck_assert_int_eq(users_find(call, &bob.id, &found), RESULT_OK);
	ck_assert_str_eq(found.login, "Bob");
	ck_assert_str_eq(found.name, "Bob B");
	ck_assert_ptr_null(found.given_name);
	ck_assert_ptr_null(found.password);
	ck_assert_int_eq(found.status, USER_ACTIVE);
	ck_assert_int_eq(found.updated_at, bob.updated_at);
	ck_assert_int_eq(users_find_by_login(call, "bOB", &found), RESULT_OK);
	ck_assert(uuid_equal(&found.id, &bob.id));
	ck_assert_int_eq(users_find_by_login(call, "BOB@EXAMPLE.ORG", &found), RESULT_OK);
	ck_assert(uuid_equal(&found.id, &bob.id));
	ck_assert_int_eq(users_find_by_login(call, "nobody", &found), RESULT_NOT_FOUND);
	ck_assert_int_eq(users_find_by_login(call, "", &found), RESULT_NOT_FOUND);
	ck_assert_int_eq(users_find_by_login(call, "\xff", &found), RESULT_NOT_FOUND);
	ck_assert_int_eq(users_find(call, &store.app, &found), RESULT_NOT_FOUND);
}

START_TEST(users_are_found_without_regard_to_case)
{
	store_run(finds);
	ck_assert_int_eq(store_events("user.created"), 2);
}
END_TEST

static void
collides(struct call *call)
{
	struct user same_login = {.login = "ALICE"}, found;
	struct user same_email = {.login = "a2", .email = "Alice@Example.org"};
	struct user like_email = {.login = "alice@example.org"};

	ck_assert_int_eq(users_create(call, &same_login), RESULT_CONFLICT);
	ck_assert_str_eq(db_constraint(call), "users_login");
	ck_assert_int_eq(users_create(call, &same_email), RESULT_CONFLICT);
	ck_assert_str_eq(db_constraint(call), "users_email");
	ck_assert_int_eq(users_create(call, &like_email), RESULT_OK);
	ck_assert_int_eq(users_find_by_login(call, "alice@example.org", &found), RESULT_OK);
	ck_assert(uuid_equal(&found.id, &like_email.id));
}

START_TEST(logins_and_addresses_are_taken_once)
{
	store_run(collides);
}
END_TEST

static void
refuses_login(struct call *call)
{
	struct user user = {.login = " alice"};

	ck_assert_int_eq(users_create(call, &user), RESULT_FAILED);
}

START_TEST(untidy_logins_are_refused)
{
	char long_login[LOGIN_MAX + 2];

	memset(long_login, 'a', sizeof(long_login));
	long_login[LOGIN_MAX + 1] = '\0';
	ck_assert_ptr_nonnull(users_login_error(long_login));
	long_login[LOGIN_MAX] = '\0';
	ck_assert_ptr_null(users_login_error(long_login));
	ck_assert_ptr_nonnull(users_login_error(""));
	ck_assert_ptr_nonnull(users_login_error("a "));
	ck_assert_ptr_nonnull(users_login_error("a\tb"));
	ck_assert_ptr_nonnull(users_login_error("\xc3"));
	ck_assert_ptr_null(users_login_error("J\xc3\xb6rg von M"));
	ck_assert_ptr_nonnull(users_email_error("alice"));
	ck_assert_ptr_nonnull(users_email_error("@x"));
	ck_assert_ptr_nonnull(users_email_error("a@"));
	ck_assert_ptr_nonnull(users_email_error("a b@x"));
	ck_assert_ptr_null(users_email_error("a@x"));
	store_run(refuses_login);
}
END_TEST

static struct uuid acme;

static void
makes_realm(struct call *call)
{
	ck_assert_int_eq(realms_create(call, "acme", "Acme", &acme), RESULT_OK);
}

static void
looks_from_elsewhere(struct call *call)
{
	struct user found, same = {.login = "alice"};

	ck_assert_int_eq(users_find_by_login(call, "alice", &found), RESULT_NOT_FOUND);
	ck_assert_int_eq(users_find(call, &store.alice.id, &found), RESULT_NOT_FOUND);
	ck_assert_int_eq(
	    users_set_status(call, &store.alice.id, USER_DISABLED, "test"), RESULT_NOT_FOUND);
	ck_assert_int_eq(users_create(call, &same), RESULT_OK);
}

START_TEST(realms_do_not_see_each_other)
{
	store_run(makes_realm);
	store_run_in("acme", looks_from_elsewhere);
}
END_TEST

/* What alice was given: a session, a grant that ends with it, one that does not. */
static struct {
	const char *cookie;
	char kept[64];
	struct session session;
	struct grant online, offline;
} given;

static void
gives(struct call *call)
{
	given.cookie = store_sign_in(call, &given.session);
	memcpy(given.kept, given.cookie, strlen(given.cookie) + 1);
	store_grant(call, &given.session, &store.app, "openid", &given.online);
	store_grant(call, &given.session, &store.app, "openid offline_access", &given.offline);
	ck_assert(!given.online.is_offline);
	ck_assert(given.offline.is_offline);
	ck_assert(store_is_active(call, &given.online));
	ck_assert(store_is_active(call, &given.offline));
}

static void
has_nothing(struct call *call)
{
	struct session_view view;

	ck_assert_int_eq(sessions_find(call, given.kept, NULL, &view), RESULT_NOT_FOUND);
	ck_assert(!store_is_active(call, &given.online));
	ck_assert(!store_is_active(call, &given.offline));
}

static void
sets_password(struct call *call)
{
	struct user user;

	ck_assert_int_eq(
	    users_set_password(call, &store.alice.id, "$new", "password_reset"), RESULT_OK);
	ck_assert_int_eq(users_find(call, &store.alice.id, &user), RESULT_OK);
	ck_assert_str_eq(user.password, "$new");
	ck_assert_int_eq(user.epoch, 2);
	ck_assert_int_eq(
	    users_set_password(call, &store.app, "$new", "password_reset"), RESULT_NOT_FOUND);
}

START_TEST(f05_a_new_password_ends_what_was_given)
{
	store_run(gives);
	store_run(sets_password);
	store_run(has_nothing);
	ck_assert_int_eq(store_events("user.password_changed"), 1);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM grants WHERE revoked_reason = "
				   "'password_reset'"),
	    2);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM sessions WHERE ended_reason = "
				   "'password_reset'"),
	    1);
}
END_TEST

static void
disables(struct call *call)
{
	struct user user;

	ck_assert_int_eq(users_set_status(call, &store.alice.id, USER_DISABLED, "left"), RESULT_OK);
	ck_assert_int_eq(users_find(call, &store.alice.id, &user), RESULT_OK);
	ck_assert_int_eq(user.status, USER_DISABLED);
	ck_assert_int_eq(auth_gate(&user), AUTH_GATE_DISABLED);
}

static void
enables(struct call *call)
{
	struct user user;

	ck_assert_int_eq(
	    users_set_status(call, &store.alice.id, USER_ACTIVE, "came_back"), RESULT_OK);
	ck_assert_int_eq(users_find(call, &store.alice.id, &user), RESULT_OK);
	ck_assert_int_eq(auth_gate(&user), AUTH_GATE_OPEN);
}

START_TEST(f05_a_disabled_user_loses_what_was_given_for_good)
{
	store_run(gives);
	store_run(disables);
	store_run(has_nothing);
	store_run(enables);
	store_run(has_nothing);
	ck_assert_int_eq(store_events("user.disabled"), 1);
	ck_assert_int_eq(store_events("user.enabled"), 1);
}
END_TEST

/* Rows that a racing sign-in or redemption could have left behind: the epoch is what decides. */
START_TEST(f05_what_was_begun_before_does_not_come_alive_after)
{
	store_run(gives);
	store_run(sets_password);
	store_sql("UPDATE grants SET revoked_at = NULL");
	store_sql("UPDATE sessions SET ended_at = NULL");
	store_run(has_nothing);
}
END_TEST

static void
rehashes(struct call *call)
{
	struct user read, late;

	ck_assert_int_eq(users_find(call, &store.alice.id, &read), RESULT_OK);
	late = read;
	ck_assert_int_eq(users_rehash(call, &read, "$first"), RESULT_OK);
	ck_assert_int_eq(users_rehash(call, &late, "$second"), RESULT_OK);
	ck_assert_int_eq(users_find(call, &store.alice.id, &read), RESULT_OK);
	ck_assert_str_eq(read.password, "$first");
	ck_assert_int_eq(read.epoch, 1);
}

START_TEST(a_rehash_does_not_undo_a_reset)
{
	store_run(rehashes);
}
END_TEST

static void
verifies(struct call *call)
{
	struct password_cost dearer = {.memory_kib = 128, .passes = 1, .lanes = 1};
	char too_long[PASSWORD_MAX + 2];
	struct user alice, without = {.login = "x"}, broken = {.password = "$argon2id$v=19$"};
	const char *phc;

	ck_assert_int_eq(users_find_by_login(call, "alice", &alice), RESULT_OK);
	ck_assert(passwords_is_phc(alice.password));
	ck_assert_int_eq(passwords_verify(call, &alice, STORE_PASSWORD), PASSWORD_OK);
	ck_assert_int_eq(passwords_verify(call, &alice, STORE_PASSWORD "r"), PASSWORD_WRONG);
	ck_assert_int_eq(passwords_verify(call, &alice, ""), PASSWORD_WRONG);
	ck_assert_int_eq(passwords_verify(call, NULL, STORE_PASSWORD), PASSWORD_WRONG);
	ck_assert_int_eq(passwords_verify(call, &without, STORE_PASSWORD), PASSWORD_WRONG);
	ck_assert_int_eq(passwords_verify(call, &broken, STORE_PASSWORD), PASSWORD_WRONG);
	memset(too_long, 'a', sizeof(too_long));
	too_long[PASSWORD_MAX] = '\0';
	ck_assert_int_eq(passwords_hash(call, too_long, &phc), RESULT_OK);
	alice.password = phc;
	ck_assert_int_eq(passwords_verify(call, &alice, too_long), PASSWORD_OK);
	too_long[72] = 'b';
	ck_assert_int_eq(passwords_verify(call, &alice, too_long), PASSWORD_WRONG);
	too_long[PASSWORD_MAX] = 'a';
	too_long[PASSWORD_MAX + 1] = '\0';
	ck_assert_int_eq(passwords_verify(call, &alice, too_long), PASSWORD_WRONG);
	ck_assert_int_eq(passwords_hash(call, STORE_PASSWORD, &phc), RESULT_OK);
	alice.password = phc;
	passwords_start(&dearer);
	ck_assert_int_eq(passwords_verify(call, &alice, STORE_PASSWORD), PASSWORD_OK_REHASH);
	ck_assert_int_eq(passwords_verify(call, &alice, "wrong"), PASSWORD_WRONG);
}

START_TEST(l06_passwords_are_verified)
{
	store_run(verifies);
}
END_TEST

static void
counts_work(struct call *call)
{
	struct thread_figures before, after;
	struct user disabled = {.status = USER_DISABLED}, alice;

	ck_assert_int_eq(users_find_by_login(call, "alice", &alice), RESULT_OK);
	disabled.password = alice.password;
	threads_figures(&before);
	passwords_verify(call, NULL, "x");
	passwords_verify(call, &disabled, "x");
	passwords_verify(call, &alice, "x");
	threads_figures(&after);
	ck_assert_uint_eq(after.done - before.done, 3);
}

START_TEST(l03_everyone_costs_one_hash)
{
	store_run(counts_work);
}
END_TEST

Suite *suite_db_store_users(void);

Suite *
suite_db_store_users(void)
{
	Suite *suite = suite_create("db_store_users");
	TCase *tests = tcase_create("users");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, users_are_found_without_regard_to_case);
	tcase_add_test(tests, logins_and_addresses_are_taken_once);
	tcase_add_test(tests, untidy_logins_are_refused);
	tcase_add_test(tests, realms_do_not_see_each_other);
	tcase_add_test(tests, f05_a_new_password_ends_what_was_given);
	tcase_add_test(tests, f05_a_disabled_user_loses_what_was_given_for_good);
	tcase_add_test(tests, f05_what_was_begun_before_does_not_come_alive_after);
	tcase_add_test(tests, a_rehash_does_not_undo_a_reset);
	tcase_add_test(tests, l06_passwords_are_verified);
	tcase_add_test(tests, l03_everyone_costs_one_hash);
	suite_add_tcase(suite, tests);
	return (suite);
}
