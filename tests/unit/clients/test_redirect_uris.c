/* R-01 to R-05: what may be registered, what matches. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "clients/clients.h"

enum who { NOBODY = 0, WEB = 1, NATIVE = 2, BOTH = 3 };

static const struct {
	enum who who;
	const char *uri;
} registrations[] = {
    /* Fine. */
    {BOTH, "https://a.example/cb"},
    {BOTH, "https://a.example"},
    {BOTH, "https://a.example/"},
    {BOTH, "https://a.example:8443/cb?tenant=1&x=%C3%A4"},
    {BOTH, "https://A.example/CB"},
    {BOTH, "https://a.example?x=/../"},
    {BOTH, "https://xn--bcher-kva.example/cb"},
    {BOTH, "https://192.0.2.1/cb"},
    {BOTH, "https://[2001:db8::1]:443/cb"},
    {BOTH, "https://a.example/a..b/.c/d./..."},
    {BOTH, "https://a.example/a//b"},
    {BOTH, "https://a_b.example/cb"},
    {BOTH, "http://127.0.0.1/cb"},
    {BOTH, "http://127.0.0.1:5000/cb"},
    {BOTH, "http://[::1]/cb"},
    {BOTH, "http://[::1]:5000/cb"},
    {BOTH, "http://localhost:3000/cb"},
    {BOTH, "http://localhost"},
    {NATIVE, "com.example.app:/cb"},
    {NATIVE, "com.example.app://cb"},
    {NATIVE, "com.example.app:///cb"},
    /* R-02: the form. */
    {NOBODY, ""},
    {NOBODY, "https"},
    {NOBODY, "https:"},
    {NOBODY, "https://"},
    {NOBODY, "https:///cb"},
    {NOBODY, "https:a.example/cb"},
    {NOBODY, "https:/a.example/cb"},
    {NOBODY, "//a.example/cb"},
    {NOBODY, "/cb"},
    {NOBODY, "a.example/cb"},
    {NOBODY, " https://a.example/cb"},
    {NOBODY, "https://a.example/cb "},
    {NOBODY, "https://a.example/c b"},
    {NOBODY, "https://a.example/cb\t"},
    {NOBODY, "https://a.example/cb\r\nX: y"},
    {NOBODY, "https://a.example/cb#"},
    {NOBODY, "https://a.example/cb#x"},
    {NOBODY, "https://a.example@evil.example/"},
    {NOBODY, "https://a.example:443@evil.example/"},
    {NOBODY, "https://@a.example/"},
    {NOBODY, "https://a.example\\@evil.example/"},
    {NOBODY, "https:\\\\a.example/cb"},
    {NOBODY, "https://a.example\\cb"},
    {NOBODY, "https://a.example/%5ccb"},
    {NOBODY, "https://a.example/../cb"},
    {NOBODY, "https://a.example/x/.."},
    {NOBODY, "https://a.example/./cb"},
    {NOBODY, "https://a.example/x/%2e%2e/cb"},
    {NOBODY, "https://a.example/x/.%2E?y"},
    {NOBODY, "https://a.example/x%2f..%2fcb"},
    {NOBODY, "https://a.example/%0d%0aX"},
    {NOBODY, "https://a.example/%00"},
    {NOBODY, "https://a.example/%7f"},
    {NOBODY, "https://a.example/%"},
    {NOBODY, "https://a.example/%4"},
    {NOBODY, "https://a.example/%zz"},
    {NOBODY, "https://b\xc3\xbc"
	     "cher.example/cb"},
    {NOBODY, "https://a.example/\xc3\xa4"},
    {NOBODY, "https://a.example./cb"},
    {NOBODY, "https://.a.example/cb"},
    {NOBODY, "https://a..example/cb"},
    {NOBODY, "https://a%2eexample/cb"},
    {NOBODY, "https://*.example/cb"},
    {NOBODY, "https://a.example:/cb"},
    {NOBODY, "https://a.example:0/cb"},
    {NOBODY, "https://a.example:65536/cb"},
    {NOBODY, "https://a.example:080/cb"},
    {NOBODY, "https://a.example:44a/cb"},
    {NOBODY, "https://a.example:1:2/cb"},
    {NOBODY, "https://[::1/cb"},
    {NOBODY, "https://[::1]x/cb"},
    {NOBODY, "https://[]/cb"},
    {NOBODY, "https://[fe80::1%25eth0]/cb"},
    {NOBODY, "https://127.1/cb"},
    {NOBODY, "https://2130706433/cb"},
    {NOBODY, "https://0x7f.0.0.1/cb"},
    {NOBODY, "https://0x7f000001/cb"},
    {NOBODY, "https://a.example/\"><script>"},
    {NOBODY, "HTTPS://a.example/cb"},
    {NOBODY, "Https://a.example/cb"},
    /* R-04: schemes. */
    {NOBODY, "javascript:alert(1)"},
    {NOBODY, "JavaScript:alert(1)"},
    {NOBODY, "data:text/html,x"},
    {NOBODY, "file:///etc/passwd"},
    {NOBODY, "vbscript:x"},
    {NOBODY, "blob:https://a.example/x"},
    {NOBODY, "about:blank"},
    {NOBODY, "ftp://a.example/"},
    {NOBODY, "ws://a.example/"},
    {NOBODY, "myapp:/cb"},
    {NOBODY, "1com.example:/cb"},
    {NOBODY, "com.example.app:cb"},
    {NOBODY, "com.example.app:"},
    {NOBODY, "com.example.app:/../cb"},
    {NOBODY, "com.example.app://user@host/cb"},
    {NOBODY, "Com.example.app:/cb"},
    /* R-05: http. */
    {NOBODY, "http://a.example/cb"},
    {NOBODY, "http://127.0.0.1.evil.example/cb"},
    {NOBODY, "http://localhost.evil.example/cb"},
    {NOBODY, "http://127.0.0.2/cb"},
    {NOBODY, "http://127.1/cb"},
    {NOBODY, "http://0.0.0.0/cb"},
    {NOBODY, "http://[::2]/cb"},
    {NOBODY, "http://[0:0:0:0:0:0:0:1]/cb"},
    {NOBODY, "http://LOCALHOST/cb"},
    {NOBODY, "http://localhost./cb"},
    {NOBODY, "http://localhost@evil.example/cb"},
    {NOBODY, "http://192.168.0.1/cb"},
};

