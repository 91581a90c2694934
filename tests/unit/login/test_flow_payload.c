/* What is inside a sealed flow: comes back as it went in, or not at all. */
#include <check.h>
#include <string.h>

#include "login/flow_payload.h"

static struct arena *arena;
static const char browser[] = "Zm9yIHRoaXMgYnJvd3NlciBhbmQgbm8gb3RoZXIgb24";
static const struct flow full = {
    .client_id = "app \"1\"",
    .redirect_uri = "https://app.example/callback?x=1&y=%20",
    .scope = "openid email",
    .state = "\xc3\xa4 \\ \" </script>",
    .nonce = "n",
    .code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    .login_hint = "alice",
    .ui_locales = "de en",
    .response_mode = "form_post",
    .hinted_subject = "0190-x",
    .id_token_claims = "email",
    .userinfo_claims = "name email",
    .required_acr = "urn:latchkey:acr:1",
    .max_age = 0,
    .redirect_uri_was_sent = true,
    .prompt_login = true,
    .prompt_consent = true,
    .prompt_account = true,
    .denied = true,
    .consented_by = {{1, 2, 3}},
    .chosen_account = {{7, 8, 9}},
    .started_session = {{4, 5, 6}},
    .expires_at = 5000,
};
static const struct flow least = {
    .client_id = "app",
    .redirect_uri = "com.example:/",
    .scope = "",
    .response_mode = "query",
    .max_age = -1,
    .expires_at = 5000,
};

static void
setup(void)
{
	arena = arena_create(1 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

static struct text
payload_of(const struct flow *flow)
{
	struct text text;

	text_init(&text, arena, 8192);
	flow_payload_write(flow, browser, &text);
	ck_assert(!text.overflowed);
	return (text);
}

static bool
reads(const char *payload, int64_t now)
{
	struct flow flow;

	return (flow_payload_read(arena, payload, strlen(payload), browser, now, &flow));
}

static void
assert_same(const struct flow *a, const struct flow *b)
{
	ck_assert_str_eq(a->client_id, b->client_id);
	ck_assert_str_eq(a->redirect_uri, b->redirect_uri);
	ck_assert_str_eq(a->scope, b->scope);
	ck_assert_pstr_eq(a->state, b->state);
	ck_assert_pstr_eq(a->nonce, b->nonce);
	ck_assert_pstr_eq(a->code_challenge, b->code_challenge);
	ck_assert_pstr_eq(a->login_hint, b->login_hint);
	ck_assert_pstr_eq(a->ui_locales, b->ui_locales);
	ck_assert_str_eq(a->response_mode, b->response_mode);
	ck_assert_pstr_eq(a->hinted_subject, b->hinted_subject);
	ck_assert_pstr_eq(a->id_token_claims, b->id_token_claims);
	ck_assert_pstr_eq(a->userinfo_claims, b->userinfo_claims);
	ck_assert_pstr_eq(a->required_acr, b->required_acr);
	ck_assert_int_eq(a->max_age, b->max_age);
	ck_assert_int_eq(a->redirect_uri_was_sent, b->redirect_uri_was_sent);
	ck_assert_int_eq(a->prompt_login, b->prompt_login);
	ck_assert_int_eq(a->prompt_consent, b->prompt_consent);
	ck_assert_int_eq(a->prompt_account, b->prompt_account);
	ck_assert_int_eq(a->denied, b->denied);
	ck_assert(uuid_equal(&a->consented_by, &b->consented_by));
	ck_assert(uuid_equal(&a->chosen_account, &b->chosen_account));
	ck_assert(uuid_equal(&a->started_session, &b->started_session));
	ck_assert_int_eq(a->expires_at, b->expires_at);
}

START_TEST(comes_back_as_it_went_in)
{
	const struct flow *const flows[] = {&full, &least};
	struct text text = payload_of(flows[_i]);
	struct flow out;

	ck_assert(flow_payload_read(arena, text.data, text.length, browser, 4999, &out));
	assert_same(flows[_i], &out);
}
END_TEST

START_TEST(ends_with_its_time)
{
	struct text text = payload_of(&full);

	ck_assert(reads(text.data, 4999));
	ck_assert(!reads(text.data, 5000));
	ck_assert(!reads(text.data, 5001));
}
END_TEST

START_TEST(opens_in_its_browser_only)
{
	struct text text = payload_of(&full);
	struct flow out;

	ck_assert(!flow_payload_read(arena, text.data, text.length, "another", 0, &out));
	ck_assert(!flow_payload_read(arena, text.data, text.length, "", 0, &out));
	/* The cookie's value itself is not in it: who reads a flow cannot make the cookie. */
	ck_assert_ptr_null(strstr(text.data, browser));
}
END_TEST

/* Replaces the first occurrence. */
static const char *
changed(const char *payload, const char *from, const char *to)
{
	const char *at = strstr(payload, from);

	ck_assert_ptr_nonnull(at);
	return (
	    arena_format(arena, "%.*s%s%s", (int)(at - payload), payload, to, at + strlen(from)));
}

START_TEST(is_read_strictly)
{
	static const char *const changes[][2] = {
	    {"\"v\":1", "\"v\":2"},
	    {"\"v\":1", "\"v\":\"1\""},
	    {"\"v\":1,", ""},
	    {"\"browser\":", "\"browse\":"},
	    {"\"exp\":5000", "\"exp\":\"5000\""},
	    {"\"exp\":5000", "\"exp\":5000.5"},
	    {"\"age\":0", "\"age\":\"0\""},
	    {"\"client\":", "\"cliente\":"},
	    {"\"uri\":", "\"url\":"},
	    {"\"scope\":\"openid email\"", "\"scope\":null"},
	    {"\"nonce\":\"n\"", "\"nonce\":7"},
	    {"\"mode\":\"form_post\",", ""},
	    {"\"subject\":\"0190-x\"", "\"subject\":7"},
	    {"\"denied\":true", "\"denied\":1"},
	    {"\"denied\":true", "\"denied\":false"},
	    {"\"sent\":true", "\"sent\":true,\"sent\":true"},
	    {"\"sent\":true", "\"sent\":true,\"more\":true"},
	    {"\"by\":\"0", "\"by\":\"x"},
	    {"{\"v\"", "[{\"v\""},
	    {"{", ""},
	};
	struct text text = payload_of(&full);

	ck_assert_uint_eq((size_t)_i < sizeof(changes) / sizeof(changes[0]), 1);
	ck_assert(!reads(changed(text.data, changes[_i][0], changes[_i][1]), 0));
}
END_TEST

Suite *suite_login_flow_payload(void);

Suite *
suite_login_flow_payload(void)
{
	Suite *suite = suite_create("login/flow_payload");
	TCase *payload = tcase_create("payload");

	tcase_add_checked_fixture(payload, setup, teardown);
	tcase_add_loop_test(payload, comes_back_as_it_went_in, 0, 2);
	tcase_add_test(payload, ends_with_its_time);
	tcase_add_test(payload, opens_in_its_browser_only);
	tcase_add_loop_test(payload, is_read_strictly, 0, 20);
	suite_add_tcase(suite, payload);
	return (suite);
}
