/* A call with a request, without a fiber: enough for everything in web/ that does not wait. */
#ifndef TESTS_UNIT_WEB_FIXTURE_H
#define TESTS_UNIT_WEB_FIXTURE_H

#include <check.h>
#include <signal.h>
#include <string.h>

#include "web/reply.h"
#include "web/request.h"

enum { FIXTURE_HEADERS_MAX = 128 };

static struct call call;
static struct request request;
static struct header headers[FIXTURE_HEADERS_MAX];

static inline void
fixture_setup(void)
{
	memset(&call, 0, sizeof(call));
	memset(&request, 0, sizeof(request));
	call.arena = arena_create(CALL_ARENA_MAX);
	call.request = &request;
	request.method = METHOD_GET;
	request.target_path = request.path = "/";
	request.host = "localhost:8080";
	request.headers = headers;
	request.body = "";
	request.id = "0123456789abcdefghijkl";
}

static inline void
fixture_teardown(void)
{
	arena_destroy(call.arena);
}

static inline void
fixture_header(const char *name, const char *value)
{
	ck_assert_uint_lt(request.header_count, FIXTURE_HEADERS_MAX);
	headers[request.header_count].name = name;
	headers[request.header_count].value = value;
	request.header_count++;
}

static inline const char *
fixture_body(const struct reply *reply)
{
	return (arena_substring(call.arena, reply->body != NULL ? reply->body : "", reply->length));
}

#define FIXTURE_CASE(suite, tcase, name)                                                           \
	TCase *tcase = tcase_create(name);                                                         \
	tcase_add_checked_fixture(tcase, fixture_setup, fixture_teardown);                         \
	suite_add_tcase(suite, tcase)

#endif
