/* C-06: the Basic header, strictly. */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "oauth/client_auth.h"

Suite *suite_oauth_client_secret_basic(void);

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

/* plain: what is encoded behind the scheme; else header is taken as it is. client_id NULL: refused.
 */
static const struct {
	const char *header, *plain;
	size_t length; /* 0: up to the NUL */
	const char *client_id, *secret;
} headers[] = {
    {NULL, "app:secret", 0, "app", "secret"},
    {NULL, "app:", 0, "app", ""},
    {NULL, "app:a:b:c", 0, "app", "a:b:c"},
    {NULL, "my%3Aapp:se%25cret", 0, "my:app", "se%cret"},
    {NULL, "my+app:a+b%2Bc", 0, "my app", "a b+c"},
    {NULL, "caf%C3%A9:x", 0, "caf\xc3\xa9", "x"},
    {"basic YXBwOnNlY3JldA==", NULL, 0, "app", "secret"},
    {"BASIC   YXBwOnNlY3JldA==", NULL, 0, "app", "secret"},
    {NULL, "app", 0, NULL, NULL},
    {NULL, ":secret", 0, NULL, NULL},
    {NULL, "app\0:secret", 11, NULL, NULL},
    {NULL, "app:sec\0ret", 11, NULL, NULL},
    {NULL, "app%00:secret", 0, NULL, NULL},
    {NULL, "app%:secret", 0, NULL, NULL},
    {NULL, "app:%zz", 0, "app", "%zz"},
    {NULL, "app:100%safe", 0, "app", "100%safe"},
    {NULL, "app:%zz\x01", 0, NULL, NULL},
    {NULL, "app:%zz\x7f", 0, NULL, NULL},
    {NULL, "app:\xff\xfe", 0, NULL, NULL},
    {NULL, "app%C0%AF:secret", 0, NULL, NULL},
    {"Basic", NULL, 0, NULL, NULL},
    {"Basic ", NULL, 0, NULL, NULL},
    {"Basic YXBwOnNlY3JldA", NULL, 0, NULL, NULL},
    {"Basic YXBwOnNlY3JldB==", NULL, 0, NULL, NULL},
    {"Basic YXBwOnNlY3JldA== x", NULL, 0, NULL, NULL},
    {"Basic YXBw OnNlY3JldA==", NULL, 0, NULL, NULL},
    {"Basic YXBwOnNl-3JldA==", NULL, 0, NULL, NULL},
    {"BasicYXBwOnNlY3JldA==", NULL, 0, NULL, NULL},
    {"Bearer YXBwOnNlY3JldA==", NULL, 0, NULL, NULL},
    {"", NULL, 0, NULL, NULL},
};

START_TEST(a_header_is_read_as_the_table_says)
{
	const char *header = headers[_i].header, *plain = headers[_i].plain;
	struct client_proof proof = {0};
	size_t length;
	bool is_read;

	if (plain != NULL) {
		length = headers[_i].length != 0 ? headers[_i].length : strlen(plain);
		header = arena_format(arena, "Basic %s", base64_encode(arena, plain, length));
	}
	is_read = client_secret_basic_parse(arena, header, &proof);
	ck_assert_msg(is_read == (headers[_i].client_id != NULL), "row %d: %s", _i, header);
	if (!is_read)
		return;
	ck_assert_str_eq(proof.client_id, headers[_i].client_id);
	ck_assert_str_eq(proof.secret, headers[_i].secret);
	if (proof.raw_secret != NULL)
		ck_assert_str_ne(proof.raw_secret, proof.secret);
}
END_TEST

START_TEST(more_than_a_kibibyte_is_refused)
{
	struct client_proof proof = {0};
	char plain[900];

	memset(plain, 'a', sizeof(plain));
	plain[10] = ':';
	ck_assert(!client_secret_basic_parse(arena,
	    arena_format(arena, "Basic %s", base64_encode(arena, plain, sizeof(plain))), &proof));
	ck_assert(client_secret_basic_parse(
	    arena, arena_format(arena, "Basic %s", base64_encode(arena, plain, 700)), &proof));
}
END_TEST

START_TEST(methods_have_the_names_of_their_registration)
{
	ck_assert_uint_eq(client_authentications_count, 4);
	ck_assert_str_eq(client_authentications[0]->name, "client_secret_basic");
	ck_assert_int_eq(client_authentications[0]->method, CLIENT_AUTH_SECRET_BASIC);
	ck_assert_str_eq(client_authentications[1]->name, "client_secret_post");
	ck_assert_int_eq(client_authentications[1]->method, CLIENT_AUTH_SECRET_POST);
	ck_assert_str_eq(client_authentications[2]->name, "private_key_jwt");
	ck_assert_int_eq(client_authentications[2]->method, CLIENT_AUTH_PRIVATE_KEY_JWT);
	ck_assert_str_eq(client_authentications[3]->name, "none");
	ck_assert_int_eq(client_authentications[3]->method, CLIENT_AUTH_NONE);
}
END_TEST

Suite *
suite_oauth_client_secret_basic(void)
{
	Suite *suite = suite_create("oauth/client_auth/client_secret_basic");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(
	    tests, a_header_is_read_as_the_table_says, 0, sizeof(headers) / sizeof(headers[0]));
	tcase_add_test(tests, more_than_a_kibibyte_is_refused);
	tcase_add_test(tests, methods_have_the_names_of_their_registration);
	suite_add_tcase(suite, tests);
	return (suite);
}
