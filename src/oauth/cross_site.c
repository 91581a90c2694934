/* POST from another site: again by GET, or by a POST of our own. */
#include "oauth/cross_site.h"

#include "base/encoding.h"
#include "login/flow.h"
#include "oauth/authorize_reply.h"
#include "realms/realms.h"
#include "web/csrf.h"
#include "web/request.h"
#include "web/template.h"

/* What marks the form of our page. Whoever marks a form of theirs keeps the session unseen at the
 * start, as a browser without one would: that gives no more than a sign-in of a minute ago may. */
static const char mark[] = "came_again";

static bool
url_write(const struct cross_site *came, const char *endpoint, struct text *url)
{
	const struct form_field *field;
	char separator = '?';
	size_t i;

	text_add(url, endpoint);
	for (i = 0; i < came->form->count; i++) {
		field = &came->form->fields[i];
		if (!came->is_known(field->name))
			continue;
		text_add_byte(url, separator);
		text_add_form(url, field->name);
		text_add_byte(url, '=');
		text_add_form(url, field->value);
		separator = '&';
	}
	return (!url->overflowed);
}

static struct reply
page_again(struct call *call, const struct cross_site *came, const char *endpoint)
{
	struct page *page = page_create(call), *item;
	const struct form_field *field;
	size_t i;

	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "action", endpoint);
	page_text(page, "mark", mark);
	for (i = 0; i < came->form->count; i++) {
		field = &came->form->fields[i];
		if (!came->is_known(field->name))
			continue;
		item = page_item(page, "fields");
		page_text(item, "name", field->name);
		page_text(item, "value", field->value);
	}
	if (came->return_to != NULL)
		page_allow_form_action(page, uri_origin(call->arena, came->return_to));
	page_allow_scripts(page);
	return (page_reply(page, 200, "again"));
}

bool
cross_site_again(struct call *call, const struct cross_site *came, struct reply *out)
{
	const char *endpoint;
	struct text url;

	if (call->request->method != METHOD_POST || flow_session_cookie(call) != NULL ||
	    csrf_is_same_origin(call, call->realm->origin) || form_value(came->form, mark) != NULL)
		return (false);
	endpoint = arena_format(call->arena, "%s%s", call->realm->path_prefix, came->path);
	text_init(&url, call->arena, CROSS_SITE_URL_MAX);
	*out = url_write(came, endpoint, &url) ? reply_redirect(call, 303, url.data)
					       : page_again(call, came, endpoint);
	return (true);
}
