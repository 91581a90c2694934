/* The hub of a login in progress: sealing, opening, and what comes next. */
#include "login/flow.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "keys/keys.h"
#include "login/flow_payload.h"
#include "realms/realms.h"
#include "web/cookie.h"

/* ANSWER_ROOM: what the consent page's answer may add to a flow that was sealed without one. */
enum { BROWSER_BYTES = 32, BROWSER_TEXT = 43, ANSWER_ROOM = 128 };

/* A flow begins by this node's clock, a session by the database's. */
enum { CLOCKS_APART_S = 60 };

static const char purpose[] = "login_flow";

enum result
flow_seal(struct call *call, const struct flow *flow, const char *browser, const char **sealed)
{
	bool is_answered = flow->denied || !uuid_is_zero(&flow->consented_by);
	size_t room = is_answered ? FLOW_SEALED_MAX : FLOW_SEALED_MAX - ANSWER_ROOM;
	struct flow copy = *flow;
	struct text payload;
	enum result result;
	const char *text;

	if (copy.expires_at == 0)
		copy.expires_at = clock_now() + FLOW_LIFETIME_S;
	text_init(&payload, call->arena, FLOW_SEALED_MAX);
	flow_payload_write(&copy, browser, &payload);
	if (payload.overflowed)
		return (RESULT_FAILED);
	result = sealed_create(call, purpose, payload.data, payload.length, &text);
	if (result != RESULT_OK)
		return (result);
	if (strlen(text) > room)
		return (RESULT_FAILED);
	*sealed = text;
	return (RESULT_OK);
}

bool
flow_open(struct call *call, const char *sealed, const char *browser, struct flow *out)
{
	uint8_t *payload;
	size_t length;

	if (sealed == NULL || browser == NULL || strlen(sealed) > FLOW_SEALED_MAX)
		return (false);
	if (!sealed_open(call, purpose, sealed, &payload, &length))
		return (false);
	return (flow_payload_read(
	    call->arena, (const char *)payload, length, browser, clock_now(), out));
}

static const char *
browser_cookie_name(struct call *call)
{
	return (arena_format(call->arena, "%s.flow", call->realm->cookie_prefix));
}

const char *
flow_browser(struct call *call)
{
	const char *value;
	uint8_t *bytes;
	size_t length;

	if (cookie_read(call, browser_cookie_name(call), &value) != COOKIE_PRESENT)
		return (NULL);
	if (strlen(value) != BROWSER_TEXT ||
	    !base64url_decode(call->arena, value, BROWSER_TEXT, &bytes, &length))
		return (NULL);
	return (value);
}

const char *
flow_browser_create(struct call *call)
{
	uint8_t bytes[BROWSER_BYTES];

	random_bytes(bytes, sizeof(bytes));
	return (base64url_encode(call->arena, bytes, sizeof(bytes)));
}

void
flow_browser_set(struct call *call, struct reply *reply, const char *browser)
{
	cookie_set(call, reply, browser_cookie_name(call), browser, 0);
}

const char *
flow_session_cookie(struct call *call)
{
	const char *value;

	if (cookie_read(call, call->realm->cookie_prefix, &value) != COOKIE_PRESENT)
		return (NULL);
	return (value);
}

/* Another session than the one at the start is new only if it began since then: a browser may have
 * withheld its cookie at the start (a form that another site POSTs). */
static bool
is_proven_since(const struct flow *flow, const struct session_view *view)
{
	int64_t began = flow->expires_at - FLOW_LIFETIME_S - CLOCKS_APART_S;

	return (!uuid_equal(&view->session.id, &flow->started_session) &&
		view->session.auth_time / 1000000 >= began);
}

/* Must the person prove again who they are? What they proved since the flow began is good. */
static bool
needs_sign_in(const struct flow *flow, const struct session_view *view)
{
	int64_t age;

	if (view == NULL)
		return (true);
	if (is_proven_since(flow, view))
		return (false);
	if (flow->prompt_login || flow->max_age == 0)
		return (true);
	age = view->now - view->session.auth_time;
	return (
	    flow->max_age >= 0 && age / 1000000 >= flow->max_age && age > flow->max_age * 1000000);
}

/* A private-use scheme can be claimed by any app on the device (RFC 8252, 8.6): such a client is
 * never trusted by name alone. */
static bool
client_is_impersonable(const struct flow *flow, const struct client *client)
{
	return (client->auth_method == CLIENT_AUTH_NONE && client->is_native &&
		!text_starts_with(flow->redirect_uri, "https://") &&
		!text_starts_with(flow->redirect_uri, "http://"));
}

static bool
needs_consent(const struct flow *flow, const struct client *client, const struct session_view *view)
{
	bool has_answered = uuid_equal(&flow->consented_by, &view->user.id);

	if (flow->prompt_consent && !has_answered)
		return (true);
	if (client_is_impersonable(flow, client) && !has_answered)
		return (true);
	return (!client->policy.skip_consent &&
		(view->consented_scope == NULL ||
		    !text_list_within(flow->scope, view->consented_scope)));
}

enum flow_step
flow_next(const struct flow *flow, const struct client *client, const struct session_view *view)
{
	if (needs_sign_in(flow, view))
		return (FLOW_SIGN_IN);
	if (flow->denied || needs_consent(flow, client, view))
		return (FLOW_CONSENT);
	return (FLOW_DONE);
}

const char *
flow_step_url(struct call *call, enum flow_step step, const char *sealed)
{
	static const char *const paths[] = {
	    [FLOW_SIGN_IN] = "/login",
	    [FLOW_CONSENT] = "/consent",
	    [FLOW_DONE] = "/oauth2/authorize/continue",
	};

	return (arena_format(
	    call->arena, "%s%s?flow=%s", call->realm->path_prefix, paths[step], sealed));
}
