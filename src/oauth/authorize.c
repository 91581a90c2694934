/*
 * GET, POST /oauth2/authorize: RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.
 * GET /oauth2/authorize/continue: where the login steps return to.
 */
#include "oauth/endpoints.h"

#include <string.h>

#include "base/encoding.h"
#include "grants/codes.h"
#include "login/flow.h"
#include "oauth/authorize_checks.h"
#include "oauth/authorize_reply.h"
#include "oauth/authorize_request.h"
#include "oauth/cross_site.h"
#include "oauth/errors.h"
#include "oauth/id_token_hint.h"
#include "realms/realms.h"
#include "sessions/sessions.h"
#include "web/form.h"

static struct reply
refuse(struct call *call, const struct authorize_plan *plan, enum oauth_error_code code,
    const char *reason, const char *description)
{
	struct authorize_target target = authorize_target(plan);
	struct oauth_error error;

	oauth_fail(&error, code, reason, description);
	return (authorize_reply_error(call, &target, &error));
}

static struct reply
refuse_by_page(
    struct call *call, enum oauth_error_code code, const char *reason, const char *description)
{
	struct oauth_error error;

	oauth_fail(&error, code, reason, description);
	return (oauth_error_page(call, 400, &error));
}

/* A wait failed: the failure sticks, and this page says so. */
static struct reply
fail_by_page(struct call *call)
{
	struct oauth_error error;

	oauth_fail_for_us(call, &error);
	return (oauth_error_page(call, oauth_error_status(error.code), &error));
}

/* NULL for an unknown one. False: a wait failed. */
static bool
client_find(struct call *call, const char *client_id, const struct client **out)
{
	enum result result = RESULT_NOT_FOUND;

	*out = NULL;
	if (client_id != NULL && strlen(client_id) <= CLIENT_ID_MAX)
		result = clients_find(call, client_id, out);
	if (result == RESULT_OK)
		call->client_id = (*out)->client_id;
	else
		*out = NULL;
	return (result == RESULT_OK || result == RESULT_NOT_FOUND);
}

/* The live session of this browser, with what its user agreed to for this client; NULL for none. */
static const struct session_view *
session_read(struct call *call, const struct client *client, struct session_view *view)
{
	const char *cookie = flow_session_cookie(call);

	if (cookie == NULL || sessions_find(call, cookie, &client->id, view) != RESULT_OK ||
	    auth_gate(&view->user) != AUTH_GATE_OPEN)
		return (NULL);
	return (view);
}

static struct reply
code_reply(struct call *call, const struct authorize_plan *plan, const struct session_view *view)
{
	struct authorize_target target = authorize_target(plan);
	struct authorization_code code = {
	    .client = plan->client->id,
	    .user = view->user.id,
	    .session = view->session.id,
	    .redirect_uri = plan->flow.redirect_uri_was_sent ? plan->flow.redirect_uri : NULL,
	    .scope = plan->flow.scope,
	    .nonce = plan->flow.nonce,
	    .id_token_claims = plan->flow.id_token_claims,
	    .userinfo_claims = plan->flow.userinfo_claims,
	    .code_challenge = plan->flow.code_challenge,
	    .acr = view->session.acr,
	    .amr = view->session.amr,
	    .auth_time = view->session.auth_time,
	    .expires_at = view->now + call->realm->code_lifetime * 1000000,
	};
	const char *text;

	if (codes_issue(call, &code, &text) != RESULT_OK)
		return (fail_by_page(call));
	return (authorize_reply_code(call, &target, text));
}

static struct reply
step_reply(struct call *call, const struct authorize_plan *plan, enum flow_step step)
{
	const char *browser = flow_browser(call), *sealed;
	bool is_new_browser = browser == NULL;
	struct reply reply;

	if (is_new_browser)
		browser = flow_browser_create(call);
	if (flow_seal(call, &plan->flow, browser, &sealed) != RESULT_OK) {
		if (call->failure != RESULT_OK)
			return (fail_by_page(call));
		return (refuse(call, plan, OAUTH_INVALID_REQUEST, "request_too_large",
		    "The request is too large."));
	}
	reply = reply_redirect(call, 303, flow_step_url(call, step, sealed));
	if (is_new_browser)
		flow_browser_set(call, &reply, browser);
	return (reply);
}

/* Is this somebody else than id_token_hint or claims say? */
static bool
is_other_subject(struct call *call, const struct authorize_plan *plan, const struct user *user)
{
	return (plan->flow.hinted_subject != NULL &&
		!text_list_has(plan->flow.hinted_subject, uuid_string(call->arena, &user->id)));
}

static const char *
no_session_reason(const struct authorize_plan *plan, const struct session_view *view)
{
	if (view == NULL)
		return ("no_session");
	return (flow_accepts_acr(&plan->flow, view) ? "session_too_old" : "session_acr_too_low");
}

/* prompt=none shows nothing and sets no cookie: it gets a code or one of these. */
static struct reply
refuse_silently(struct call *call, const struct authorize_plan *plan,
    const struct session_view *view, enum flow_step step)
{
	if (step == FLOW_SIGN_IN)
		return (refuse(call, plan, OAUTH_LOGIN_REQUIRED, no_session_reason(plan, view),
		    "The person has to sign in first."));
	return (refuse(
	    call, plan, OAUTH_CONSENT_REQUIRED, "no_consent", "The person has to agree first."));
}

