/* GET, POST /oauth2/end_session: OpenID Connect RP-Initiated Logout 1.0. */
#include "oauth/endpoints.h"

#include <string.h>

#include "clients/clients.h"
#include "keys/keys.h"
#include "login/flow.h"
#include "oauth/authorize_checks.h"
#include "oauth/authorize_reply.h"
#include "oauth/authorize_request.h"
#include "oauth/cross_site.h"
#include "oauth/errors.h"
#include "oauth/id_token_hint.h"
#include "realms/realms.h"
#include "sessions/sessions.h"
#include "web/cookie.h"
#include "web/csrf.h"
#include "web/request.h"
#include "web/template.h"

static const char csrf_purpose[] = "sign_out";

/* What the confirmation page carries along, and a request that has to come again. */
static const char *const carried[] = {
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
};

static bool
is_carried(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
		if (text_equal(carried[i], name))
			return (true);
	}
	return (false);
}

struct sign_out {
	const struct client *client; /* NULL: not named, or unknown */
	const char *hinted_session;  /* sid of a valid id_token_hint; NULL when none */
	const char *return_to;	     /* checked; NULL: our own page */
	const char *state;
	bool is_hint_wrong; /* then nobody is sent back (RP-Initiated Logout, 4) */
};

/* Whose sign-out is it? client_id and id_token_hint must agree (RP-Initiated Logout, 2). */
static bool
client_read(
    struct call *call, const struct form *form, struct sign_out *out, struct oauth_error *error)
{
	const char *text = form_value(form, "id_token_hint");
	const char *client_id = form_value(form, "client_id");
	struct id_token_hint hint;
	enum result result;

	if (text != NULL && id_token_hint_read(call, text, &hint)) {
		if (client_id != NULL && !text_equal(client_id, hint.client_id))
			return (oauth_fail(error, OAUTH_INVALID_REQUEST, "hint_of_other_client",
			    "The application named itself and somebody else."));
		out->hinted_session = hint.session;
		client_id = hint.client_id;
	} else if (text != NULL) {
		out->is_hint_wrong = true;
	}
	if (call->failure != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	if (client_id == NULL || strlen(client_id) > CLIENT_ID_MAX)
		return (true);
	result = clients_find(call, client_id, &out->client);
	if (result == RESULT_NOT_FOUND) {
		/* Disabled or unknown: what it once got speaks for it no more. */
		out->client = NULL;
		out->hinted_session = NULL;
		return (true);
	}
	if (result != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	call->client_id = out->client->client_id;
	return (true);
}

/* Only to a registered place of a known client (O-02). Without one the person is asked, and stays
 * here (RP-Initiated Logout, 2 and 3). */
static bool
return_to_read(const struct form *form, struct sign_out *out, struct oauth_error *error)
{
	const char *uri = form_value(form, "post_logout_redirect_uri");

	if (uri == NULL || out->is_hint_wrong || out->client == NULL)
		return (true);
	if (!clients_has_post_logout_redirect_uri(out->client, uri))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "return_not_registered",
		    "The address to return to is not registered for this application."));
	out->return_to = uri;
	out->state = form_value(form, "state");
	if (out->state != NULL && strlen(out->state) > AUTHORIZE_STATE_MAX)
		return (oauth_fail(
		    error, OAUTH_INVALID_REQUEST, "state_too_long", "The state is too long."));
	return (true);
}

static bool
sign_out_read(
    struct call *call, const struct form *form, struct sign_out *out, struct oauth_error *error)
{
	memset(out, 0, sizeof(*out));
	if (form_duplicate(form) != NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "duplicate_parameter",
		    "The application sent two different values for the same thing."));
	return (client_read(call, form, out, error) && return_to_read(form, out, error));
}

/* Only a cookie that came is taken away: a form that another site POSTs comes without ours, and its
 * answer could still delete it (O-01). */
static struct reply
done_reply(struct call *call, const struct sign_out *sign_out)
{
	const struct authorize_parameter parameters[] = {
	    {"state", sign_out->state},
	    {NULL, NULL},
	};
	const char *ignored;
	struct reply reply;

	if (sign_out->return_to != NULL)
		reply = response_mode_find("query")->send(call, sign_out->return_to, parameters);
	else
		reply = reply_redirect(call, 303,
		    arena_format(call->arena, "%s/signed-out", call->realm->path_prefix));
	if (cookie_read(call, call->realm->cookie_prefix, &ignored) != COOKIE_ABSENT)
		cookie_set(call, &reply, call->realm->cookie_prefix, "", -1);
	return (reply);
}

