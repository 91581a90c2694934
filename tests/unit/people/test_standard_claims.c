/* Standard claims: which are written, and what their values look like. */
#include <check.h>

#include "base/text.h"
#include "people/claim_forms.h"
#include "people/standard_claims.h"

Suite *suite_people_standard_claims(void);

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
claims_of(const char *scopes, const char *names, const struct user *user)
{
	struct json_writer writer;
	struct text out;

	text_init(&out, arena, 8192);
	writer_init(&writer, &out);
	writer_object_begin(&writer, NULL);
	standard_claims_write(&writer, user, scopes, names);
	writer_object_end(&writer);
	return (out.data);
}

START_TEST(claims_are_those_of_the_granted_scopes_and_known)
{
	struct user user = {.login = "alice",
	    .email = "a@example.org",
	    .name = "Alice",
	    .email_verified = true,
	    .phone_number_verified = true,
	    .updated_at = 1700000000999999};

	ck_assert_str_eq(claims_of("openid", NULL, &user), "{}");
	ck_assert_str_eq(claims_of(NULL, NULL, &user), "{}");
	ck_assert_str_eq(claims_of("email", NULL, &user),
	    "{\"email\":\"a@example.org\",\"email_verified\":true}");
	ck_assert_str_eq(claims_of("openid profile", NULL, &user),
	    "{\"name\":\"Alice\",\"preferred_username\":\"alice\",\"updated_at\":1700000000}");
	ck_assert_str_eq(claims_of("phone address", NULL, &user), "{}");
	user.email = NULL;
	ck_assert_str_eq(claims_of("email", NULL, &user), "{}");
}
END_TEST

/* OpenID Connect Core, 5.4: all of them, in the order of 5.1. */
START_TEST(every_standard_claim_has_its_scope)
{
	struct user user = {.login = "l",
	    .name = "1",
	    .given_name = "2",
	    .family_name = "3",
	    .middle_name = "4",
	    .nickname = "5",
	    .profile = "6",
	    .picture = "7",
	    .website = "8",
	    .gender = "9",
	    .birthdate = "10",
	    .zoneinfo = "11",
	    .locale = "12",
	    .email = "13",
	    .phone_number = "14",
	    .address = "{\"country\":\"15\"}"};

	ck_assert_str_eq(claims_of("profile", NULL, &user),
	    "{\"name\":\"1\",\"given_name\":\"2\",\"family_name\":\"3\",\"middle_name\":\"4\","
	    "\"nickname\":\"5\",\"preferred_username\":\"l\",\"profile\":\"6\",\"picture\":\"7\","
	    "\"website\":\"8\",\"gender\":\"9\",\"birthdate\":\"10\",\"zoneinfo\":\"11\","
	    "\"locale\":\"12\",\"updated_at\":0}");
	ck_assert_str_eq(
	    claims_of("email", NULL, &user), "{\"email\":\"13\",\"email_verified\":false}");
	ck_assert_str_eq(claims_of("address", NULL, &user), "{\"address\":{\"country\":\"15\"}}");
	ck_assert_str_eq(claims_of("phone", NULL, &user),
	    "{\"phone_number\":\"14\",\"phone_number_verified\":false}");
}
END_TEST

START_TEST(single_claims_come_once_and_only_when_allowed)
{
	struct user user = {.login = "alice", .email = "a@x", .phone_number = "+1234"};

	ck_assert_str_eq(claims_of(NULL, "phone_number x phone_number password", &user),
	    "{\"phone_number\":\"+1234\"}");
	ck_assert_str_eq(claims_of("email", "email phone_number name", &user),
	    "{\"email\":\"a@x\",\"email_verified\":false,\"phone_number\":\"+1234\"}");
	ck_assert_str_eq(standard_claims_within(arena, NULL, "email", "email"), "");
	ck_assert_str_eq(standard_claims_within(arena, "email name x address",
			     "openid email profile address", "openid email profile"),
	    "email name");
	ck_assert_str_eq(standard_claims_within(arena, "email", "openid", "openid email"), "");
}
END_TEST

static const struct form {
	const struct claim_form *form;
	const char *right[12], *wrong[16];
} forms[] = {
    {&claim_form_line, {"A", "J\xc3\xb6rg van den Berg"},
	{"", " a", "a ", "a\nb", "a\x7f", "\xff", "\t"}},
    {&claim_form_email, {"a@x"}, {"", "a", "a@", "a b@x"}},
    {&claim_form_url,
	{"https://example.org", "http://x/y?z=%20#f", "https://[::1]:80/", "https://a@b/"},
	{"", "https://", "https:///x", "http://?x", "ftp://x", "javascript:alert(1)", "//x", "x",
	    "https://x/\xc3\xa9", "https://x/a b", "https://x/\"", "HTTPS:x", "data:text/html,x"}},
    {&claim_form_date, {"1970-01-01", "2000-02-29", "0000-02-29", "1999-12-31", "1984"},
	{"", "0000", "1900-02-29", "2001-02-29", "2001-13-01", "2001-00-01", "2001-01-00",
	    "2001-04-31", "2001-1-1", "01-01-2001", "20010101", "2001-01-01T00", "2001-01", "200",
	    "20011"}},
    {&claim_form_zone,
	{"Europe/Paris", "UTC", "Etc/GMT+1", "America/Argentina/Buenos_Aires",
	    "America/Port-au-Prince"},
	{"", "/", "Europe/", "/Paris", "Europe//Paris", "../etc", "a/b/c/d", "Europe/Par is",
	    "+01:00", "1/2"}},
    {&claim_form_language, {"en", "en-US", "zh-Hant-TW", "x-private", "i-klingon", "de-1996"},
	{"", "e", "en_US", "en-", "-en", "en--US", "abcdefghi", "en-abcdefghi", "1en", "en US"}},
    {&claim_form_phone,
	{"+12025550123", "+1 (425) 555-1212", "+56 (2) 687 2400", "+1 (604) 555-1234;ext=5678",
	    "+31.20.1234567"},
	{"", "+", "12025550123", "+123", "+1234567890123456", "+1 202 555 01a",
	    "+1234;ext=", "+1234;ext=x", "+1234;x=1", "+1234-", "+1234;", "tel:+12345"}},
};

START_TEST(every_form_tells_right_from_wrong)
{
	const char *const *value;
	const struct form *form;

	form = &forms[_i];
	for (value = form->right; *value != NULL; value++)
		ck_assert_msg(form->form->is_right(*value), "form %d, right: %s", _i, *value);
	for (value = form->wrong; *value != NULL; value++)
		ck_assert_msg(!form->form->is_right(*value), "form %d, wrong: %s", _i, *value);
}
END_TEST

Suite *
suite_people_standard_claims(void)
{
	Suite *suite = suite_create("people/standard_claims");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, claims_are_those_of_the_granted_scopes_and_known);
	tcase_add_test(tests, every_standard_claim_has_its_scope);
	tcase_add_test(tests, single_claims_come_once_and_only_when_allowed);
	tcase_add_loop_test(
	    tests, every_form_tells_right_from_wrong, 0, sizeof(forms) / sizeof(forms[0]));
	suite_add_tcase(suite, tests);
	return (suite);
}
