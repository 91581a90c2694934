/* Outgoing HTTP inside fibers, against a server of the test's own. */
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/call.h"
#include "async/fetch.h"
#include "async/fiber.h"
#include "async/loop.h"
#include "async/wait.h"
#include "base/text.h"
#include "tiny_server.h"

Suite *suite_async_fetch(void);

enum { ANSWER_MAX = 512 };

static struct tiny_server *server;

/* One fetch in a call of its own, and what came of it. */
struct
try {
	struct fetch_request request;
	char url[128];
	struct call *call;
	enum result result, failure;
	long status, max_age;
	char body[ANSWER_MAX], content_type[64];
	size_t body_length;
	const char *problem;
	bool is_over;
};

static void
try_run(struct call *call, void *argument)
{
	struct try *try = argument;
	struct fetch_answer answer = {0};

	try->call = call;
	try->result = fetch_run(call, &try->request, &answer);
	try->failure = call->failure;
	try->problem = answer.problem;
	if (try->result != RESULT_OK)
		return;
	try->status = answer.status;
	try->max_age = answer.max_age;
	try->body_length = answer.body_length;
	snprintf(try->body, sizeof(try->body), "%s", answer.body);
	if (answer.content_type != NULL)
		snprintf(try->content_type, sizeof(try->content_type), "%s", answer.content_type);
}

static void
try_finished(struct call *call)
{
	struct try *try = call->owner;

	try->is_over = true;
}

static void
try_start(struct try *try, const char *path)
{
	if (path[0] == '/')
		snprintf(try->url, sizeof(try->url), "http://127.0.0.1:%d%s", server->port, path);
	else
		snprintf(try->url, sizeof(try->url), "%s", path);
	try->request.url = try->url;
	if (try->request.method == NULL)
		try->request.method = "GET";
	ck_assert_ptr_nonnull(call_start(try_run, try, try_finished, try));
}

static void
try_fetch(struct try *try, const char *path)
{
	try_start(try, path);
	while (!try->is_over)
		loop_poll_once(-1);
}

static void
begin(void)
{
	loop_poll_start();
	server = tiny_server_start(false);
	fetch_start();
}

static void
begin_tls(void)
{
	loop_poll_start();
	server = tiny_server_start(true);
	fetch_start();
}

static void
end(void)
{
	fetch_stop();
	tiny_server_stop(server);
	loop_poll_stop();
	ck_assert_uint_eq(fiber_alive(), 0);
	ck_assert_int_eq(timers_next(0), -1);
}

START_TEST(an_answer_comes_back_whole)
{
	struct try try = {0};

	try_fetch(&try, "/ok");
	ck_assert_int_eq(try.result, RESULT_OK);
	ck_assert_int_eq(try.status, 200);
	ck_assert_str_eq(try.body, "hello");
	ck_assert_uint_eq(try.body_length, 5);
	ck_assert_str_eq(try.content_type, "text/plain");
}
END_TEST

START_TEST(no_content_and_errors_are_answers_too)
{
	struct try empty = {0}, missing = {0}, redirect = {0};

	try_fetch(&empty, "/empty");
	ck_assert_int_eq(empty.status, 204);
	ck_assert_uint_eq(empty.body_length, 0);
	ck_assert_str_eq(empty.content_type, "");
	try_fetch(&missing, "/404");
	ck_assert_int_eq(missing.result, RESULT_OK);
	ck_assert_int_eq(missing.status, 404);
	try_fetch(&redirect, "/redirect");
	ck_assert_int_eq(redirect.status, 302);
	ck_assert_uint_eq(server->requests, 3);
}
END_TEST

/* RFC 9111, 5.2.2. */
START_TEST(how_long_an_answer_is_good_is_the_least_of_what_it_says)
{
	struct try silent = {0}, cached = {0}, not_cached = {0};

	try_fetch(&silent, "/ok");
	ck_assert_int_eq(silent.max_age, -1);
	try_fetch(&cached, "/cached");
	ck_assert_int_eq(cached.max_age, 120);
	try_fetch(&not_cached, "/not-cached");
	ck_assert_int_eq(not_cached.max_age, 0);
}
END_TEST

START_TEST(a_connection_is_used_again)
{
	for (unsigned i = 0; i < 5; i++) {
		struct try try = {0};

		try_fetch(&try, "/ok");
		ck_assert_str_eq(try.body, "hello");
	}
	ck_assert_uint_eq(server->requests, 5);
	ck_assert_uint_eq(server->connections, 1);
}
END_TEST

