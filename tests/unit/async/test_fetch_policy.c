/* D-02, D-03: who may be called when a stranger chose the address. */
#include <arpa/inet.h>
#include <check.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "async/call.h"
#include "async/fetch.h"
#include "async/fetch_policy.h"
#include "async/loop.h"
#include "base/text.h"
#include "tiny_server.h"

Suite *suite_async_fetch_policy(void);

static const char *const refused[] = {
    /* not https */
    "",
    "https",
    "https:",
    "https:/keys.example/",
    "https:keys.example/",
    "//keys.example/",
    "keys.example",
    "HTTPS://keys.example/",
    "http://keys.example/",
    "http://169.254.169.254/",
    "http://127.0.0.1/",
    "ftp://keys.example/",
    "file:///etc/passwd",
    "gopher://keys.example:443/_x",
    "dict://keys.example/",
    "ldaps://keys.example/",
    "data:application/json,{}",
    "javascript:alert(1)",
    "unix:/run/x",
    /* ports */
    "https://keys.example:80/",
    "https://keys.example:8443/",
    "https://keys.example:22/",
    "https://keys.example:0/",
    "https://keys.example:00443/",
    "https://keys.example:65979/",
    "https://keys.example:/",
    "https://keys.example:443x/",
    "https://keys.example:+443/",
    "https://keys.example:443:443/",
    /* user names */
    "https://user@keys.example/",
    "https://user:password@keys.example/",
    "https://keys.example@127.0.0.1/",
    "https://keys.example:443@127.0.0.1/",
    "https://@keys.example/",
    /* addresses, in every form that a resolver may take for one */
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.1:443/",
    "https://127.0.0.01/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://8.8.8.8/",
    "https://1.0x1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00::1]/",
    "https://[2001:4860:4860::8888]/",
    "https://[::1/",
    "https://::1/",
    "https://[]/",
    /* names */
    "https:///",
    "https://?x",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://intranet/",
    "https://keys.example./",
    "https://.keys.example/",
    "https://keys..example/",
    "https://-keys.example/",
    "https://keys-.example/",
    "https://keys_1.example/",
    "https://k%65ys.example/",
    "https://keys.example%00.evil.example/",
    "https://keys.example\\@127.0.0.1/",
    "https://127.0.0.1\\.keys.example/",
    "https://keys.ex\xc3\xa4mple/",
    "https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
    "https://keys.example /",
    "https://keys.example\t/",
    "https://keys.example/\r\nHost: x",
    "https://keys.example#@127.0.0.1/",
    "https://keys.example/#fragment",
    " https://keys.example/",
    "https://keys.example;/",
    "https://keys.example,127.0.0.1/",
    "https://keys.1/",
};

START_TEST(d02_an_url_that_is_refused)
{
	const char *problem = NULL;

	ck_assert_msg(fetch_policy_url(refused[_i], &problem) == FETCH_REFUSED, "%s", refused[_i]);
	ck_assert_ptr_nonnull(problem);
}
END_TEST

START_TEST(d02_an_url_that_may_be_called)
{
	static const char *const fine[] = {"https://keys.example", "https://keys.example/",
	    "https://keys.example:443/jwks?x=1", "https://KEYS.Example/",
	    "https://127.0.0.1.nip.example/", "https://1.2.keys.example/x@y",
	    "https://xn--kys-qla.example/", "https://a-b.c2/", "https://keys.example?x"};
	char url[FETCH_URL_MAX + 64], *at;
	const char *problem;
	size_t i;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		ck_assert_msg(fetch_policy_url(fine[i], &problem) == FETCH_PUBLIC, "%s", fine[i]);
	memset(url, 'a', sizeof(url));
	memcpy(url, "https://keys.example/", strlen("https://keys.example/"));
	url[FETCH_URL_MAX] = '\0';
	ck_assert_int_eq(fetch_policy_url(url, &problem), FETCH_PUBLIC);
	url[FETCH_URL_MAX] = 'a';
	url[FETCH_URL_MAX + 1] = '\0';
	ck_assert_int_eq(fetch_policy_url(url, &problem), FETCH_REFUSED);
	at = url + snprintf(url, sizeof(url), "https://");
	memset(at, 'a', 64);
	snprintf(at + 63, 32, ".example/");
	ck_assert_int_eq(fetch_policy_url(url, &problem), FETCH_PUBLIC);
	snprintf(at + 63, 32, "a.example/");
	ck_assert_int_eq(fetch_policy_url(url, &problem), FETCH_REFUSED);
}
END_TEST