static struct reply
decide(struct call *call, struct authorize_plan *plan, const struct session_view *view)
{
	enum flow_step step = flow_next(&plan->flow, plan->client, view);
	bool is_other = step != FLOW_SIGN_IN && is_other_subject(call, plan, &view->user);

	/* There is one session a browser: another account is chosen by signing in anew. */
	if (is_other && step == FLOW_SELECT_ACCOUNT) {
		plan->flow.prompt_login = true;
		return (step_reply(call, plan, FLOW_SIGN_IN));
	}
	if (is_other)
		return (refuse(call, plan, OAUTH_LOGIN_REQUIRED, "other_subject",
		    "Somebody else is signed in."));
	if (step == FLOW_DONE)
		return (code_reply(call, plan, view));
	if (plan->prompt_none)
		return (refuse_silently(call, plan, view, step));
	return (step_reply(call, plan, step));
}

/* The people whom claims asks for, and who the hint says. */
static void
subject_narrow(struct call *call, struct authorize_plan *plan, const char *hinted)
{
	const char *wanted = plan->flow.hinted_subject;

	plan->flow.hinted_subject =
	    wanted == NULL ? hinted : text_list_intersect(call->arena, hinted, wanted);
}

/* The hint must be ours and for this client. False: *reply says why not. */
static bool
hint_read(struct call *call, const char *text, struct authorize_plan *plan, struct reply *reply)
{
	struct id_token_hint hint;

	if (text == NULL)
		return (true);
	if (id_token_hint_read(call, text, &hint) &&
	    text_equal(hint.client_id, plan->client->client_id)) {
		subject_narrow(call, plan, hint.subject);
		return (true);
	}
	*reply = call->failure != RESULT_OK
		     ? fail_by_page(call)
		     : refuse(call, plan, OAUTH_INVALID_REQUEST, "id_token_hint_wrong",
			   "The id_token_hint is not an ID token of this client.");
	return (false);
}

/* Can anybody at all be who is asked for (OpenID Connect Core, 3.1.2.1 and 3.1.2.2)? */
static bool
subject_check(struct call *call, const struct authorize_plan *plan, struct reply *reply)
{
	if (!text_equal(plan->flow.hinted_subject, ""))
		return (true);
	*reply = refuse(call, plan, OAUTH_LOGIN_REQUIRED, "no_such_subject",
	    "Nobody here is the person that is asked for.");
	return (false);
}

static struct reply
refusal_reply(struct call *call, enum authorize_verdict verdict, const struct authorize_plan *plan,
    const struct oauth_error *error)
{
	struct authorize_target target;

	if (verdict == AUTHORIZE_REFUSED_BY_PAGE)
		return (oauth_error_page(call, 400, error));
	target = authorize_target(plan);
	return (authorize_reply_error(call, &target, error));
}

struct reply
oauth_authorize(struct call *call)
{
	struct authorize_checked checked = {call->arena, NULL, NULL, call->realm->scopes};
	enum authorize_verdict verdict;
	const struct session_view *view;
	struct authorize_request request;
	struct session_view storage;
	enum form_error form_error;
	struct authorize_plan plan;
	struct oauth_error error;
	struct cross_site came;
	struct reply reply;
	struct form form;

	if ((form_error = request_form_read(call, &form)) != FORM_OK)
		return (refuse_by_page(
		    call, OAUTH_INVALID_REQUEST, "form_malformed", form_error_text(form_error)));
	authorize_request_parse(&form, &request);
	checked.request = &request;
	if (!client_find(call, request.client_id, &checked.client))
		return (fail_by_page(call));
	if ((verdict = authorize_check(&checked, &plan, &error)) != AUTHORIZE_FINE)
		return (refusal_reply(call, verdict, &plan, &error));
	came = (struct cross_site){
	    OAUTH_AUTHORIZE_PATH, &form, authorize_request_knows, plan.flow.redirect_uri};
	if (cross_site_again(call, &came, &reply) ||
	    !hint_read(call, request.id_token_hint, &plan, &reply) ||
	    !subject_check(call, &plan, &reply))
		return (reply);
	view = session_read(call, plan.client, &storage);
	if (call->failure != RESULT_OK)
		return (fail_by_page(call));
	if (view != NULL)
		plan.flow.started_session = view->session.id;
	return (decide(call, &plan, view));
}

/* Opens what oauth_authorize sealed for this browser. False: *reply says what to do. */
static bool
plan_resume(struct call *call, struct authorize_plan *plan, struct reply *reply)
{
	struct form form;

	memset(plan, 0, sizeof(*plan));
	if (form_from_query(call, &form) != FORM_OK || form_duplicate(&form) != NULL ||
	    !flow_open(call, form_value(&form, "flow"), flow_browser(call), &plan->flow) ||
	    response_mode_find(plan->flow.response_mode) == NULL) {
		*reply = call->failure != RESULT_OK
			     ? fail_by_page(call)
			     : refuse_by_page(call, OAUTH_INVALID_REQUEST, "flow_not_valid",
				   "This sign-in has expired, or it was begun in another browser.");
		return (false);
	}
	if (!client_find(call, plan->flow.client_id, &plan->client)) {
		*reply = fail_by_page(call);
		return (false);
	}
	if (plan->client == NULL ||
	    !clients_has_redirect_uri(plan->client, plan->flow.redirect_uri)) {
		*reply = refuse_by_page(call, OAUTH_INVALID_CLIENT, "client_changed",
		    "The application that sent you here is no longer registered as it was.");
		return (false);
	}
	return (true);
}

struct reply
oauth_authorize_continue(struct call *call)
{
	const struct session_view *view;
	struct session_view storage;
	struct authorize_plan plan;
	struct reply reply;

	if (!plan_resume(call, &plan, &reply))
		return (reply);
	if (plan.flow.denied)
		return (refuse(call, &plan, OAUTH_ACCESS_DENIED, "consent_denied",
		    "The person did not agree."));
	view = session_read(call, plan.client, &storage);
	if (call->failure != RESULT_OK)
		return (fail_by_page(call));
	return (decide(call, &plan, view));
}
