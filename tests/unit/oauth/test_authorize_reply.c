/* Answers by redirect, and the origin that a form may end up at. */
#include <check.h>
#include <string.h>

#include "base/text.h"
#include "oauth/authorize_reply.h"
#include "realms/realms.h"
#include "web/request.h"

Suite *suite_oauth_authorize_reply(void);

static const struct realm realm = {.issuer = "https://id.example"};
static struct request request;
static struct call call;

static void
begin(void)
{
	call = (struct call){.arena = arena_create(262144), .realm = &realm, .request = &request};
}

static void
end(void)
{
	arena_destroy(call.arena);
}

static const char *
location(const struct reply *reply)
{
	ck_assert_int_eq(reply->status, 303);
	ck_assert_ptr_nonnull(reply->headers);
	ck_assert_str_eq(reply->headers->name, "Location");
	ck_assert_ptr_null(reply->headers->next);
	return (reply->headers->value);
}

static const struct {
	const char *mode, *redirect_uri, *state, *url;
} rows[] = {
    {"query", "https://app.example/cb", "s",
	"https://app.example/cb?code=lk_ac_x&state=s&iss=https%3A%2F%2Fid.example"},
    {"query", "https://app.example/cb?a=b", NULL,
	"https://app.example/cb?a=b&code=lk_ac_x&iss=https%3A%2F%2Fid.example"},
    {"fragment", "https://app.example/cb?a=b", "s",
	"https://app.example/cb?a=b#code=lk_ac_x&state=s&iss=https%3A%2F%2Fid.example"},
    {"query", "com.example.app:/cb", "a\r\nSet-Cookie: x=1&b=c#d",
	"com.example.app:/cb?code=lk_ac_x&state=a%0D%0ASet-Cookie%3A%20x%3D1%26b%3Dc%23d"
	"&iss=https%3A%2F%2Fid.example"},
};

START_TEST(a_code_goes_back_as_the_table_says)
{
	struct authorize_target target = {
	    response_mode_find(rows[_i].mode), rows[_i].redirect_uri, rows[_i].state};
	struct reply reply = authorize_reply_code(&call, &target, "lk_ac_x");

	ck_assert_str_eq(location(&reply), rows[_i].url);
}
END_TEST

START_TEST(an_error_goes_back_with_state_and_issuer)
{
	struct authorize_target target = {
	    response_mode_find("query"), "https://app.example/cb", "s"};
	struct oauth_error error;
	struct reply reply;

	oauth_fail(&error, OAUTH_LOGIN_REQUIRED, "no_session", "Sign in.");
	reply = authorize_reply_error(&call, &target, &error);
	ck_assert_str_eq(location(&reply),
	    "https://app.example/cb?error=login_required&error_description=Sign%20in."
	    "&state=s&iss=https%3A%2F%2Fid.example");
	ck_assert_str_eq(call.reason, "login_required.no_session");
}
END_TEST

START_TEST(an_origin_is_scheme_and_authority)
{
	ck_assert_str_eq(
	    uri_origin(call.arena, "https://app.example:8443/cb?x=/y"), "https://app.example:8443");
	ck_assert_str_eq(uri_origin(call.arena, "http://127.0.0.1"), "http://127.0.0.1");
	ck_assert_str_eq(uri_origin(call.arena, "https://app.example?x"), "https://app.example");
	ck_assert_str_eq(uri_origin(call.arena, "com.example.app:/cb"), "com.example.app:");
}
END_TEST

Suite *
suite_oauth_authorize_reply(void)
{
	Suite *suite = suite_create("oauth/authorize_reply");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(
	    tests, a_code_goes_back_as_the_table_says, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tests, an_error_goes_back_with_state_and_issuer);
	tcase_add_test(tests, an_origin_is_scheme_and_authority);
	suite_add_tcase(suite, tests);
	return (suite);
}
