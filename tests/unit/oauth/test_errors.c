/* The table of errors, and the bodies and headers that it becomes. */
#include <check.h>
#include <string.h>

#include "base/json.h"
#include "oauth/errors.h"
#include "realms/realms.h"
#include "web/request.h"

Suite *suite_oauth_errors(void);

static const struct realm realm = {.issuer = "https://id.example/realms/acme"};
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
header_of(const struct reply *reply, const char *name)
{
	const struct reply_header *header;

	for (header = reply->headers; header != NULL; header = header->next) {
		if (text_equal_nocase(header->name, name))
			return (header->value);
	}
	return (NULL);
}

START_TEST(every_code_has_a_name_of_its_own)
{
	int code, other;
	const char *name;

	for (code = OAUTH_INVALID_REQUEST; code <= OAUTH_INSUFFICIENT_SCOPE; code++) {
		name = oauth_error_name((enum oauth_error_code)code);
		ck_assert_uint_gt(strlen(name), 0);
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		ck_assert_int_ge(oauth_error_status((enum oauth_error_code)code), 400);
		for (other = OAUTH_INVALID_REQUEST; other < code; other++)
			ck_assert_str_ne(name, oauth_error_name((enum oauth_error_code)other));
	}
}
END_TEST

static const struct {
	enum oauth_error_code code;
	const char *name;
	int status;
	bool has_challenge, has_retry_after;
} rows[] = {
    {OAUTH_INVALID_REQUEST, "invalid_request", 400, false, false},
    {OAUTH_INVALID_CLIENT, "invalid_client", 401, true, false},
    {OAUTH_INVALID_GRANT, "invalid_grant", 400, false, false},
    {OAUTH_UNAUTHORIZED_CLIENT, "unauthorized_client", 400, false, false},
    {OAUTH_UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type", 400, false, false},
    {OAUTH_INVALID_SCOPE, "invalid_scope", 400, false, false},
    {OAUTH_SERVER_ERROR, "server_error", 500, false, false},
    {OAUTH_TEMPORARILY_UNAVAILABLE, "temporarily_unavailable", 503, false, true},
    {OAUTH_TOO_MANY_FAILURES, "temporarily_unavailable", 429, false, true},
};

/* RFC 6749, 5.2. */
START_TEST(an_error_is_json_with_its_status)
{
	struct oauth_error error;
	const char *fault, *challenge;
	struct reply reply;
	json_t *body;

	ck_assert(!oauth_fail(&error, rows[_i].code, "some_reason", "Some description."));
	reply = oauth_error_reply(&call, &error);
	ck_assert_int_eq(reply.status, rows[_i].status);
	ck_assert_str_eq(reply.content_type, "application/json");
	ck_assert(!reply.is_cacheable);
	body = parse_json(reply.body, reply.length, &fault);
	ck_assert_ptr_nonnull(body);
	ck_assert_uint_eq(json_object_size(body), 2);
	ck_assert_str_eq(member_text(body, "error"), rows[_i].name);
	ck_assert_str_eq(member_text(body, "error_description"), "Some description.");
	json_decref(body);
	challenge = header_of(&reply, "WWW-Authenticate");
	ck_assert((challenge != NULL) == rows[_i].has_challenge);
	if (challenge != NULL)
		ck_assert(text_starts_with(challenge, "Basic realm=\"https://id.example"));
	ck_assert((header_of(&reply, "Retry-After") != NULL) == rows[_i].has_retry_after);
	ck_assert_str_eq(call.reason, arena_format(call.arena, "%s.some_reason", rows[_i].name));
}
END_TEST

START_TEST(retry_after_is_the_codes_or_the_errors_own)
{
	struct oauth_error error;
	struct reply reply;

	oauth_fail(&error, OAUTH_TOO_MANY_FAILURES, "some_reason", "Some description.");
	reply = oauth_error_reply(&call, &error);
	ck_assert_str_eq(header_of(&reply, "Retry-After"), "60");
	error.retry_after = 17;
	reply = oauth_error_reply(&call, &error);
	ck_assert_str_eq(header_of(&reply, "Retry-After"), "17");
}
END_TEST

/* RFC 6750, 3 and 3.1. */
START_TEST(a_bearer_challenge_names_an_error_only_when_a_token_came)
{
	struct oauth_error error;
	struct reply reply;

	oauth_fail(&error, OAUTH_NO_ERROR, "no_bearer_token", NULL);
	reply = oauth_bearer_error_reply(&call, &error);
	ck_assert_int_eq(reply.status, 401);
	ck_assert_str_eq(header_of(&reply, "WWW-Authenticate"),
	    "Bearer realm=\"https://id.example/realms/acme\"");
	ck_assert_uint_eq(reply.length, 0);
	ck_assert_str_eq(call.reason, "no_bearer_token");

	oauth_fail(&error, OAUTH_INVALID_TOKEN, "access_token_expired", "It has expired.");
	reply = oauth_bearer_error_reply(&call, &error);
	ck_assert_int_eq(reply.status, 401);
	ck_assert_str_eq(header_of(&reply, "WWW-Authenticate"),
	    "Bearer realm=\"https://id.example/realms/acme\", error=\"invalid_token\", "
	    "error_description=\"It has expired.\"");
	oauth_fail_for_scope(&error, "openid", "scope_openid_missing", "No openid.");
	reply = oauth_bearer_error_reply(&call, &error);
	ck_assert_int_eq(reply.status, 403);
	ck_assert_str_eq(header_of(&reply, "WWW-Authenticate"),
	    "Bearer realm=\"https://id.example/realms/acme\", error=\"insufficient_scope\", "
	    "error_description=\"No openid.\", scope=\"openid\"");
}
END_TEST

/* RFC 6750, 3.1 has no code for it, and RFC 9110, 10.2.3 a header. */
START_TEST(what_we_failed_at_is_no_challenge)
{
	struct oauth_error error;
	struct reply reply;

	oauth_fail(&error, OAUTH_TEMPORARILY_UNAVAILABLE, "some_reason", "Some description.");
	reply = oauth_bearer_error_reply(&call, &error);
	ck_assert_int_eq(reply.status, 503);
	ck_assert_ptr_null(header_of(&reply, "WWW-Authenticate"));
	ck_assert_ptr_nonnull(header_of(&reply, "Retry-After"));
}
END_TEST

START_TEST(what_we_failed_at_is_not_the_clients_fault)
{
	struct oauth_error error;

	call.failure = RESULT_UNAVAILABLE;
	ck_assert(!oauth_fail_for_us(&call, &error));
	ck_assert_int_eq(error.code, OAUTH_TEMPORARILY_UNAVAILABLE);
	call.failure = RESULT_FAILED;
	ck_assert(!oauth_fail_for_us(&call, &error));
	ck_assert_int_eq(error.code, OAUTH_SERVER_ERROR);
}
END_TEST

Suite *
suite_oauth_errors(void)
{
	Suite *suite = suite_create("oauth/errors");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, every_code_has_a_name_of_its_own);
	tcase_add_loop_test(
	    tests, an_error_is_json_with_its_status, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tests, retry_after_is_the_codes_or_the_errors_own);
	tcase_add_test(tests, a_bearer_challenge_names_an_error_only_when_a_token_came);
	tcase_add_test(tests, what_we_failed_at_is_no_challenge);
	tcase_add_test(tests, what_we_failed_at_is_not_the_clients_fault);
	suite_add_tcase(suite, tests);
	return (suite);
}