START_TEST(r02_r04_r05_what_may_be_registered)
{
	bool may;
	size_t i;

	for (i = 0; i < sizeof(registrations) / sizeof(registrations[0]); i++) {
		may = redirect_uri_error(registrations[i].uri, false) == NULL;
		ck_assert_msg(
		    may == ((registrations[i].who & WEB) != 0), "web: %s", registrations[i].uri);
		may = redirect_uri_error(registrations[i].uri, true) == NULL;
		ck_assert_msg(may == ((registrations[i].who & NATIVE) != 0), "native: %s",
		    registrations[i].uri);
	}
}
END_TEST

START_TEST(length_is_bounded)
{
	char uri[CLIENT_URI_BYTES_MAX + 2];

	memset(uri, 'a', sizeof(uri));
	memcpy(uri, "https://a.example/", strlen("https://a.example/"));
	uri[CLIENT_URI_BYTES_MAX + 1] = '\0';
	ck_assert_str_eq(redirect_uri_error(uri, false), "is longer than 2048 bytes");
	uri[CLIENT_URI_BYTES_MAX] = '\0';
	ck_assert_ptr_null(redirect_uri_error(uri, false));
}
END_TEST

static const char *registered[] = {"https://a.example/cb", "http://127.0.0.1/cb",
    "http://[::1]:7000/six?x=1", "http://localhost:3000/cb", "com.example.app:/cb",
    "http://b.example/cb", "https://a.example/q?x=1"};

