/* realms/: creating, finding, settings, the cache; events/. */
#include "test_store_fixture.h"

static void
creates(struct call *call)
{
	struct uuid id;
	const struct realm **list;
	const struct realm *realm;
	size_t count;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
	ck_assert_int_eq(realms_create(call, "acme", "Again", &id), RESULT_CONFLICT);
	ck_assert_int_eq(realms_find(call, "", false, &realm), RESULT_OK);
	ck_assert_str_eq(realm->name, "main");
	ck_assert_str_eq(realm->path_prefix, "");
	ck_assert_str_eq(realm->issuer, "http://localhost:8080");
	ck_assert_str_eq(realm->origin, "http://localhost:8080");
	ck_assert_str_eq(realm->cookie_prefix, "__Host-lk-main");
	ck_assert_int_eq(realm->access_token_lifetime, 300);
	ck_assert_int_eq(realm->refresh_retry_window, 10);
	ck_assert_int_eq(realm->code_lifetime, 60);
	ck_assert(text_list_has(realm->scopes, "offline_access"));
	ck_assert_int_eq(realms_find(call, "acme", false, &realm), RESULT_OK);
	ck_assert_str_eq(realm->issuer, "http://localhost:8080/realms/acme");
	ck_assert_str_eq(realm->display_name, "Acme");
	ck_assert_int_eq(realms_find(call, "none", true, &realm), RESULT_NOT_FOUND);
	ck_assert_int_eq(realms_find(call, "../x", true, &realm), RESULT_NOT_FOUND);
	ck_assert_int_eq(realms_list(call, &list, &count), RESULT_OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(list[0]->name, "acme");
	ck_assert(list[0]->is_enabled);
}

START_TEST(realms_are_created_found_and_listed)
{
	store_run(creates);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM realms WHERE is_first"), 1);
	ck_assert_int_eq(store_events("realm.created"), 2);
}
END_TEST

static void
sets(struct call *call)
{
	ck_assert_int_eq(realms_set(call, "code_lifetime", "30"), RESULT_OK);
	ck_assert_int_eq(realms_set(call, "scopes", "\"openid a\""), RESULT_OK);
	ck_assert_int_eq(realms_set(call, "userinfo_token_in_body", "true"), RESULT_OK);
	ck_assert_int_eq(realms_set(call, "code_lifetime", "40"), RESULT_OK);
	ck_assert_int_eq(realms_set(call, "userinfo_token_in_body", NULL), RESULT_OK);
}

START_TEST(a_setting_is_set_and_reset)
{
	store_run(sets);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM realms WHERE name = 'main' AND settings = "
				   "'{\"code_lifetime\": 40, \"scopes\": \"openid a\"}'"),
	    1);
	ck_assert_int_eq(store_events("realm.setting_changed"), 5);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM events WHERE reason = 'code_lifetime'"), 2);
}
END_TEST

static void
reads_settings(struct call *call)
{
	const struct realm *realm;

	ck_assert_int_eq(realms_find(call, "set", false, &realm), RESULT_OK);
	ck_assert_int_eq(realm->access_token_lifetime, 300);
	ck_assert_int_eq(realm->code_lifetime, 30);
	ck_assert_int_eq(realm->refresh_retry_window, 0);
	ck_assert_int_eq(realm->session_idle_lifetime, 8 * 3600);
	ck_assert_str_eq(realm->scopes, "openid a");
	ck_assert_int_eq(realms_find(call, "off", false, &realm), RESULT_NOT_FOUND);
}

START_TEST(settings_have_defaults_and_bounds)
{
	store_sql("INSERT INTO realms (id, name, display_name, settings) VALUES "
		  "(gen_random_uuid(), 'set', 'Set', '{\"access_token_lifetime\": 86401,"
		  " \"code_lifetime\": 30, \"refresh_retry_window\": 0,"
		  " \"session_idle_lifetime\": \"1\", \"scopes\": \"openid a\"}')");
	store_sql("INSERT INTO realms (id, name, display_name, status) VALUES "
		  "(gen_random_uuid(), 'off', 'Off', 'disabled')");
	store_run(reads_settings);
}
END_TEST

static bool has_new_name;

static void
looks_for_new_name(struct call *call, void *nothing)
{
	const struct realm *realm;

	(void)nothing;
	ck_assert_int_eq(realms_find(call, "main", false, &realm), RESULT_OK);
	has_new_name = text_equal(realm->display_name, "New");
}

static bool
new_name_is_seen(void)
{
	driver_run(looks_for_new_name, NULL);
	return (has_new_name);
}

START_TEST(a_change_is_felt)
{
	ck_assert(!new_name_is_seen());
	store_sql("UPDATE realms SET display_name = 'New'");
	loop_until(new_name_is_seen);
}
END_TEST

static void
finds_stale(struct call *call, void *nothing)
{
	const struct realm *realm;

	(void)nothing;
	ck_assert_int_eq(realms_find(call, "", true, &realm), RESULT_OK);
	ck_assert_str_eq(realm->name, "main");
	ck_assert_int_eq(call->failure, RESULT_OK);
	ck_assert_int_eq(realms_find(call, "other", true, &realm), RESULT_UNAVAILABLE);
}

START_TEST(a_cached_realm_serves_without_a_database)
{
	db_stop();
	driver_run(finds_stale, NULL);
}
END_TEST

static void
writes_event(struct call *call)
{
	struct event event = {.kind = "sign_in.failed",
	    .reason = "wrong_password",
	    .user = &store.alice.id,
	    .client = &store.app};

	ck_assert_int_eq(events_write(call, &event), RESULT_OK);
	event.user = event.client = NULL;
	event.reason = NULL;
	ck_assert_int_eq(events_write(call, &event), RESULT_OK);
}

START_TEST(events_are_written)
{
	store_run(writes_event);
	ck_assert_int_eq(store_events("sign_in.failed"), 2);
	ck_assert_int_eq(
	    store_ask("SELECT count(*) FROM events WHERE reason = 'wrong_password' AND "
		      "user_id IS NOT NULL AND client IS NOT NULL"),
	    1);
}
END_TEST

START_TEST(realm_names)
{
	static const char *const good[] = {"a", "main", "a-1", "0"};
	static const char *const bad[] = {"", "-a", "a-", "A", "a_b", "a.b", "\xc3\xa4",
	    "a123456789012345678901234567890123456789012345678901234567890123"};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(realms_name_is_valid(good[i]), "%s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!realms_name_is_valid(bad[i]), "%s", bad[i]);
}
END_TEST

Suite *suite_db_store_realms(void);

Suite *
suite_db_store_realms(void)
{
	Suite *suite = suite_create("db_store_realms");
	TCase *tests = tcase_create("realms");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, realms_are_created_found_and_listed);
	tcase_add_test(tests, settings_have_defaults_and_bounds);
	tcase_add_test(tests, a_setting_is_set_and_reset);
	tcase_add_test(tests, a_change_is_felt);
	tcase_add_test(tests, a_cached_realm_serves_without_a_database);
	tcase_add_test(tests, events_are_written);
	tcase_add_test(tests, realm_names);
	suite_add_tcase(suite, tests);
	return (suite);
}
