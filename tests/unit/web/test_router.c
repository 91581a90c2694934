#include "fixture.h"

#include "routes.h"
#include "web/router.h"

Suite *suite_web_router(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *realm;
static bool was_stale_fine;
static enum result failure;

static bool
find_realm(struct call *its_call, const char *name, bool stale_is_fine)
{
	realm = arena_string(its_call->arena, name);
	was_stale_fine = stale_is_fine;
	if (strcmp(name, "down") == 0)
		call_fail(its_call, RESULT_UNAVAILABLE, "no database");
	return (strcmp(name, "") == 0 || strcmp(name, "acme") == 0);
}

static struct reply
say_path(struct call *its_call)
{
	return (reply_text(its_call, 200, its_call->request->path));
}

static struct reply
break_down(struct call *its_call)
{
	its_call->failure = failure;
	return (reply_text(its_call, 200, "fine"));
}

static struct reply
break_down_in_own_words(struct call *its_call)
{
	its_call->failure = failure;
	return (reply_text(its_call, failure == RESULT_FAILED ? 500 : 503, "own words"));
}

static struct reply
say_nothing(struct call *its_call)
{
	(void)its_call;
	return (reply_empty(0));
}

static struct reply
narrow_origin(struct call *its_call)
{
	struct reply reply = reply_empty(200);

	reply_header(its_call, &reply, "Access-Control-Allow-Origin", "https://app.example");
	return (reply);
}

static bool
everyone(struct call *its_call, struct reply *refusal)
{
	(void)its_call;
	(void)refusal;
	return (true);
}

static bool
nobody(struct call *its_call, struct reply *refusal)
{
	*refusal = reply_text(its_call, 403, "no");
	return (false);
}

static const struct route table[] = {
    {METHOD_GET, "/", say_path, everyone, 0},
    {METHOD_GET, "/page", say_path, everyone, 0},
    {METHOD_POST, "/page", say_nothing, everyone, 0},
    {METHOD_POST, "/token", say_path, everyone, ROUTE_CORS_CLIENT},
    {METHOD_GET | METHOD_POST, "/narrow", narrow_origin, everyone, ROUTE_CORS_CLIENT},
    {METHOD_GET, "/jwks", say_path, everyone, ROUTE_STALE_REALM | ROUTE_CORS_ANY},
    {METHOD_GET, "/.well-known/x", say_path, everyone, ROUTE_WELL_KNOWN},
    {METHOD_GET, "/.well-known/y", say_path, everyone, 0},
    {METHOD_GET, "/assets/", say_path, everyone, ROUTE_PREFIX | ROUTE_NO_REALM},
    {METHOD_GET, "/health", say_path, everyone, ROUTE_OPERATIONS | ROUTE_NO_REALM},
    {METHOD_GET, "/demo", say_path, everyone, ROUTE_DEV},
    {METHOD_GET, "/closed", say_path, nobody, 0},
    {METHOD_GET, "/fail", break_down, everyone, ROUTE_CORS_CLIENT},
    {METHOD_GET, "/fail-own", break_down_in_own_words, everyone, 0},
};

static void
setup(void)
{
	fixture_setup();
	router_find_realm = find_realm;
	router_is_dev = false;
	realm = "not asked";
	failure = RESULT_OK;
}

static struct reply
run(enum method method, const char *path)
{
	call.failure = RESULT_OK;
	request.method = method;
	request.target_path = path;
	return (router_run(&call, table, COUNT(table)));
}

static const struct {
	const char *target;
	int status;
	const char *realm, *path; /* path: as the handler saw it */
} places[] = {
    {"/", 200, "", "/"},
    {"/page", 200, "", "/page"},
    {"/realms/acme/page", 200, "acme", "/page"},
    {"/realms/acme", 200, "acme", "/"},
    {"/realms/acme/", 200, "acme", "/"},
    {"/realms/nonesuch/page", 404, "nonesuch", NULL},
    {"/realms/ACME/page", 404, "not asked", NULL},
    {"/realms/ac%6de/page", 404, "not asked", NULL},
    {"/realms//page", 404, "not asked", NULL},
    {"/realms/", 404, "not asked", NULL},
    {"/realms/a234567890123456789012345678901234567890123456789012345678901234/page", 404,
	"not asked", NULL},
    {"/realms/acme/realms/acme/page", 404, "not asked", NULL},
    {"/page/", 404, "not asked", NULL},
    {"/pag", 404, "not asked", NULL},
    {"//page", 404, "not asked", NULL},
    {"/./page", 404, "not asked", NULL},
    {"/%70age", 404, "not asked", NULL},
    {"/.well-known/x", 200, "", "/.well-known/x"},
    {"/realms/acme/.well-known/x", 200, "acme", "/.well-known/x"},
    {"/.well-known/x/realms/acme", 200, "acme", "/.well-known/x"},
    {"/.well-known/x/realms/acme/", 404, "not asked", NULL},
    {"/.well-known/x/realms/nonesuch", 404, "nonesuch", NULL},
    {"/.well-known/y/realms/acme", 404, "not asked", NULL},
    {"/page/realms/acme", 404, "not asked", NULL},
    {"/assets/a/b.css", 200, "not asked", "/assets/a/b.css"},
    {"/assets", 404, "not asked", NULL},
    {"/realms/acme/assets/a.css", 404, "not asked", NULL},
    {"/health", 404, "not asked", NULL},
    {"/demo", 404, "not asked", NULL},
};

START_TEST(finds_realm_and_path)
{
	struct reply reply = run(METHOD_GET, places[_i].target);

	ck_assert_int_eq(reply.status, places[_i].status);
	ck_assert_str_eq(realm, places[_i].realm);
	if (places[_i].path != NULL)
		ck_assert_str_eq(fixture_body(&reply), places[_i].path);
}
END_TEST

START_TEST(tells_the_log_which_row_it_was)
{
	run(METHOD_GET, "/realms/acme/page");
	ck_assert_ptr_eq(request.route, &table[1]);
	run(METHOD_GET, "/nonesuch");
	ck_assert_ptr_null(request.route);
	ck_assert_str_eq(call.reason, "path_unknown");
}
END_TEST

START_TEST(other_methods_are_told_what_is_allowed)
{
	struct reply reply = run(METHOD_PUT, "/page");

	ck_assert_int_eq(reply.status, 405);
	ck_assert_str_eq(reply_header_value(&reply, "Allow"), "GET, HEAD, POST");
	reply = run(METHOD_GET, "/token");
	ck_assert_int_eq(reply.status, 405);
	ck_assert_str_eq(reply_header_value(&reply, "Allow"), "POST, OPTIONS");
	ck_assert_int_eq(run(METHOD_OPTIONS, "/page").status, 405);
	ck_assert_int_eq(run(METHOD_HEAD, "/token").status, 405);
	ck_assert_str_eq(realm, "not asked");
}
END_TEST

START_TEST(head_is_answered_where_get_is)
{
	ck_assert_int_eq(run(METHOD_HEAD, "/page").status, 200);
	ck_assert_ptr_eq(request.route, &table[1]);
}
END_TEST

START_TEST(listeners_have_their_own_routes)
{
	request.listener = LISTENER_OPERATIONS;
	ck_assert_int_eq(run(METHOD_GET, "/health").status, 200);
	ck_assert_str_eq(realm, "not asked");
	ck_assert_int_eq(run(METHOD_GET, "/page").status, 404);
	ck_assert_int_eq(run(METHOD_GET, "/realms/acme/health").status, 404);
}
END_TEST

START_TEST(dev_routes_are_there_under_dev_only)
{
	ck_assert_int_eq(run(METHOD_GET, "/demo").status, 404);
	router_is_dev = true;
	ck_assert_int_eq(run(METHOD_GET, "/demo").status, 200);
}
END_TEST

START_TEST(a_stale_realm_is_fine_where_the_row_says_so)
{
	run(METHOD_GET, "/page");
	ck_assert(!was_stale_fine);
	run(METHOD_GET, "/jwks");
	ck_assert(was_stale_fine);
}
END_TEST

START_TEST(a_guard_refuses)
{
	struct reply reply = run(METHOD_GET, "/closed");

	ck_assert_int_eq(reply.status, 403);
	ck_assert_str_eq(fixture_body(&reply), "no");
}
END_TEST

START_TEST(preflights_are_answered_without_a_realm)
{
	struct reply reply = run(METHOD_OPTIONS, "/realms/acme/token");

	ck_assert_int_eq(reply.status, 204);
	ck_assert_str_eq(reply_header_value(&reply, "Access-Control-Allow-Origin"), "*");
	ck_assert_str_eq(
	    reply_header_value(&reply, "Access-Control-Allow-Methods"), "POST, OPTIONS");
	ck_assert_str_eq(reply_header_value(&reply, "Access-Control-Allow-Headers"),
	    "authorization, content-type");
	ck_assert_str_eq(reply_header_value(&reply, "Access-Control-Max-Age"), "600");
	ck_assert_ptr_null(reply_header_value(&reply, "Access-Control-Allow-Credentials"));
	ck_assert_str_eq(realm, "not asked");
}
END_TEST

/* B-01. */
static const struct {
	const char *target;
	enum method method;
	const char *origin;
} origins[] = {
    {"/page", METHOD_GET, NULL},
    {"/closed", METHOD_GET, NULL},
    {"/jwks", METHOD_GET, "*"},
    {"/token", METHOD_POST, "*"},
    {"/realms/down/token", METHOD_POST, "*"},
    {"/fail", METHOD_GET, "*"},
    {"/narrow", METHOD_GET, "https://app.example"},
};

START_TEST(b01_cors_is_where_the_row_says_so)
{
	struct reply reply;
	const char *origin;

	failure = RESULT_FAILED;
	fixture_header("Origin", "https://evil.example");
	reply = run(origins[_i].method, origins[_i].target);
	origin = reply_header_value(&reply, "Access-Control-Allow-Origin");
	if (origins[_i].origin == NULL)
		ck_assert_ptr_null(origin);
	else
		ck_assert_str_eq(origin, origins[_i].origin);
	ck_assert_ptr_null(reply_header_value(&reply, "Access-Control-Allow-Credentials"));
}
END_TEST

START_TEST(a_failure_outweighs_the_answer)
{
	struct reply reply;

	failure = RESULT_UNAVAILABLE;
	reply = run(METHOD_GET, "/fail");
	ck_assert_int_eq(reply.status, 503);
	ck_assert_ptr_nonnull(reply_header_value(&reply, "Retry-After"));
	failure = RESULT_FAILED;
	ck_assert_int_eq(run(METHOD_GET, "/fail").status, 500);
	failure = RESULT_CANCELLED;
	ck_assert_int_eq(run(METHOD_GET, "/fail").status, 503);
	failure = RESULT_OK;
	ck_assert_int_eq(run(METHOD_GET, "/fail").status, 200);
}
END_TEST

START_TEST(a_failure_may_be_worded_by_the_handler)
{
	struct reply reply;

	failure = RESULT_UNAVAILABLE;
	reply = run(METHOD_GET, "/fail-own");
	ck_assert_int_eq(reply.status, 503);
	ck_assert_str_eq(fixture_body(&reply), "own words");
	failure = RESULT_FAILED;
	reply = run(METHOD_GET, "/fail-own");
	ck_assert_int_eq(reply.status, 500);
	ck_assert_str_eq(fixture_body(&reply), "own words");
}
END_TEST

START_TEST(no_realm_for_want_of_a_database_is_503)
{
	ck_assert_int_eq(run(METHOD_GET, "/realms/down/page").status, 503);
}
END_TEST

START_TEST(no_answer_is_our_mistake)
{
	ck_assert_int_eq(run(METHOD_POST, "/page").status, 500);
}
END_TEST

#define ROW METHOD_GET, "/a", say_path, everyone
static const struct route bad_tables[][2] = {
    {{ROW, 0}, {ROW, 0}},
    {{ROW, 0}, {METHOD_GET | METHOD_POST, "/a", say_path, everyone, 0}},
    {{METHOD_GET, "/a/", say_path, everyone, ROUTE_PREFIX},
	{METHOD_GET, "/a/b", say_path, everyone, 0}},
    {{ROW, 0}, {METHOD_GET, "/b", NULL, everyone, 0}},
    {{ROW, 0}, {METHOD_GET, "/b", say_path, NULL, 0}},
    {{ROW, 0}, {METHOD_GET, "b", say_path, everyone, 0}},
    {{ROW, 0}, {METHOD_GET, NULL, say_path, everyone, 0}},
    {{ROW, 0}, {METHOD_GET, "/realms/x", say_path, everyone, 0}},
    {{ROW, 0}, {METHOD_HEAD, "/b", say_path, everyone, 0}},
    {{ROW, 0}, {0, "/b", say_path, everyone, 0}},
    {{ROW, 0}, {METHOD_GET, "/b", say_path, everyone, ROUTE_PREFIX}},
    {{ROW, 0}, {METHOD_GET, "/b", say_path, everyone, ROUTE_WELL_KNOWN}},
    {{ROW, 0}, {METHOD_GET, "/b", say_path, everyone, ROUTE_CORS_ANY | ROUTE_CORS_CLIENT}},
};

START_TEST(a_bad_table_does_not_start)
{
	router_check(bad_tables[_i], 2);
}
END_TEST

START_TEST(a_good_table_starts)
{
	router_check(table, COUNT(table));
}
END_TEST

START_TEST(the_table_of_the_service_starts)
{
	router_check(routes, routes_count);
	for (size_t i = 0; i < routes_count; i++) {
		/* B-01: pages and what a browser is sent to are never readable from elsewhere. */
		if (strstr(routes[i].path, "authorize") != NULL ||
		    strstr(routes[i].path, "login") != NULL)
			ck_assert(!(routes[i].extras & (ROUTE_CORS_ANY | ROUTE_CORS_CLIENT)));
	}
}
END_TEST

Suite *
suite_web_router(void)
{
	Suite *suite = suite_create("web/router");
	TCase *tcase = tcase_create("router");

	tcase_add_checked_fixture(tcase, setup, fixture_teardown);
	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(tcase, finds_realm_and_path, 0, COUNT(places));
	tcase_add_test(tcase, tells_the_log_which_row_it_was);
	tcase_add_test(tcase, other_methods_are_told_what_is_allowed);
	tcase_add_test(tcase, head_is_answered_where_get_is);
	tcase_add_test(tcase, listeners_have_their_own_routes);
	tcase_add_test(tcase, dev_routes_are_there_under_dev_only);
	tcase_add_test(tcase, a_stale_realm_is_fine_where_the_row_says_so);
	tcase_add_test(tcase, a_guard_refuses);
	tcase_add_test(tcase, preflights_are_answered_without_a_realm);
	tcase_add_test(tcase, a_failure_outweighs_the_answer);
	tcase_add_test(tcase, a_failure_may_be_worded_by_the_handler);
	tcase_add_test(tcase, no_realm_for_want_of_a_database_is_503);
	tcase_add_test(tcase, no_answer_is_our_mistake);
	tcase_add_loop_test_raise_signal(
	    tcase, a_bad_table_does_not_start, SIGABRT, 0, COUNT(bad_tables));
	tcase_add_test(tcase, a_good_table_starts);

	TCase *b01 = tcase_create("B-01");

	tcase_add_checked_fixture(b01, setup, fixture_teardown);
	suite_add_tcase(suite, b01);
	tcase_add_loop_test(b01, b01_cors_is_where_the_row_says_so, 0, COUNT(origins));
	tcase_add_test(b01, the_table_of_the_service_starts);
	return (suite);
}
