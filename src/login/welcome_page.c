/* GET /: what this is, for whoever opens the issuer's address. */
#include "login/pages.h"
#include "realms/realms.h"
#include "settings.h"
#include "web/template.h"

struct reply
welcome_page(struct call *call)
{
	const struct realm *realm = call->realm;
	struct page *page = page_create(call);
	const char *discovery =
	    arena_format(call->arena, "%s/.well-known/openid-configuration", realm->issuer);

	page_text(page, "realm_name", realm->display_name);
	page_text(page, "issuer", realm->issuer);
	page_text(page, "discovery_url", discovery);
	page_flag(page, "is_dev", settings.dev);
	if (settings.dev)
		page_text(
		    page, "demo_url", arena_format(call->arena, "%s/demo", realm->path_prefix));
	return (page_reply(page, 200, "welcome"));
}
