/* Opening a step of a login in progress, and protecting its form. */
#include "login/step.h"

#include <string.h>

#include "keys/keys.h"
#include "oauth/errors.h"
#include "realms/realms.h"
#include "web/csrf.h"
#include "web/request.h"

static bool
refuse(struct call *call, int status, const char *reason, const char *text, struct reply *refusal)
{
	struct oauth_error error = {0};

	oauth_fail(&error, OAUTH_INVALID_REQUEST, reason, text);
	*refusal = oauth_error_page(call, status, &error);
	return (false);
}

static bool
refuse_outage(struct call *call, struct reply *refusal)
{
	*refusal = reply_unavailable(call, 1);
	return (false);
}

static bool
step_read_form(struct call *call, struct step *step, struct reply *refusal)
{
	enum form_error error;

	if (call->request->method == METHOD_POST)
		error = form_from_body(call, &step->form);
	else
		error = form_from_query(call, &step->form);
	if (error != FORM_OK)
		return (refuse(call, 400, "bad_form", form_error_text(error), refusal));
	if (form_duplicate(&step->form) != NULL)
		return (refuse(
		    call, 400, "duplicate_field", "A field of the form was sent twice.", refusal));
	return (true);
}

static bool
step_find_people(struct call *call, struct step *step, struct reply *refusal)
{
	const char *cookie = flow_session_cookie(call);

	switch (clients_find(call, step->flow.client_id, &step->client)) {
	case RESULT_OK:
		break;
	case RESULT_NOT_FOUND:
		return (refuse(call, 400, "unknown_client",
		    "The application is not registered here any more.", refusal));
	default:
		return (refuse_outage(call, refusal));
	}
	call->client_id = step->client->client_id;
	if (cookie != NULL)
		step->is_signed_in =
		    sessions_find(call, cookie, &step->client->id, &step->view) == RESULT_OK;
	if (call->failure != RESULT_OK)
		return (refuse_outage(call, refusal));
	return (true);
}

bool
step_open(struct call *call, struct step *out, struct reply *refusal)
{
	struct step step = {0};

	if (!step_read_form(call, &step, refusal))
		return (false);
	step.sealed = form_value(&step.form, "flow");
	step.browser = flow_browser(call);
	if (!flow_open(call, step.sealed, step.browser, &step.flow)) {
		if (call->failure != RESULT_OK)
			return (refuse_outage(call, refusal));
		if (step.sealed == NULL)
			return (refuse(call, 400, "flow_missing",
			    "Signing in begins in the application that you want to use.", refusal));
		return (refuse(call, 400, "flow_invalid",
		    "This sign-in has expired, or it was begun in another browser.", refusal));
	}
	if (!step_find_people(call, &step, refusal))
		return (false);
	*out = step;
	return (true);
}

struct reply
step_redirect(struct call *call, const struct step *step, enum flow_step next)
{
	return (reply_redirect(call, 303, flow_step_url(call, next, step->sealed)));
}

static bool
is_at(struct call *call, enum flow_step wanted, const struct step *step, struct reply *elsewhere)
{
	enum flow_step next = FLOW_DONE;

	if (!step->flow.denied)
		next =
		    flow_next(&step->flow, step->client, step->is_signed_in ? &step->view : NULL);
	if (next == wanted)
		return (true);
	*elsewhere = step_redirect(call, step, next == FLOW_SIGN_IN ? FLOW_SIGN_IN : FLOW_DONE);
	return (false);
}

bool
step_open_at(struct call *call, enum flow_step wanted, struct step *out, struct reply *elsewhere)
{
	return (step_open(call, out, elsewhere) && is_at(call, wanted, out, elsewhere));
}

bool
step_submit_at(struct call *call, enum flow_step wanted, const char *path, struct step *out,
    struct reply *elsewhere)
{
	if (!step_open(call, out, elsewhere))
		return (false);
	if (out->is_signed_in && !step_is_genuine(call, out, path, &out->view.user.id, elsewhere))
		return (false);
	return (is_at(call, wanted, out, elsewhere));
}

struct reply
step_answer(struct call *call, struct step *step)
{
	if (flow_seal(call, &step->flow, step->browser, &step->sealed) != RESULT_OK)
		return (reply_unavailable(call, 1));
	return (step_redirect(call, step, FLOW_DONE));
}

static const char *
step_purpose(struct call *call, const char *path, const struct uuid *user)
{
	if (user == NULL)
		return (path);
	return (arena_format(call->arena, "%s %s", path, uuid_string(call->arena, user)));
}

bool
step_protect(struct call *call, const struct step *step, const char *path, const struct uuid *user,
    struct page *page)
{
	const char *action = arena_format(call->arena, "%s%s", call->realm->path_prefix, path);
	const char *purpose = step_purpose(call, path, user);
	uint8_t key[CSRF_KEY_BYTES], id;

	if (realm_secret_derive(call, "csrf", &id, key) != RESULT_OK)
		return (false);
	page_text(page, "action", action);
	page_text(page, "flow", step->sealed);
	page_text(page, "csrf", csrf_token(call, key, step->browser, purpose));
	secret_wipe(key, sizeof(key));
	return (true);
}

bool
step_is_genuine(struct call *call, const struct step *step, const char *path,
    const struct uuid *user, struct reply *refusal)
{
	const char *purpose = step_purpose(call, path, user);
	uint8_t key[CSRF_KEY_BYTES], id;
	bool is_valid;

	if (realm_secret_derive(call, "csrf", &id, key) != RESULT_OK)
		return (refuse_outage(call, refusal));
	is_valid =
	    csrf_is_valid(call, &step->form, key, step->browser, purpose, call->realm->origin);
	secret_wipe(key, sizeof(key));
	if (!is_valid)
		return (refuse(call, 403, "csrf",
		    "The page was open for too long, or the form was not sent from it.", refusal));
	return (true);
}

const char *
redirect_uri_source(struct arena *arena, const char *uri)
{
	static const char scheme_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789+-.";
	static const char host_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._:";
	size_t scheme = strspn(uri, scheme_bytes), host;

	if (scheme == 0 || uri[scheme] != ':')
		return (NULL);
	if (!text_starts_with(uri, "https://") && !text_starts_with(uri, "http://"))
		return (arena_substring(arena, uri, scheme + 1));
	host = strcspn(uri + scheme + 3, "/?#");
	/* A policy has no way to name an IPv6 address: the scheme is all that can be said. */
	if (uri[scheme + 3] == '[')
		return (arena_substring(arena, uri, scheme + 1));
	if (host == 0 || strspn(uri + scheme + 3, host_bytes) < host)
		return (NULL);
	return (arena_substring(arena, uri, scheme + 3 + host));
}

void
step_allow_client(struct call *call, const struct step *step, struct page *page)
{
	const char *source = redirect_uri_source(call->arena, step->flow.redirect_uri);

	if (source != NULL)
		page_allow_form_action(page, source);
}
