/* GET and POST /consent: may this application have what it asks for? */
#include "events/events.h"
#include "grants/consents.h"
#include "login/pages.h"
#include "login/scope_texts.h"
#include "login/step.h"
#include "realms/realms.h"

static const char path[] = "/consent";

static void
page_list_scopes(struct call *call, struct page *page, const char *scope)
{
	const struct scope_text *words;
	struct page *item;
	const char *name;

	while ((name = text_list_next(call->arena, &scope)) != NULL) {
		words = scope_text_find(name);
		item = page_item(page, "scopes");
		page_text(item, "name", name);
		page_text(item, "title", words == NULL ? name : words->title);
		page_text(item, "description", words == NULL ? NULL : words->description);
	}
}

static struct reply
consent_page_reply(struct call *call, const struct step *step, int status)
{
	const struct user *user = &step->view.user;
	struct page *page = page_create(call);

	if (!step_protect(call, step, path, &user->id, page))
		return (reply_unavailable(call, 1));
	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "client_name", step->client->name);
	page_text(page, "client_uri", step->client->client_uri);
	page_text(page, "policy_uri", step->client->policy_uri);
	page_text(page, "tos_uri", step->client->tos_uri);
	page_text(
	    page, "redirect_source", redirect_uri_source(call->arena, step->flow.redirect_uri));
	page_text(page, "user_name", user->name == NULL ? user->login : user->name);
	page_text(page, "user_login", user->login);
	page_list_scopes(call, page, flow_consent_scope(call->arena, &step->flow));
	step_allow_client(call, step, page);
	return (page_reply(page, status, "consent"));
}

struct reply
consent_page(struct call *call)
{
	struct reply elsewhere;
	struct step step;

	if (!step_open_at(call, FLOW_CONSENT, &step, &elsewhere))
		return (elsewhere);
	return (consent_page_reply(call, &step, 200));
}

static struct reply
consent_allow(struct call *call, struct step *step)
{
	const char *scope = flow_consent_scope(call->arena, &step->flow);
	const struct uuid *user = &step->view.user.id;

	if (consents_remember(call, user, &step->client->id, scope) != RESULT_OK)
		return (reply_unavailable(call, 1));
	step->flow.consented_by = *user;
	return (step_answer(call, step));
}

static struct reply
consent_deny(struct call *call, struct step *step)
{
	struct event event = {
	    .kind = "consent.denied",
	    .user = &step->view.user.id,
	    .client = &step->client->id,
	    .session = &step->view.session.id,
	};

	if (events_write(call, &event) != RESULT_OK)
		return (reply_unavailable(call, 1));
	step->flow.denied = true;
	return (step_answer(call, step));
}

struct reply
consent_submit(struct call *call)
{
	const char *decision;
	struct reply elsewhere;
	struct step step;

	if (!step_submit_at(call, FLOW_CONSENT, path, &step, &elsewhere))
		return (elsewhere);
	decision = form_value(&step.form, "decision");
	if (text_equal(decision, "allow"))
		return (consent_allow(call, &step));
	if (text_equal(decision, "deny"))
		return (consent_deny(call, &step));
	call->reason = "no_decision";
	return (consent_page_reply(call, &step, 400));
}
