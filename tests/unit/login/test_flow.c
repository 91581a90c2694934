/* What comes next in a login in progress. */
#include <check.h>
#include <string.h>

#include "login/flow.h"
#include "realms/realms.h"

static const struct uuid alice = {{1}}, bob = {{2}}, session_old = {{3}}, session_new = {{4}};
static const int64_t second = 1000000;

/* A flow of a plain web client, begun a minute ago, and a session that began before it, five
 * minutes old. */
static void
plain(struct flow *flow, struct client *client, struct session_view *view)
{
	*flow = (struct flow){.client_id = "app",
	    .redirect_uri = "https://app.example/callback",
	    .scope = "openid email",
	    .max_age = -1,
	    .started_session = session_old,
	    .expires_at = 940 + FLOW_LIFETIME_S};
	*client = (struct client){.auth_method = CLIENT_AUTH_SECRET_BASIC};
	*view = (struct session_view){.now = 1000 * second, .consented_scope = "email openid"};
	view->session.id = session_old;
	view->session.auth_time = 700 * second;
	view->user.id = alice;
}

#define PLAIN                                                                                      \
	struct flow flow;                                                                          \
	struct client client;                                                                      \
	struct session_view view;                                                                  \
	plain(&flow, &client, &view)

START_TEST(without_a_session_sign_in)
{
	PLAIN;

	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	ck_assert_int_eq(flow_next(&flow, &client, NULL), FLOW_SIGN_IN);
	client.policy.skip_consent = true;
	ck_assert_int_eq(flow_next(&flow, &client, NULL), FLOW_SIGN_IN);
}
END_TEST

START_TEST(prompt_login_needs_another_session)
{
	PLAIN;

	flow.prompt_login = true;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
	view.session.id = session_new;
	view.session.auth_time = 941 * second;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
}
END_TEST

/* */
START_TEST(a_session_that_the_start_did_not_see_is_not_a_new_one)
{
	PLAIN;

	flow.started_session = (struct uuid){{0}};
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	flow.prompt_login = true;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
	flow.prompt_login = false;
	flow.max_age = 299;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
	flow.max_age = 300;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
}
END_TEST

START_TEST(max_age_counts_from_the_sign_in)
{
	PLAIN;

	flow.max_age = 300;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	view.now += 1;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
	flow.max_age = 299;
	view.now -= 1;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
	view.session.id = session_new;
	view.session.auth_time = 941 * second;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
}
END_TEST

START_TEST(max_age_at_its_ends)
{
	PLAIN;

	flow.max_age = INT64_MAX;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	flow.max_age = 0;
	view.session.auth_time = view.now;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_SIGN_IN);
}
END_TEST

START_TEST(consent_must_cover_the_scope)
{
	PLAIN;

	view.consented_scope = "openid";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
	view.consented_scope = NULL;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
	flow.scope = "";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
	view.consented_scope = "";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	view.consented_scope = NULL;
	client.policy.skip_consent = true;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
}
END_TEST

START_TEST(prompt_consent_asks_once_per_person)
{
	PLAIN;

	flow.prompt_consent = true;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
	flow.consented_by = alice;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	view.user.id = bob;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
}
END_TEST

/* */
START_TEST(a_client_that_anybody_could_be_always_asks)
{
	PLAIN;

	client.auth_method = CLIENT_AUTH_NONE;
	client.is_native = true;
	client.policy.skip_consent = true;
	flow.redirect_uri = "com.example.app:/callback";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_CONSENT);
	flow.consented_by = alice;
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	flow.consented_by = (struct uuid){{0}};
	flow.redirect_uri = "https://app.example/callback";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
	flow.redirect_uri = "http://127.0.0.1:4711/callback";
	ck_assert_int_eq(flow_next(&flow, &client, &view), FLOW_DONE);
}
END_TEST

/* Every rule that speaks of a code, for one combination of what can vary. */
static void
assert_combination(unsigned bits)
{
	bool has_view = (bits & 1) != 0, is_old = (bits & 2) != 0, is_covered = (bits & 4) != 0;
	bool has_answered = (bits & 8) != 0, is_custom = (bits & 16) != 0;
	bool is_exposed, may_be_done;
	PLAIN;

	flow.denied = (bits & 32) != 0;
	flow.prompt_login = (bits & 64) != 0;
	flow.prompt_consent = (bits & 128) != 0;
	flow.max_age = (bits & 256) != 0 ? 10 : -1;
	client.policy.skip_consent = (bits & 512) != 0;
	client.is_native = (bits & 1024) != 0;
	client.auth_method = (bits & 2048) != 0 ? CLIENT_AUTH_NONE : CLIENT_AUTH_SECRET_POST;
	view.session.id = is_old ? session_old : session_new;
	view.session.auth_time = (is_old ? 700 : 941) * second;
	view.consented_scope = is_covered ? "openid email" : "openid";
	if (has_answered)
		flow.consented_by = alice;
	if (is_custom)
		flow.redirect_uri = "com.example.app:/callback";

	is_exposed = is_custom && client.is_native && client.auth_method == CLIENT_AUTH_NONE;
	may_be_done = has_view && !flow.denied;
	if (is_old && (flow.prompt_login || flow.max_age == 10))
		may_be_done = false;
	if (!has_answered && (flow.prompt_consent || is_exposed))
		may_be_done = false;
	if (!client.policy.skip_consent && !is_covered)
		may_be_done = false;
	ck_assert_msg(
	    (flow_next(&flow, &client, has_view ? &view : NULL) == FLOW_DONE) == may_be_done,
	    "combination %x", bits);
	/* Consent is asked only of somebody who has proven who they are. */
	if (!has_view)
		ck_assert_int_eq(flow_next(&flow, &client, NULL), FLOW_SIGN_IN);
}

START_TEST(done_where_every_rule_is_kept_and_nowhere_else)
{
	unsigned bits;

	for (bits = 0; bits < 4096; bits++)
		assert_combination(bits);
}
END_TEST

START_TEST(steps_have_their_places_within_the_realm)
{
	struct realm realm = {.path_prefix = "/realms/acme"};
	struct call call = {.arena = arena_create(4096), .realm = &realm};

	ck_assert_str_eq(
	    flow_step_url(&call, FLOW_SIGN_IN, "x-_9"), "/realms/acme/login?flow=x-_9");
	realm.path_prefix = "";
	ck_assert_str_eq(flow_step_url(&call, FLOW_CONSENT, "x"), "/consent?flow=x");
	ck_assert_str_eq(flow_step_url(&call, FLOW_DONE, "x"), "/oauth2/authorize/continue?flow=x");
	arena_destroy(call.arena);
}
END_TEST

Suite *suite_login_flow(void);

Suite *
suite_login_flow(void)
{
	Suite *suite = suite_create("login/flow");
	TCase *next = tcase_create("next");

	tcase_add_test(next, without_a_session_sign_in);
	tcase_add_test(next, prompt_login_needs_another_session);
	tcase_add_test(next, a_session_that_the_start_did_not_see_is_not_a_new_one);
	tcase_add_test(next, max_age_counts_from_the_sign_in);
	tcase_add_test(next, max_age_at_its_ends);
	tcase_add_test(next, consent_must_cover_the_scope);
	tcase_add_test(next, prompt_consent_asks_once_per_person);
	tcase_add_test(next, a_client_that_anybody_could_be_always_asks);
	tcase_add_test(next, done_where_every_rule_is_kept_and_nowhere_else);
	tcase_add_test(next, steps_have_their_places_within_the_realm);
	suite_add_tcase(suite, next);
	return (suite);
}
