/* GET and POST /select-account: go on as who is signed in, or as somebody else? */
#include "login/pages.h"
#include "login/step.h"
#include "realms/realms.h"

static const char path[] = "/select-account";

static struct reply
account_page_reply(struct call *call, const struct step *step, int status)
{
	const struct user *user = &step->view.user;
	struct page *page = page_create(call);

	if (!step_protect(call, step, path, &user->id, page))
		return (reply_unavailable(call, 1));
	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "client_name", step->client->name);
	page_text(page, "user_name", user->name == NULL ? user->login : user->name);
	page_text(page, "user_login", user->login);
	step_allow_client(call, step, page);
	return (page_reply(page, status, "select_account"));
}

struct reply
account_page(struct call *call)
{
	struct reply elsewhere;
	struct step step;

	if (!step_open_at(call, FLOW_SELECT_ACCOUNT, &step, &elsewhere))
		return (elsewhere);
	return (account_page_reply(call, &step, 200));
}

struct reply
account_submit(struct call *call)
{
	const char *decision;
	struct reply elsewhere;
	struct step step;

	if (!step_submit_at(call, FLOW_SELECT_ACCOUNT, path, &step, &elsewhere))
		return (elsewhere);
	decision = form_value(&step.form, "decision");
	if (text_equal(decision, "continue")) {
		step.flow.chosen_account = step.view.user.id;
		return (step_answer(call, &step));
	}
	if (text_equal(decision, "other")) {
		step.flow.prompt_login = true;
		return (step_answer(call, &step));
	}
	call->reason = "no_decision";
	return (account_page_reply(call, &step, 400));
}