START_TEST(method_headers_and_body_arrive)
{
	static const char *const headers[] = {"Content-Type: application/json", "X-One: 1", NULL};
	struct try try = {
	    .request = {
		.method = "POST", .headers = headers, .body = "{\"a\":1}", .body_length = 7}};
	struct try put = {.request = {.method = "PUT", .body = "abc", .body_length = 2}};
	struct try none = {.request = {.method = "POST"}};

	try_fetch(&try, "/echo");
	ck_assert_int_eq(try.result, RESULT_OK);
	ck_assert(text_starts_with(try.body, "POST /echo HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(try.body, "Content-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(try.body, "X-One: 1\r\n"));
	ck_assert_ptr_nonnull(strstr(try.body, "Content-Length: 7\r\n"));
	ck_assert_ptr_null(strstr(try.body, "Expect:"));
	ck_assert_ptr_nonnull(strstr(try.body, "{\"a\":1}"));
	try_fetch(&put, "/echo");
	ck_assert(text_starts_with(put.body, "PUT /echo HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(put.body, "Content-Length: 2\r\n"));
	try_fetch(&none, "/echo");
	ck_assert(text_starts_with(none.body, "POST /echo HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(none.body, "Content-Length: 0\r\n"));
}
END_TEST

/* What the other side does wrong is UNAVAILABLE with a reason, and does not stick. */
static const struct {
	const char *path;
	unsigned timeout_ms;
	size_t bytes_max;
} failing[] = {
    {"/close", 0, 0},
    {"/half", 0, 0},
    {"/hang", 50, 0},
    {"/declared-big", 0, 0},
    {"/endless", 0, 0},
    {"/ok", 0, 4},
    {"http://127.0.0.1:1/", 0, 0},
    {"file:///etc/passwd", 0, 0},
    {"ftp://127.0.0.1/", 0, 0},
    {"http://user:word@127.0.0.1:1/", 0, 0},
    {"no url at all", 0, 0},
};

START_TEST(failures_are_unavailable_and_do_not_stick)
{
	struct try try = {
	    .request = {.timeout_ms = failing[_i].timeout_ms, .bytes_max = failing[_i].bytes_max}};

	try_fetch(&try, failing[_i].path);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	ck_assert_int_eq(try.failure, RESULT_OK);
	ck_assert_ptr_nonnull(try.problem);
}
END_TEST

START_TEST(exactly_the_most_bytes_fit)
{
	struct try try = {.request.bytes_max = 5};

	try_fetch(&try, "/ok");
	ck_assert_int_eq(try.result, RESULT_OK);
	ck_assert_str_eq(try.body, "hello");
}
END_TEST

START_TEST(a_line_break_in_a_header_is_refused)
{
	static const char *const headers[] = {"X-One: 1\r\nX-Two: 2", NULL};
	struct try try = {.request.headers = headers};

	try_start(&try, "/ok");
	ck_assert(try.is_over);
	ck_assert_int_eq(try.result, RESULT_FAILED);
	ck_assert_int_eq(try.failure, RESULT_FAILED);
	ck_assert_uint_eq(server->connections, 0);
}
END_TEST

START_TEST(the_proxy_of_the_environment_is_not_used)
{
	struct try try = {0};

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	try_fetch(&try, "/ok");
	ck_assert_int_eq(try.result, RESULT_OK);
}
END_TEST

START_TEST(cancelled_before_it_begins_and_while_it_waits)
{
	struct try early = {0}, late = {0};

	try_start(&early, "/ok");
	call_cancel(early.call);
	wait_run_ready();
	ck_assert_int_eq(early.result, RESULT_CANCELLED);
	try_start(&late, "/hang");
	while (server->requests == 0)
		loop_poll_once(1);
	ck_assert(!late.is_over);
	call_cancel(late.call);
	wait_run_ready();
	ck_assert(late.is_over);
	ck_assert_int_eq(late.result, RESULT_CANCELLED);
	ck_assert_int_eq(late.failure, RESULT_CANCELLED);
}
END_TEST

/* A listener whose backlog is full: connections neither come nor fail. */
static int
deaf_listen(int *port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0), client;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, length), 0);
	ck_assert_int_eq(listen(fd, 0), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*port = ntohs(address.sin_port);
	for (unsigned i = 0; i < 3; i++) {
		client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(client, (struct sockaddr *)&address, length);
	}
	return (fd);
}

/* libcurl closes such sockets behind the loop's back; the next one gets the same number. */
START_TEST(connecting_in_vain_times_out)
{
	int port, fd = deaf_listen(&port);
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	for (unsigned i = 0; i < 5; i++) {
		struct try try = {.request.timeout_ms = 20}, fine = {0};

		try_fetch(&try, url);
		ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
		ck_assert_str_eq(try.problem, "Timeout was reached");
		try_fetch(&fine, "/ok");
		ck_assert_str_eq(fine.body, "hello");
	}
	close(fd);
}
END_TEST

START_TEST(every_address_of_a_name_is_tried)
{
	struct try try = {0};
	char url[64];

	snprintf(url, sizeof(url), "http://localhost:%d/ok", server->port);
	try_fetch(&try, url);
	ck_assert_int_eq(try.result, RESULT_OK);
	ck_assert_str_eq(try.body, "hello");
}
END_TEST

START_TEST(many_at_once_and_one_too_many)
{
	static struct try tries[FETCHES_MAX + 1];
	bool is_over = false;

	for (unsigned i = 0; i <= FETCHES_MAX; i++)
		try_start(&tries[i], "/ok");
	ck_assert(tries[FETCHES_MAX].is_over);
	ck_assert_int_eq(tries[FETCHES_MAX].result, RESULT_UNAVAILABLE);
	while (!is_over) {
		loop_poll_once(-1);
		is_over = true;
		for (unsigned i = 0; i < FETCHES_MAX; i++)
			is_over = is_over && tries[i].is_over;
	}
	for (unsigned i = 0; i < FETCHES_MAX; i++)
		ck_assert_str_eq(tries[i].body, "hello");
}
END_TEST

START_TEST(stopping_ends_what_is_under_way)
{
	struct try try = {0}, late = {0};

	try_start(&try, "/hang");
	while (server->requests == 0)
		loop_poll_once(1);
	fetch_stop();
	ck_assert(try.is_over);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	try_start(&late, "/ok");
	ck_assert(late.is_over);
	ck_assert_int_eq(late.result, RESULT_UNAVAILABLE);
}
END_TEST

static void
twice_run(struct call *call, void *argument)
{
	struct try *try = argument;
	struct fetch_answer first = {0}, second = {0};

	if (fetch_run(call, &try->request, &first) == RESULT_OK &&
	    sleep_until(call, 0) == RESULT_OK &&
	    fetch_run(call, &try->request, &second) == RESULT_OK)
		try->status = first.status + second.status;
}

START_TEST(several_in_one_call)
{
	struct try try = {.request.method = "GET"};

	snprintf(try.url, sizeof(try.url), "http://127.0.0.1:%d/ok", server->port);
	try.request.url = try.url;
	loop_poll_run(twice_run, &try);
	ck_assert_int_eq(try.status, 400);
}
END_TEST

static void
leased_run(struct call *call, void *argument)
{
	struct fetch_answer answer;

	call->leases = 1;
	fetch_run(call, argument, &answer);
}

START_TEST(a_leased_connection_across_a_fetch_is_fatal)
{
	struct fetch_request request = {.method = "GET", .url = "http://127.0.0.1:1/"};

	call_start(leased_run, &request, NULL, NULL);
}
END_TEST

START_TEST(a_certificate_nobody_signed_is_refused)
{
	struct try try = {0};
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok", server->port);
	try_fetch(&try, url);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(try.problem, "certificate"));
	ck_assert_uint_eq(server->connections, 1);
	ck_assert_uint_eq(server->requests, 0);
}
END_TEST

Suite *
suite_async_fetch(void)
{
	Suite *suite = suite_create("async/fetch");
	TCase *tests = tcase_create("fetch"), *tls = tcase_create("tls");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, an_answer_comes_back_whole);
	tcase_add_test(tests, no_content_and_errors_are_answers_too);
	tcase_add_test(tests, how_long_an_answer_is_good_is_the_least_of_what_it_says);
	tcase_add_test(tests, a_connection_is_used_again);
	tcase_add_test(tests, method_headers_and_body_arrive);
	tcase_add_loop_test(tests, failures_are_unavailable_and_do_not_stick, 0,
	    (int)(sizeof(failing) / sizeof(failing[0])));
	tcase_add_test(tests, exactly_the_most_bytes_fit);
	tcase_add_test(tests, a_line_break_in_a_header_is_refused);
	tcase_add_test(tests, the_proxy_of_the_environment_is_not_used);
	tcase_add_test(tests, cancelled_before_it_begins_and_while_it_waits);
	tcase_add_test(tests, connecting_in_vain_times_out);
	tcase_add_test(tests, every_address_of_a_name_is_tried);
	tcase_add_test(tests, many_at_once_and_one_too_many);
	tcase_add_test(tests, stopping_ends_what_is_under_way);
	tcase_add_test(tests, several_in_one_call);
	tcase_add_test_raise_signal(tests, a_leased_connection_across_a_fetch_is_fatal, SIGABRT);
	suite_add_tcase(suite, tests);
	tcase_add_checked_fixture(tls, begin_tls, end);
	tcase_add_test(tls, a_certificate_nobody_signed_is_refused);
	suite_add_tcase(suite, tls);
	return (suite);
}