static const struct {
	enum who who;
	const char *uri;
} requests[] = {
    {BOTH, "https://a.example/cb"},
    {BOTH, "https://a.example/q?x=1"},
    {BOTH, "http://127.0.0.1/cb"},
    {BOTH, "http://localhost:3000/cb"},
    {BOTH, "http://[::1]:7000/six?x=1"},
    {NATIVE, "com.example.app:/cb"},
    /* R-03: any port for the literals. */
    {NATIVE, "http://127.0.0.1:5000/cb"},
    {NATIVE, "http://127.0.0.1:65535/cb"},
    {NATIVE, "http://[::1]/six?x=1"},
    {NATIVE, "http://[::1]:1/six?x=1"},
    {NOBODY, "http://127.0.0.1:5000/CB"},
    {NOBODY, "http://127.0.0.1:5000/cb/"},
    {NOBODY, "http://127.0.0.1:5000/cb?x"},
    {NOBODY, "http://127.0.0.1:0/cb"},
    {NOBODY, "http://127.0.0.1:65536/cb"},
    {NOBODY, "http://127.0.0.1:/cb"},
    {NOBODY, "http://127.0.0.1:5000@evil.example/cb"},
    {NOBODY, "http://127.0.0.1.evil.example/cb"},
    {NOBODY, "http://127.1/cb"},
    {NOBODY, "http://127.0.0.1:50/../cb"},
    {NOBODY, "https://127.0.0.1:5000/cb"},
    {NOBODY, "http://[::1]:7000/six"},
    {NOBODY, "http://[::1]:7000/cb"},
    {NOBODY, "http://localhost/cb"},
    {NOBODY, "http://localhost:3001/cb"},
    {NOBODY, "http://localhost:5000/cb"},
    {NOBODY, "http://localhost.evil.example:3000/cb"},
    /* R-01: byte by byte. */
    {NOBODY, "https://a.example.evil/cb"},
    {NOBODY, "https://aXexample/cb"},
    {NOBODY, "https://evil.example/https://a.example/cb"},
    {NOBODY, "https://a.example"},
    {NOBODY, "https://a.example/"},
    {NOBODY, "https://a.example/c"},
    {NOBODY, "https://a.example/cb/"},
    {NOBODY, "https://a.example/CB"},
    {NOBODY, "https://A.example/cb"},
    {NOBODY, "HTTPS://a.example/cb"},
    {NOBODY, "https://a.example/cb?"},
    {NOBODY, "https://a.example/cb?x=1"},
    {NOBODY, "https://a.example/cb#"},
    {NOBODY, "https://a.example/cb#x"},
    {NOBODY, "https://a.example/cb%2f.."},
    {NOBODY, "https://a.example/cb/../cb"},
    {NOBODY, "https://a.example/%63b"},
    {NOBODY, "https://a.example//cb"},
    {NOBODY, "https://a.example/cb%00"},
    {NOBODY, "https://a.example/cb%20"},
    {NOBODY, "https://a.example/cb "},
    {NOBODY, " https://a.example/cb"},
    {NOBODY, "https://a.example:443/cb"},
    {NOBODY, "https://a.example@evil.example/cb"},
    {NOBODY, "https://evil@a.example/cb"},
    {NOBODY, "https://a.example\\.evil.example/cb"},
    {NOBODY, "https://a.example./cb"},
    {NOBODY, "http://a.example/cb"},
    {NOBODY, "//a.example/cb"},
    {NOBODY, "/cb"},
    {NOBODY, ""},
    {NOBODY, "https://a.example/q?x=2"},
    {NOBODY, "https://a.example/q?x=1&y=2"},
    {NOBODY, "https://a.example/q"},
    {NOBODY, "com.example.app:/cb/"},
    {NOBODY, "com.example.app://cb"},
    {NOBODY, "com.example.app.evil:/cb"},
    {NOBODY, "javascript:alert(1)"},
    /* R-05: not even when it stands in the database. */
    {NOBODY, "http://b.example/cb"},
};

START_TEST(r01_r03_r05_what_matches)
{
	struct client client = {.redirect_uris = registered,
	    .redirect_uri_count = sizeof(registered) / sizeof(registered[0])};
	struct client logout = {.post_logout_redirect_uris = registered,
	    .post_logout_redirect_uri_count = sizeof(registered) / sizeof(registered[0])};
	enum who who;
	size_t i;

	for (who = WEB; who <= NATIVE; who++) {
		client.is_native = logout.is_native = who == NATIVE;
		for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
			ck_assert_msg(clients_has_redirect_uri(&client, requests[i].uri) ==
					  ((requests[i].who & who) != 0),
			    "%s: %s", who == WEB ? "web" : "native", requests[i].uri);
			ck_assert_int_eq(
			    clients_has_post_logout_redirect_uri(&logout, requests[i].uri),
			    clients_has_redirect_uri(&client, requests[i].uri));
		}
	}
}
END_TEST

START_TEST(r06_a_client_without_any_matches_nothing)
{
	struct client client = {.redirect_uri_count = 0};

	ck_assert(!clients_has_redirect_uri(&client, "https://a.example/cb"));
	ck_assert(!clients_has_redirect_uri(&client, ""));
	ck_assert(!clients_has_post_logout_redirect_uri(&client, "https://a.example/cb"));
}
END_TEST

Suite *suite_clients_redirect_uris(void);

Suite *
suite_clients_redirect_uris(void)
{
	Suite *suite = suite_create("clients_redirect_uris");
	TCase *tests = tcase_create("redirect_uris");

	tcase_add_test(tests, r02_r04_r05_what_may_be_registered);
	tcase_add_test(tests, length_is_bounded);
	tcase_add_test(tests, r01_r03_r05_what_matches);
	tcase_add_test(tests, r06_a_client_without_any_matches_nothing);
	suite_add_tcase(suite, tests);
	return (suite);
}
