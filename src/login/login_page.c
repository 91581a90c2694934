/* GET and POST /login: who are you? */
#include <string.h>

#include "events/events.h"
#include "login/factors.h"
#include "login/pages.h"
#include "login/step.h"
#include "realms/realms.h"
#include "sessions/sessions.h"
#include "web/cookie.h"

enum { BUSY_RETRY_S = 5 };

static const char path[] = "/login";
/* One sentence for everything that can be wrong: it tells nobody which logins exist (L-03). */
static const char refused_text[] =
    "This email or username and this password do not match. Please try again.";
static const char empty_text[] = "Please enter your email or username, and your password.";
static const char busy_text[] =
    "Many people are signing in just now. Please wait a few seconds and try again.";

/* error: NULL on the first showing. */
static struct reply
login_page_reply(
    struct call *call, const struct step *step, int status, const char *login, const char *error)
{
	struct page *page = page_create(call);

	if (!step_protect(call, step, path, NULL, page))
		return (reply_unavailable(call, 1));
	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "client_name", step->client->name);
	page_text(page, "client_uri", step->client->client_uri);
	page_text(page, "login", login);
	page_text(page, "error", error);
	step_allow_client(call, step, page);
	return (page_reply(page, status, factors[0]->page));
}

struct reply
login_page(struct call *call)
{
	struct reply refusal;
	struct step step;

	if (!step_open_at(call, FLOW_SIGN_IN, &step, &refusal))
		return (refusal);
	return (login_page_reply(call, &step, 200, step.flow.login_hint, NULL));
}

/* Without the spaces that keyboards add around a name. */
static const char *
login_trimmed(struct call *call, const char *login)
{
	size_t length;

	login += strspn(login, " \t\r\n");
	for (length = strlen(login); length > 0; length--)
		if (strchr(" \t\r\n", login[length - 1]) == NULL)
			break;
	return (arena_substring(call->arena, login, length));
}

/* RESULT_OK also for somebody unknown: then *found is NULL. */
static enum result
login_find_user(struct call *call, const char *login, struct user *user, const struct user **found)
{
	enum result result = users_find_by_login(call, login, user);

	*found = NULL;
	if (result == RESULT_OK)
		*found = user;
	return (result == RESULT_NOT_FOUND ? RESULT_OK : result);
}

static struct reply
login_refuse(struct call *call, const struct step *step, const char *login, const struct user *user)
{
	struct event event = {
	    .kind = "sign_in.failed",
	    .reason = call->reason,
	    .user = user == NULL ? NULL : &user->id,
	    .client = &step->client->id,
	};

	if (events_write(call, &event) != RESULT_OK)
		return (reply_unavailable(call, 1));
	return (login_page_reply(call, step, 400, login, refused_text));
}

/* A new session at every sign-in; the hub decides what comes next. */
static struct reply
login_accept(struct call *call, const struct step *step, const struct factor *factor,
    const char *login, const struct user *user)
{
	const char *acr = factors_acr(call->arena, factor->strength);
	const char *cookie;
	struct session session;
	enum result result;
	struct reply reply;

	result = sessions_create(
	    call, user, factor->name, acr, flow_session_cookie(call), &session, &cookie);
	/* Disabled, or given another password, while this one was being checked. */
	if (result == RESULT_NOT_FOUND) {
		call->reason = "account_changed";
		return (login_refuse(call, step, login, user));
	}
	if (result != RESULT_OK)
		return (reply_unavailable(call, 1));
	reply = step_redirect(call, step, FLOW_DONE);
	cookie_set(call, &reply, call->realm->cookie_prefix, cookie, 0);
	return (reply);
}

static struct reply
login_busy(struct call *call, const struct step *step, const char *login)
{
	struct reply reply = login_page_reply(call, step, 503, login, busy_text);

	call->reason = "password_busy";
	if (call->failure == RESULT_OK)
		reply_header(
		    call, &reply, "Retry-After", arena_format(call->arena, "%d", BUSY_RETRY_S));
	return (reply);
}

static struct reply
login_prove(struct call *call, const struct step *step, const char *login)
{
	const struct factor *factor = factors[0];
	const struct user *found;
	struct user user;

	/* Nobody's: the answer is the same, the work would be for nothing (L-06). */
	if (strlen(login) > LOGIN_MAX) {
		call->reason = "login_too_long";
		return (login_refuse(call, step, login, NULL));
	}
	if (login_find_user(call, login, &user, &found) != RESULT_OK)
		return (reply_unavailable(call, 1));
	switch (factor->prove(call, found, &step->form)) {
	case PROOF_PROVEN:
		if (auth_gate(found) == AUTH_GATE_OPEN)
			return (login_accept(call, step, factor, login, found));
		call->reason = "account_disabled";
		return (login_refuse(call, step, login, found));
	case PROOF_REFUSED:
	case PROOF_POSTPONED:
		return (login_refuse(call, step, login, found));
	case PROOF_BUSY:
		return (login_busy(call, step, login));
	case PROOF_FAILED:
		break;
	}
	return (reply_unavailable(call, 1));
}

struct reply
login_submit(struct call *call)
{
	const char *login;
	struct reply refusal;
	struct step step;

	if (!step_open(call, &step, &refusal) ||
	    !step_is_genuine(call, &step, path, NULL, &refusal))
		return (refusal);
	login = form_value(&step.form, "login");
	login = login == NULL ? "" : login_trimmed(call, login);
	if (*login == '\0' || form_value(&step.form, "password") == NULL) {
		call->reason = "empty_form";
		return (login_page_reply(call, &step, 400, login, empty_text));
	}
	return (login_prove(call, &step, login));
}
