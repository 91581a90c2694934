/* The strict check of request heads: rows H-01 to H-08 of the catalogue, and what Kore's own parser
 * would have let through. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/strict_http.h"

Suite *suite_web_strict_http(void);

enum { BODY_MAX = 65536, ROOM = 65536 };

#define HOST "Host: id.example.com\r\n"
#define GET "GET /a?b=c HTTP/1.1\r\n"
#define POST "POST /token HTTP/1.1\r\n"

static const char *const hosts[] = {"id.example.com", "localhost:8080", "[::1]:8080", NULL};

static const struct hostile {
	const char *request;
	enum strict_verdict verdict;
} requests[] = {
    /* fine */
    {GET HOST "\r\n", STRICT_FINE},
    {GET "host:id.example.com\r\n\r\n", STRICT_FINE},
    {GET "HOST: ID.Example.COM\r\n\r\n", STRICT_FINE},
    {GET "Host: localhost:8080\r\n\r\n", STRICT_FINE},
    {GET "Host: [::1]:8080\r\n\r\n", STRICT_FINE},
    {"HEAD / HTTP/1.1\r\n" HOST "\r\n", STRICT_FINE},
    {"OPTIONS /x HTTP/1.1\r\n" HOST "\r\n", STRICT_FINE},
    {"DELETE /x HTTP/1.1\r\n" HOST "\r\n", STRICT_FINE},
    {"DELETE /x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", STRICT_FINE},
    {"GET / HTTP/1.0\r\n" HOST "\r\n", STRICT_FINE},
    {"PUT /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab", STRICT_FINE},
    {"PATCH /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab", STRICT_FINE},
    {POST HOST "Content-Length: 0\r\n\r\n", STRICT_FINE},
    {POST HOST "Content-Length:3\r\n\r\nabc", STRICT_FINE},
    {POST HOST "Content-Length: 3\r\n\r\n", STRICT_FINE},
    {POST HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", STRICT_FINE},
    {POST HOST "Content-Length: 65536\r\n\r\n", STRICT_FINE},
    {GET HOST "X-Odd: a\tb\r\n\r\n", STRICT_FINE},
    {GET HOST "X-Name: Ren\xc3\xa9\r\n\r\n", STRICT_FINE},
    {GET HOST "X-Empty:\r\nX-Blank:   \r\n\r\n", STRICT_FINE},
    {GET HOST "Cookie: a=\xff; b=1\r\n\r\n", STRICT_FINE},
    {GET HOST "Connection: Authorization, X-Header\r\nAuthorization: Bearer x\r\n\r\n",
	STRICT_FINE},
    {GET HOST "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n",
	STRICT_FINE},
    {"GET http://id.example.com/a HTTP/1.1\r\n" HOST "\r\n", STRICT_FINE},
    {"GET https://ID.example.com/a?b HTTP/1.1\r\n" HOST "\r\n", STRICT_FINE},
    /* not yet over */
    {"", STRICT_INCOMPLETE},
    {"GE", STRICT_INCOMPLETE},
    {GET HOST, STRICT_INCOMPLETE},
    {GET HOST "\r", STRICT_INCOMPLETE},
    /* H-01: transfer codings */
    {POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n",
	STRICT_TRANSFER_ENCODING},
    {POST HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
	STRICT_TRANSFER_ENCODING},
    {POST HOST "transfer-encoding: identity\r\n\r\n", STRICT_TRANSFER_ENCODING},
    {POST HOST "Transfer-Encoding:\r\n\r\n", STRICT_TRANSFER_ENCODING},
    {POST HOST "Transfer-Encoding: \tchunked\r\n\r\n", STRICT_TRANSFER_ENCODING},
    {GET HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", STRICT_TRANSFER_ENCODING},
    {POST HOST "Transfer-Encoding : chunked\r\n\r\n", STRICT_BAD_FIELD_NAME},
    /* H-02: lengths */
    {POST HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", STRICT_FIELD_TWICE},
    {POST HOST "Content-Length: 2\r\ncontent-length: 5\r\n\r\nab", STRICT_FIELD_TWICE},
    {POST HOST "Content-Length: 2,5\r\n\r\nab", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: +2\r\n\r\nab", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: -0\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: -2\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length:  5\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: 5 \r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length:\t5\r\n\r\n", STRICT_BAD_FIELD_VALUE},
    {POST HOST "Content-Length: 0x5\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: 05\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: 5;\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length:\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: 18446744073709551617\r\n\r\n", STRICT_LENGTH_MALFORMED},
    {POST HOST "Content-Length: 65537\r\n\r\n", STRICT_BODY_TOO_LARGE},
    {POST HOST "Content-Length: 9999999999\r\n\r\n", STRICT_BODY_TOO_LARGE},
    {POST HOST "\r\n", STRICT_LENGTH_REQUIRED},
    {"PUT /x HTTP/1.1\r\n" HOST "\r\n", STRICT_LENGTH_REQUIRED},
    /* H-03: bodies where there are none */
    {GET HOST "Content-Length: 5\r\n\r\nabcde", STRICT_BODY_NOT_ALLOWED},
    {"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", STRICT_BODY_NOT_ALLOWED},
    {"DELETE /x HTTP/1.1\r\n" HOST "Content-Length: 44\r\n\r\n", STRICT_BODY_NOT_ALLOWED},
    {"OPTIONS /x HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx", STRICT_BODY_NOT_ALLOWED},
    /* H-04: over-read and pipelining */
    {POST HOST "Content-Length: 1\r\n\r\nab", STRICT_MORE_THAN_LENGTH},
    {POST HOST "Content-Length: 0\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", STRICT_MORE_THAN_LENGTH},
    {GET HOST "\r\n" GET HOST "\r\n", STRICT_MORE_THAN_LENGTH},
    {GET HOST "\r\n\r\n", STRICT_MORE_THAN_LENGTH},
    /* H-05: bytes */
    {GET HOST "X: a\rb\r\n\r\n", STRICT_BARE_CR},
    {GET HOST "X: a\r\rAuthorization: x\r\n\r\n", STRICT_BARE_CR},
    {GET HOST "X: a\nTransfer-Encoding: chunked\r\n\r\n", STRICT_BARE_LF},
    {"GET / HTTP/1.1\n" HOST "\r\n", STRICT_BARE_LF},
    {"GET / HTTP/1.1\r\n"
     "Host: id.example.com\n\n",
	STRICT_BARE_LF},
    {GET HOST "X: \x01\r\n\r\n", STRICT_BAD_BYTE},
    {GET HOST "X: \x1b[2J\r\n\r\n", STRICT_BAD_BYTE},
    {GET HOST "X: \x7f\r\n\r\n", STRICT_BAD_BYTE},
    {"\x16\x03\x01\x02", STRICT_BAD_BYTE},
    {GET HOST "X: a\r\n b\r\n\r\n", STRICT_FOLDED_FIELD},
    {GET HOST "X: a\r\n\tb\r\n\r\n", STRICT_FOLDED_FIELD},
    {GET " Host: id.example.com\r\n\r\n", STRICT_FOLDED_FIELD},
    {GET HOST "X : a\r\n\r\n", STRICT_BAD_FIELD_NAME},
    {GET HOST "X\xc3\xa9: a\r\n\r\n", STRICT_BAD_FIELD_NAME},
    {GET HOST "X(y): a\r\n\r\n", STRICT_BAD_FIELD_NAME},
    {GET HOST ": a\r\n\r\n", STRICT_BAD_FIELD_NAME},
    {GET HOST "NoColon\r\n\r\n", STRICT_BAD_FIELD_NAME},
    {GET HOST "Authorization: Bearer\tx\r\n\r\n", STRICT_BAD_FIELD_VALUE},
    {GET HOST "Origin: https://\xc3\xa9\r\n\r\n", STRICT_BAD_FIELD_VALUE},
    {GET HOST "Authorization: a\r\nAuthorization: b\r\n\r\n", STRICT_FIELD_TWICE},
    {POST HOST "Content-Length: 0\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n",
	STRICT_FIELD_TWICE},
    {GET HOST "DPoP: a\r\ndpop: b\r\n\r\n", STRICT_FIELD_TWICE},
    {GET HOST "Origin: https://a\r\nOrigin: https://b\r\n\r\n", STRICT_FIELD_TWICE},
    /* the request line */
    {"\r\n" GET HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET  / HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET / a HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET /\tHTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {" GET / HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET / HTTP/1.1 \r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET /\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"G\xc3\xa9T / HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"get / HTTP/1.1\r\n" HOST "\r\n", STRICT_UNKNOWN_METHOD},
    {"TRACE / HTTP/1.1\r\n" HOST "\r\n", STRICT_UNKNOWN_METHOD},
    {"CONNECT id.example.com:443 HTTP/1.1\r\n" HOST "\r\n", STRICT_UNKNOWN_METHOD},
    {"PRI * HTTP/2.0\r\n\r\n", STRICT_UNKNOWN_METHOD},
    {"GET / http/1.1\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET / HTTP/1.10\r\n" HOST "\r\n", STRICT_BAD_REQUEST_LINE},
    {"GET / HTTP/2.0\r\n" HOST "\r\n", STRICT_BAD_VERSION},
    {"GET / HTTP/1.2\r\n" HOST "\r\n", STRICT_BAD_VERSION},
    {"GET / HTTP/0.9\r\n" HOST "\r\n", STRICT_BAD_VERSION},
    {"DELETE / HTTP/1.0\r\n" HOST "\r\n", STRICT_METHOD_NEEDS_HTTP_11},
    {"GET /a#b HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET a HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    /* H-06: hosts */
    {GET "\r\n", STRICT_HOST_MISSING},
    {GET "X: y\r\n\r\n", STRICT_HOST_MISSING},
    {"GET / HTTP/1.0\r\n\r\n", STRICT_HOST_MISSING},
    {GET HOST HOST "\r\n", STRICT_FIELD_TWICE},
    {GET HOST "HostX: other\r\n\r\n", STRICT_HOST_LOOKALIKE},
    {GET "Hostname: other\r\n" HOST "\r\n", STRICT_HOST_LOOKALIKE},
    {GET "Host:\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: user@id.example.com\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com/a\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com:\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com:080\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com:99999999\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com, other\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: a b\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: [::1\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: []\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: [::1]x\r\n\r\n", STRICT_HOST_MALFORMED},
    {GET "Host: id.example.com:8080\r\n\r\n", STRICT_HOST_UNKNOWN},
    {GET "Host: other.example.com\r\n\r\n", STRICT_HOST_UNKNOWN},
    {GET "Host: localhost\r\n\r\n", STRICT_HOST_UNKNOWN},
    {"GET http://other/a HTTP/1.1\r\n" HOST "\r\n", STRICT_AUTHORITY_DIFFERS},
    {"GET http://u@id.example.com/a HTTP/1.1\r\n" HOST "\r\n", STRICT_AUTHORITY_DIFFERS},
    {"GET http://id.example.com HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET http://id.example.com?a HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    {"GET ftp://id.example.com/a HTTP/1.1\r\n" HOST "\r\n", STRICT_BAD_TARGET},
    /* H-08: expectations */
    {POST HOST "Content-Length: 3\r\nExpect: the-unexpected\r\n\r\n", STRICT_EXPECTATION_UNKNOWN},
    {POST HOST "Content-Length: 3\r\nExpect: 100-continue, x\r\n\r\n", STRICT_EXPECTATION_UNKNOWN},
};

static const struct strict_rules rules = {.body_max = BODY_MAX, .hosts = hosts};

/* A buffer of exactly the request's size, so that a sanitizer sees every byte read beyond it. */
static enum strict_verdict
read_whole(
    const char *request, size_t length, struct strict_head *head, char **rewritten, size_t *left)
{
	enum strict_verdict verdict;
	char *buffer = malloc(length == 0 ? 1 : length);
	size_t seen = 0;

	ck_assert_ptr_nonnull(buffer);
	memcpy(buffer, request, length);
	verdict = strict_http_read(buffer, &length, &seen, &rules, head);
	if (left != NULL)
		*left = length;
	if (rewritten != NULL)
		*rewritten = buffer;
	else
		free(buffer);
	return (verdict);
}

START_TEST(table_gives_the_verdict)
{
	const struct hostile *row = &requests[_i];
	struct strict_head head;

	ck_assert_msg(
	    read_whole(row->request, strlen(row->request), &head, NULL, NULL) == row->verdict,
	    "row %d: %s", _i, row->request);
}
END_TEST

/* However the bytes arrive, what is refused whole is refused, and what is fine is fine, once. */
START_TEST(one_byte_at_a_time_decides_alike)
{
	const struct hostile *row = &requests[_i];
	size_t whole = strlen(row->request), length, before, seen = 0;
	enum strict_verdict verdict = STRICT_INCOMPLETE;
	struct strict_head head;
	char buffer[4096];

	for (length = 0; length < whole && verdict == STRICT_INCOMPLETE;) {
		buffer[length] = row->request[length];
		before = ++length;
		verdict = strict_http_read(buffer, &before, &seen, &rules, &head);
	}
	if (row->verdict == STRICT_MORE_THAN_LENGTH || row->verdict == STRICT_FINE)
		ck_assert_int_eq(verdict, STRICT_FINE);
	else
		ck_assert_int_eq(verdict, row->verdict);
}
END_TEST

START_TEST(nul_is_refused)
{
	const char request[] = GET HOST "X: a\0b\r\n\r\n";
	struct strict_head head;

	ck_assert_int_eq(
	    read_whole(request, sizeof(request) - 1, &head, NULL, NULL), STRICT_BAD_BYTE);
}
END_TEST

/* fields: header lines besides Host; filler: bytes of value in each. */
static char *
request_of(size_t target, size_t fields, size_t filler)
{
	char *request = malloc(ROOM), *at = request;
	size_t i;

	ck_assert_ptr_nonnull(request);
	at += sprintf(at, "GET /");
	memset(at, 'a', target - 1);
	at += target - 1;
	at += sprintf(at, " HTTP/1.1\r\n" HOST);
	for (i = 0; i < fields; i++) {
		at += sprintf(at, "X-%zu: ", i);
		memset(at, 'v', filler);
		at += filler;
		at += sprintf(at, "\r\n");
	}
	at += sprintf(at, "\r\n");
	ck_assert_uint_lt((size_t)(at - request), ROOM);
	return (request);
}

static void
assert_size(size_t target, size_t fields, size_t filler, enum strict_verdict verdict)
{
	char *request = request_of(target, fields, filler);
	struct strict_head head;

	ck_assert_int_eq(read_whole(request, strlen(request), &head, NULL, NULL), verdict);
	free(request);
}

START_TEST(sizes_are_limited)
{
	assert_size(1, 60, 10, STRICT_FINE);
	assert_size(1, STRICT_FIELDS_MAX - 1, 10, STRICT_FINE);
	assert_size(1, STRICT_FIELDS_MAX, 10, STRICT_TOO_MANY_FIELDS);
	assert_size(STRICT_TARGET_MAX, 1, 10, STRICT_FINE);
	assert_size(STRICT_TARGET_MAX + 1, 1, 10, STRICT_TARGET_TOO_LONG);
	assert_size(1, 1, 32000, STRICT_FINE);
	assert_size(1, 1, 33000, STRICT_HEAD_TOO_LARGE);
}
END_TEST

/* A head that never ends is refused as soon as it is too large. */
START_TEST(endless_heads_are_refused)
{
	char *buffer = malloc(STRICT_HEAD_MAX);
	size_t length, seen = 0;
	struct strict_head head;

	ck_assert_ptr_nonnull(buffer);
	memset(buffer, 'a', STRICT_HEAD_MAX);
	length = STRICT_TARGET_MAX;
	ck_assert_int_eq(
	    strict_http_read(buffer, &length, &seen, &rules, &head), STRICT_INCOMPLETE);
	length = STRICT_TARGET_MAX + 1024;
	ck_assert_int_eq(
	    strict_http_read(buffer, &length, &seen, &rules, &head), STRICT_TARGET_TOO_LONG);
	memcpy(buffer, GET, strlen(GET));
	length = STRICT_HEAD_MAX - 1;
	seen = 0;
	ck_assert_int_eq(
	    strict_http_read(buffer, &length, &seen, &rules, &head), STRICT_INCOMPLETE);
	length = STRICT_HEAD_MAX;
	ck_assert_int_eq(
	    strict_http_read(buffer, &length, &seen, &rules, &head), STRICT_HEAD_TOO_LARGE);
	free(buffer);
}
END_TEST

START_TEST(cookies_are_counted_over_all_headers)
{
	char request[2048] = GET HOST;
	struct strict_head head;
	size_t i;

	strcat(request, "Cookie: a=0");
	for (i = 1; i < 60; i++)
		strcat(request, "; a=1");
	strcat(request, "\r\nCookie: b=0");
	for (i = 1; i < 40; i++)
		strcat(request, "; b=1");
	i = strlen(request);
	strcat(request, "\r\n\r\n");
	ck_assert_int_eq(read_whole(request, strlen(request), &head, NULL, NULL), STRICT_FINE);
	strcpy(request + i, "; c=2\r\n\r\n");
	ck_assert_int_eq(
	    read_whole(request, strlen(request), &head, NULL, NULL), STRICT_TOO_MANY_COOKIES);
}
END_TEST

static const struct rewrite {
	const char *request, *becomes;
} rewrites[] = {
    {GET HOST "X-Odd: a\tb\r\n\r\n", GET HOST "X-Odd: a b\r\n\r\n"},
    {GET HOST "Cookie: a=\xc3\xa9; b=1\r\n\r\n", GET HOST "Cookie: a=?\?; b=1\r\n\r\n"},
    {GET "X-Empty:\r\n" HOST "X-Blank: \t \r\nX: y\r\n\r\n", GET HOST "X: y\r\n\r\n"},
    {GET "Authorization:\r\n" HOST "\r\n", GET HOST "\r\n"},
    {"GET http://id.example.com/a?b HTTP/1.1\r\n" HOST "X-Empty:\r\n\r\n",
	"GET /a?b HTTP/1.1\r\n" HOST "\r\n"},
    {"POST /x HTTP/1.1\r\n" HOST "X-Empty:\r\nContent-Length: 4\r\n\r\na\xff\t\n",
	"POST /x HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\na\xff\t\n"},
};

START_TEST(harmless_oddities_are_rewritten)
{
	const struct rewrite *row = &rewrites[_i];
	struct strict_head head;
	char *rewritten;
	size_t left;

	ck_assert_int_eq(
	    read_whole(row->request, strlen(row->request), &head, &rewritten, &left), STRICT_FINE);
	ck_assert_uint_eq(left, strlen(row->becomes));
	ck_assert_mem_eq(rewritten, row->becomes, left);
	ck_assert_uint_eq(head.head_length + head.body_length, left);
	free(rewritten);
}
END_TEST

START_TEST(what_the_head_says_is_told)
{
	struct strict_head head;
	const char *request;

	request = POST HOST "Content-Length: 7\r\nExpect: 100-Continue\r\n\r\nabc";
	ck_assert_int_eq(read_whole(request, strlen(request), &head, NULL, NULL), STRICT_FINE);
	ck_assert(head.expects_continue && !head.wants_close && !head.is_http_10);
	ck_assert_uint_eq(head.body_length, 7);
	ck_assert_uint_eq(head.head_length, strlen(request) - 3);

	request =
	    POST HOST "Content-Length: 0\r\nExpect: 100-continue\r\nConnection: x, CLOSE\r\n\r\n";
	ck_assert_int_eq(read_whole(request, strlen(request), &head, NULL, NULL), STRICT_FINE);
	ck_assert(!head.expects_continue && head.wants_close);

	request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n" HOST "\r\n";
	ck_assert_int_eq(read_whole(request, strlen(request), &head, NULL, NULL), STRICT_FINE);
	ck_assert(head.wants_close && head.is_http_10);
}
END_TEST

START_TEST(any_host_is_fine_without_a_list)
{
	const struct strict_rules any = {.body_max = BODY_MAX};
	char request[] = GET "Host: 10.1.2.3:9100\r\n\r\n";
	size_t length = strlen(request), seen = 0;
	struct strict_head head;

	ck_assert_int_eq(strict_http_read(request, &length, &seen, &any, &head), STRICT_FINE);
}
END_TEST

START_TEST(every_refusal_has_a_status_and_a_reason_of_its_own)
{
	int verdict, other;

	for (verdict = 0; verdict < STRICT_VERDICTS; verdict++) {
		ck_assert_int_ge(strict_status((enum strict_verdict)verdict), 200);
		for (other = 0; other < verdict; other++)
			ck_assert_str_ne(strict_reason((enum strict_verdict)verdict),
			    strict_reason((enum strict_verdict)other));
	}
	ck_assert_int_eq(strict_status(STRICT_TRANSFER_ENCODING), 501);
	ck_assert_int_eq(strict_status(STRICT_HOST_UNKNOWN), 421);
	ck_assert_int_eq(strict_status(STRICT_LENGTH_REQUIRED), 411);
	ck_assert_int_eq(strict_status(STRICT_BODY_TOO_LARGE), 413);
	ck_assert_int_eq(strict_status(STRICT_TOO_MANY_FIELDS), 431);
	ck_assert_int_eq(strict_status(STRICT_EXPECTATION_UNKNOWN), 417);
}
END_TEST

Suite *
suite_web_strict_http(void)
{
	Suite *suite = suite_create("web/strict_http");
	TCase *tests = tcase_create("all");
	int count = (int)(sizeof(requests) / sizeof(requests[0]));

	tcase_add_loop_test(tests, table_gives_the_verdict, 0, count);
	tcase_add_loop_test(tests, one_byte_at_a_time_decides_alike, 0, count);
	tcase_add_test(tests, nul_is_refused);
	tcase_add_test(tests, sizes_are_limited);
	tcase_add_test(tests, endless_heads_are_refused);
	tcase_add_test(tests, cookies_are_counted_over_all_headers);
	tcase_add_loop_test(tests, harmless_oddities_are_rewritten, 0,
	    (int)(sizeof(rewrites) / sizeof(rewrites[0])));
	tcase_add_test(tests, what_the_head_says_is_told);
	tcase_add_test(tests, any_host_is_fine_without_a_list);
	tcase_add_test(tests, every_refusal_has_a_status_and_a_reason_of_its_own);
	suite_add_tcase(suite, tests);
	return (suite);
}