static struct reply
confirm_reply(struct call *call, const struct sign_out *sign_out, const struct form *form,
    const struct user *user, const char *csrf)
{
	struct page *page = page_create(call), *field;
	size_t i;

	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "user_login", user->login);
	page_text(page, "action",
	    arena_format(call->arena, "%s%s", call->realm->path_prefix, OAUTH_END_SESSION_PATH));
	page_text(page, "csrf", csrf);
	for (i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
		if (form_value(form, carried[i]) == NULL)
			continue;
		field = page_item(page, "fields");
		page_text(field, "name", carried[i]);
		page_text(field, "value", form_value(form, carried[i]));
	}
	if (sign_out->return_to != NULL)
		page_allow_form_action(page, uri_origin(call->arena, sign_out->return_to));
	return (page_reply(page, 200, "sign_out_confirm"));
}

static struct reply
page_for(struct call *call, const struct oauth_error *error)
{
	return (oauth_error_page(call, oauth_error_status(error->code), error));
}

/* Ends the session when its own client says so with a token of it, or when the person confirms on
 * our page; else asks (O-01, O-03). */
static struct reply
session_end(struct call *call, const struct sign_out *sign_out, const struct form *form,
    const struct session_view *view, const char *cookie)
{
	uint8_t key[CSRF_KEY_BYTES], key_id;
	struct oauth_error error;
	bool is_confirmed;
	const char *csrf;

	is_confirmed =
	    text_equal(sign_out->hinted_session, uuid_string(call->arena, &view->session.id));
	if (!is_confirmed) {
		if (realm_secret_derive(call, "csrf", &key_id, key) != RESULT_OK) {
			oauth_fail_for_us(call, &error);
			return (page_for(call, &error));
		}
		is_confirmed =
		    call->request->method == METHOD_POST &&
		    csrf_is_valid(call, form, key, cookie, csrf_purpose, call->realm->origin);
		csrf = csrf_token(call, key, cookie, csrf_purpose);
		secret_wipe(key, sizeof(key));
		if (!is_confirmed)
			return (confirm_reply(call, sign_out, form, &view->user, csrf));
	}
	if (sessions_end(call, &view->session.id, "signed_out") != RESULT_OK) {
		oauth_fail_for_us(call, &error);
		return (page_for(call, &error));
	}
	return (done_reply(call, sign_out));
}

/* A form of somebody else's that says it came again: whether somebody is signed in at this browser
 * cannot be seen, for it withheld its cookie. */
static bool
is_blind(struct call *call, const char *cookie)
{
	return (cookie == NULL && call->request->method == METHOD_POST &&
		!csrf_is_same_origin(call, call->realm->origin));
}

struct reply
oauth_end_session(struct call *call)
{
	struct session_view view;
	enum form_error form_error;
	struct sign_out sign_out;
	struct oauth_error error;
	enum result result = RESULT_NOT_FOUND;
	struct cross_site came;
	struct reply reply;
	struct form form;
	const char *cookie;

	if ((form_error = request_form_read(call, &form)) != FORM_OK) {
		oauth_fail(
		    &error, OAUTH_INVALID_REQUEST, "form_malformed", form_error_text(form_error));
		return (page_for(call, &error));
	}
	if (!sign_out_read(call, &form, &sign_out, &error))
		return (page_for(call, &error));
	came = (struct cross_site){OAUTH_END_SESSION_PATH, &form, is_carried, sign_out.return_to};
	if (cross_site_again(call, &came, &reply))
		return (reply);
	if (is_blind(call, cookie = flow_session_cookie(call))) {
		oauth_fail(&error, OAUTH_INVALID_REQUEST, "sign_out_blind",
		    "Your browser does not tell whether you are signed in.");
		return (page_for(call, &error));
	}
	if (cookie != NULL)
		result = sessions_find(call, cookie, NULL, &view);
	if (result == RESULT_NOT_FOUND)
		return (done_reply(call, &sign_out));
	if (result != RESULT_OK) {
		oauth_fail_for_us(call, &error);
		return (page_for(call, &error));
	}
	return (session_end(call, &sign_out, &form, &view, cookie));
}
