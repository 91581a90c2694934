/* POST from another site: again by GET. */
#include "oauth/cross_site.h"

#include "base/encoding.h"
#include "login/flow.h"
#include "realms/realms.h"
#include "web/csrf.h"
#include "web/request.h"

bool
cross_site_again(struct call *call, const struct form *form, const char *path, struct reply *out)
{
	struct text url;
	size_t i;

	if (call->request->method != METHOD_POST || flow_session_cookie(call) != NULL ||
	    csrf_is_same_origin(call, call->realm->origin))
		return (false);
	text_init(&url, call->arena, CROSS_SITE_URL_MAX);
	text_addf(&url, "%s%s", call->realm->path_prefix, path);
	for (i = 0; i < form->count; i++) {
		text_add_byte(&url, i == 0 ? '?' : '&');
		text_add_form(&url, form->fields[i].name);
		text_add_byte(&url, '=');
		text_add_form(&url, form->fields[i].value);
	}
	if (url.overflowed)
		return (false);
	*out = reply_redirect(call, 303, url.data);
	return (true);
}
