#include "fixture.h"

#include "web/template.h"

Suite *suite_web_reply(void);

START_TEST(builds_text_and_json)
{
	struct reply reply = reply_text(&call, 200, "ok\n");
	struct text json;

	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.content_type, "text/plain; charset=utf-8");
	ck_assert_str_eq(fixture_body(&reply), "ok\n");
	ck_assert(!reply.is_cacheable);
	text_init(&json, call.arena, 100);
	text_add(&json, "{}");
	reply = reply_json(&call, 201, &json);
	ck_assert_int_eq(reply.status, 201);
	ck_assert_str_eq(reply.content_type, "application/json");
	ck_assert_str_eq(fixture_body(&reply), "{}");
}
END_TEST

START_TEST(cut_json_is_never_sent)
{
	struct text json;

	text_init(&json, call.arena, 3);
	text_add(&json, "{\"a\":1}");
	reply_json(&call, 200, &json);
}
END_TEST

START_TEST(keeps_headers_in_order)
{
	struct reply reply = reply_empty(204);

	reply_header(&call, &reply, "A", "1");
	reply_header(&call, &reply, "B", "2");
	reply_header(&call, &reply, "A", "3");
	ck_assert_str_eq(reply.headers->name, "A");
	ck_assert_str_eq(reply.headers->next->name, "B");
	ck_assert_str_eq(reply.headers->next->next->value, "3");
	ck_assert_str_eq(reply_header_value(&reply, "b"), "2");
	ck_assert_ptr_null(reply_header_value(&reply, "c"));
}
END_TEST

/* */
static const char *const injections[] = {
    "a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "\x1b[2J", "a\x7f"};

START_TEST(a05_stops_at_a_control_byte_in_a_header)
{
	struct reply reply = reply_empty(200);

	reply_header(&call, &reply, "Location", injections[_i]);
}
END_TEST

START_TEST(redirects_without_repeating_the_body)
{
	struct reply reply = reply_redirect(&call, 303, "https://app.example/cb?code=1");

	ck_assert_int_eq(reply.status, 303);
	ck_assert_str_eq(reply_header_value(&reply, "location"), "https://app.example/cb?code=1");
	ck_assert_ptr_null(reply.content_type);
}
END_TEST

/* */
START_TEST(a14_never_redirects_with_307)
{
	reply_redirect(&call, 307, "https://app.example/");
}
END_TEST

START_TEST(words_errors_for_programs)
{
	struct reply reply = reply_error(&call, 404);

	ck_assert_str_eq(fixture_body(&reply), "{\"error\":\"not_found\"}");
	reply = reply_error(&call, 599);
	ck_assert_int_eq(reply.status, 599);
	ck_assert_str_eq(fixture_body(&reply), "{\"error\":\"server_error\"}");
	reply = reply_error(&call, 418);
	ck_assert_str_eq(fixture_body(&reply), "{\"error\":\"invalid_request\"}");
}
END_TEST

START_TEST(words_errors_for_people)
{
	struct reply reply;

	templates_start();
	fixture_header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
	reply = reply_unavailable(&call, 7);
	ck_assert_int_eq(reply.status, 503);
	ck_assert_str_eq(reply_header_value(&reply, "Retry-After"), "7");
	ck_assert_str_eq(reply.content_type, "text/html; charset=utf-8");
	ck_assert_ptr_nonnull(strstr(fixture_body(&reply), request.id));
}
END_TEST

START_TEST(reads_request_headers_without_case)
{
	fixture_header("X-One", "1");
	fixture_header("x-one", "2");
	ck_assert_str_eq(request_header(&request, "X-ONE"), "1");
	ck_assert_uint_eq(request_header_count(&request, "x-One"), 2);
	ck_assert_ptr_null(request_header(&request, "x-on"));
	ck_assert_str_eq(method_name(METHOD_PATCH), "PATCH");
}
END_TEST

Suite *
suite_web_reply(void)
{
	Suite *suite = suite_create("web/reply");

	FIXTURE_CASE(suite, tcase, "reply");
	tcase_add_test(tcase, builds_text_and_json);
	tcase_add_test_raise_signal(tcase, cut_json_is_never_sent, SIGABRT);
	tcase_add_test(tcase, keeps_headers_in_order);
	tcase_add_test(tcase, redirects_without_repeating_the_body);
	tcase_add_test(tcase, words_errors_for_programs);
	tcase_add_test(tcase, words_errors_for_people);
	tcase_add_test(tcase, reads_request_headers_without_case);

	FIXTURE_CASE(suite, a05, "A-05");
	tcase_add_loop_test_raise_signal(a05, a05_stops_at_a_control_byte_in_a_header, SIGABRT, 0,
	    sizeof(injections) / sizeof(injections[0]));

	FIXTURE_CASE(suite, a14, "A-14");
	tcase_add_test_raise_signal(a14, a14_never_redirects_with_307, SIGABRT);
	return (suite);
}