START_TEST(what_the_setting_allows_and_nothing_else)
{
	const char *problem;

	ck_assert(fetch_policy_allow(" 127.0.0.1:8000  keys.internal:* [::1]:443 Intranet:80 "));
	ck_assert_int_eq(fetch_policy_url("http://127.0.0.1:8000/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("https://127.0.0.1:8000/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("http://keys.internal/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("https://KEYS.internal:9/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("https://[::1]/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("http://intranet/", &problem), FETCH_ALLOWED);
	ck_assert_int_eq(fetch_policy_url("http://127.0.0.1:8001/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("http://127.0.0.1/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("http://127.1:8000/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("http://x@127.0.0.1:8000/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("https://intranet/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("http://a.keys.internal/", &problem), FETCH_REFUSED);
	ck_assert_int_eq(fetch_policy_url("ftp://keys.internal/", &problem), FETCH_REFUSED);
	ck_assert(fetch_policy_allow(""));
	ck_assert_int_eq(fetch_policy_url("http://127.0.0.1:8000/", &problem), FETCH_REFUSED);
}
END_TEST

START_TEST(a_wrong_setting_allows_nothing)
{
	static const char *const wrong[] = {"x", "x:", ":1", "x:0", "x:65536", "x:1:*", "*:*",
	    "http://x:1", "x:1,y:2", "x:1 y", "[::1]", "[::1:1", "a@x:1", "x:**", "x:1\ty:1"};
	char many[FETCH_ALLOWED_MAX * 8 + 8] = "";
	const char *problem;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(!fetch_policy_allow(wrong[i]), "%s", wrong[i]);
		ck_assert_int_eq(fetch_policy_url("http://x:1/", &problem), FETCH_REFUSED);
	}
	for (i = 0; i < FETCH_ALLOWED_MAX; i++)
		snprintf(many + strlen(many), 8, "x:%zu ", i + 1);
	ck_assert(fetch_policy_allow(many));
	snprintf(many + strlen(many), 8, "y:1");
	ck_assert(!fetch_policy_allow(many));
	ck_assert(fetch_policy_allow(""));
}
END_TEST

static const struct {
	const char *address;
	bool is_public;
} addresses[] = {
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"127.0.0.0", false},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"169.253.255.255", true},
    {"169.254.169.254", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.8", false},
    {"192.0.2.1", false},
    {"192.0.3.0", true},
    {"192.88.99.1", false},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.1", false},
    {"203.0.113.255", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.0", false},
    {"255.255.255.255", false},
    {"8.8.8.8", true},
    {"::", false},
    {"::1", false},
    {"::127.0.0.1", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:8.8.8.8", false},
    {"::ffff:0:127.0.0.1", false},
    {"64:ff9b::127.0.0.1", false},
    {"64:ff9b::8.8.8.8", false},
    {"64:ff9b:1::1", false},
    {"100::1", false},
    {"1fff:ffff::1", false},
    {"2000::1", true},
    {"2001::1", false},
    {"2001:0:7f00:1::", false},
    {"2001:1ff:ffff::1", false},
    {"2001:200::1", true},
    {"2001:4860:4860::8888", true},
    {"2001:db8::1", false},
    {"2001:db9::1", true},
    {"2002:7f00:1::1", false},
    {"2002:808:808::1", false},
    {"2003::1", true},
    {"2a00:1450::1", true},
    {"3ffe::1", false},
    {"3fff:0fff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"5f00::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"febf::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
};

static void
address_read(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(out, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(out, &in6, sizeof(in6));
	else
		ck_abort_msg("%s is no address", text);
}

START_TEST(d02_an_address_is_public_or_not)
{
	struct sockaddr_storage storage;

	address_read(addresses[_i].address, &storage);
	ck_assert_msg(
	    fetch_policy_address_is_public((struct sockaddr *)&storage) == addresses[_i].is_public,
	    "%s", addresses[_i].address);
}
END_TEST

START_TEST(d02_other_families_are_not_public)
{
	struct sockaddr_storage storage = {.ss_family = AF_UNIX};

	ck_assert(!fetch_policy_address_is_public((struct sockaddr *)&storage));
	storage.ss_family = AF_UNSPEC;
	ck_assert(!fetch_policy_address_is_public((struct sockaddr *)&storage));
}
END_TEST

/* A resolver that a stranger owns: every name below rebind.example is at these addresses, at the
 * tiny server's port. libcurl calls it instead of the C library's. */
static const char *resolved_to[2];
static unsigned resolved_count;
static struct tiny_server *server;

static struct addrinfo *
answer_make(const char *address)
{
	struct addrinfo *info = calloc(1, sizeof(*info) + sizeof(struct sockaddr_storage));
	struct sockaddr_storage storage;
	struct sockaddr_in in;

	address_read(address, &storage);
	ck_assert_int_eq(storage.ss_family, AF_INET);
	memcpy(&in, &storage, sizeof(in));
	in.sin_port = htons((uint16_t)server->port);
	info->ai_family = AF_INET;
	info->ai_socktype = SOCK_STREAM;
	info->ai_protocol = IPPROTO_TCP;
	info->ai_addrlen = sizeof(in);
	info->ai_addr = (struct sockaddr *)(void *)(info + 1);
	memcpy(info->ai_addr, &in, sizeof(in));
	return (info);
}

int
getaddrinfo(const char *restrict host, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
	int (*original)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	void *symbol;

	if (host != NULL && strstr(host, "rebind.example") != NULL) {
		*out = answer_make(resolved_to[resolved_count++ % 2]);
		return (0);
	}
	symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	memcpy(&original, &symbol, sizeof(original));
	return (original(host, service, hints, out));
}

struct
try {
	const char *url;
	bool is_guarded;
	enum result result;
	const char *problem;
	long status;
	bool is_over;
};

static void
try_run(struct call *call, void *argument)
{
	struct try *try = argument;
	struct fetch_request request = {
	    .method = "GET", .url = try->url, .is_guarded = try->is_guarded, .timeout_ms = 500};
	struct fetch_answer answer = {0};

	try->result = fetch_run(call, &request, &answer);
	try->problem = answer.problem;
	try->status = answer.status;
	try->is_over = true;
}

static struct try
try_fetch(const char *url, bool is_guarded)
{
	struct try try = {.url = url, .is_guarded = is_guarded};

	ck_assert_ptr_nonnull(call_start(try_run, &try, NULL, NULL));
	while (!try.is_over)
		loop_poll_once(-1);
	ck_assert_int_eq(try.result == RESULT_OK, try.problem == NULL);
	return (try);
}

static void
begin(void)
{
	loop_poll_start();
	server = tiny_server_start(true);
	fetch_start();
	resolved_count = 0;
}

static void
end(void)
{
	fetch_stop();
	tiny_server_stop(server);
	loop_poll_stop();
}

START_TEST(d03_a_name_of_loopback_is_not_connected_to)
{
	struct try try;

	resolved_to[0] = resolved_to[1] = "127.0.0.1";
	try = try_fetch("https://keys.rebind.example/", true);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(try.problem, "the address is not public");
	ck_assert_uint_eq(server->connections, 0);
	/* The same without the guard shows that the connection would have come. */
	try = try_fetch("https://keys.rebind.example/", false);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	ck_assert_uint_eq(server->connections, 1);
	/* And that one is not used by the guarded one that follows. */
	try = try_fetch("https://keys.rebind.example/", true);
	ck_assert_str_eq(try.problem, "the address is not public");
	ck_assert_uint_eq(server->connections, 1);
}
END_TEST

START_TEST(d03_a_name_that_changes_its_address_is_not_connected_to)
{
	unsigned i;

	resolved_to[0] = "10.0.0.1";
	resolved_to[1] = "127.0.0.1";
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(try_fetch(i % 2 == 0 ? "https://a.rebind.example/"
						      : "https://b.rebind.example/",
				     true)
				     .result,
		    RESULT_UNAVAILABLE);
	ck_assert_uint_eq(server->connections, 0);
}
END_TEST

START_TEST(d02_a_guarded_url_that_is_refused_resolves_nothing)
{
	struct try try;

	resolved_to[0] = resolved_to[1] = "127.0.0.1";
	try = try_fetch("http://keys.rebind.example/", true);
	ck_assert_int_eq(try.result, RESULT_UNAVAILABLE);
	ck_assert_str_eq(try.problem, "is no https address");
	ck_assert_uint_eq(resolved_count, 0);
}
END_TEST

Suite *
suite_async_fetch_policy(void)
{
	Suite *suite = suite_create("async/fetch_policy");
	TCase *tests = tcase_create("rules"), *connecting = tcase_create("connecting");

	tcase_add_loop_test(
	    tests, d02_an_url_that_is_refused, 0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tests, d02_an_url_that_may_be_called);
	tcase_add_test(tests, what_the_setting_allows_and_nothing_else);
	tcase_add_test(tests, a_wrong_setting_allows_nothing);
	tcase_add_loop_test(
	    tests, d02_an_address_is_public_or_not, 0, sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_test(tests, d02_other_families_are_not_public);
	tcase_add_checked_fixture(connecting, begin, end);
	tcase_add_test(connecting, d03_a_name_of_loopback_is_not_connected_to);
	tcase_add_test(connecting, d03_a_name_that_changes_its_address_is_not_connected_to);
	tcase_add_test(connecting, d02_a_guarded_url_that_is_refused_resolves_nothing);
	suite_add_tcase(suite, tests);
	suite_add_tcase(suite, connecting);
	return (suite);
}
