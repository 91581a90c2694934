/* Settings of a realm: what is stored, what is typed. */
#include <check.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "realms/realm_settings.h"

Suite *suite_realms_realm_settings(void);

static struct arena *arena;

static void
begin(void)
{
	arena = arena_create(262144);
}

static void
end(void)
{
	arena_destroy(arena);
}

static const char *
written(const char *document)
{
	struct realm realm = {.name = "main"};
	struct json_writer writer;
	struct text text;

	realm_settings_read(arena, document, &realm);
	text_init(&text, arena, 4096);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	realm_settings_write(&writer, &realm);
	writer_object_end(&writer);
	return (text.data);
}

static const char defaults[] =
    "{\"access_token_lifetime\":300,\"id_token_lifetime\":300,\"refresh_idle_lifetime\":1209600,"
    "\"refresh_absolute_lifetime\":7776000,\"refresh_retry_window\":10,"
    "\"session_idle_lifetime\":28800,\"session_absolute_lifetime\":86400,\"code_lifetime\":60,"
    "\"userinfo_token_in_body\":false,"
    "\"scopes\":\"openid profile email address phone offline_access\"}";

START_TEST(what_is_absent_or_wrong_is_the_default)
{
	static const char *const documents[] = {"{}", "[]", "no JSON",
	    "{\"access_token_lifetime\":9,\"id_token_lifetime\":\"300\",\"code_lifetime\":601,"
	    "\"userinfo_token_in_body\":\"true\",\"scopes\":\"profile email\",\"other\":1}",
	    "{\"scopes\":\"openid  email\",\"userinfo_token_in_body\":null}", "{\"scopes\":7}"};
	size_t i;

	for (i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		ck_assert_str_eq(written(documents[i]), defaults);
}
END_TEST

START_TEST(what_is_typed_is_checked_and_read_back)
{
	static const struct {
		const char *name, *value, *json;
	} right[] = {
	    {"access_token_lifetime", "10", "10"},
	    {"refresh_retry_window", "0", "0"},
	    {"userinfo_token_in_body", "true", "true"},
	    {"scopes", "openid orders:read", "\"openid orders:read\""},
	};
	struct realm realm = {.name = "main"};
	const char *json;
	size_t i;

	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		ck_assert_ptr_null(
		    realm_settings_complaint(arena, right[i].name, right[i].value, &json));
		ck_assert_str_eq(json, right[i].json);
		realm_settings_read(
		    arena, arena_format(arena, "{\"%s\":%s}", right[i].name, json), &realm);
		ck_assert_ptr_null(
		    realm_settings_complaint(arena, right[i].name, "default", &json));
		ck_assert_ptr_null(json);
	}
	ck_assert_str_eq(realm.scopes, "openid orders:read");
	ck_assert_int_eq(realm.access_token_lifetime, 300);
}
END_TEST

START_TEST(what_is_typed_wrongly_is_explained)
{
	static const struct {
		const char *name, *value, *complaint;
	} wrong[] = {
	    {"access_token_lifetime", "9",
		"access_token_lifetime is a number of seconds, 10 to 86400"},
	    {"access_token_lifetime", "1h",
		"access_token_lifetime is a number of seconds, 10 to 86400"},
	    {"code_lifetime", "", "code_lifetime is a number of seconds, 5 to 600"},
	    {"userinfo_token_in_body", "yes", "userinfo_token_in_body is true or false"},
	    {"scopes", "profile",
		"scopes are words between single spaces, openid among them, 1024 "
		"bytes at most"},
	    {"scopes", "openid \"x\"",
		"scopes are words between single spaces, openid among them, 1024 bytes at most"},
	};
	const char *json, *complaint;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_str_eq(
		    realm_settings_complaint(arena, wrong[i].name, wrong[i].value, &json),
		    wrong[i].complaint);
	complaint = realm_settings_complaint(arena, "lifetime", "default", &json);
	ck_assert_ptr_nonnull(strstr(complaint, "lifetime is no setting of a realm; there are: "
						"access_token_lifetime id_token_lifetime"));
}
END_TEST

START_TEST(bounds_are_those_of_lifetimes)
{
	ck_assert(realms_lifetime_is_allowed("access_token_lifetime", 10));
	ck_assert(!realms_lifetime_is_allowed("access_token_lifetime", 9));
	ck_assert(!realms_lifetime_is_allowed("userinfo_token_in_body", 0));
	ck_assert(!realms_lifetime_is_allowed("scopes", 0));
	ck_assert(!realms_lifetime_is_allowed("x", 10));
}
END_TEST

Suite *
suite_realms_realm_settings(void)
{
	Suite *suite = suite_create("realms/realm_settings");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, what_is_absent_or_wrong_is_the_default);
	tcase_add_test(tests, what_is_typed_is_checked_and_read_back);
	tcase_add_test(tests, what_is_typed_wrongly_is_explained);
	tcase_add_test(tests, bounds_are_those_of_lifetimes);
	suite_add_tcase(suite, tests);
	return (suite);
}
