/* GET /demo, GET /demo/callback, GET /demo/config.json: a public client in the browser. */
#include "base/json.h"
#include "demo/demo.h"
#include "realms/realms.h"
#include "settings.h"
#include "web/template.h"

enum { CONFIG_BYTES_MAX = 8192 };

/* The pages work by the script of assets/demo, which calls the endpoints of its own issuer. */
static struct reply
demo_reply(struct call *call, const char *template)
{
	struct page *page = page_create(call);

	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "issuer", call->realm->issuer);
	page_text(page, "demo_url", arena_format(call->arena, "%s/demo", call->realm->path_prefix));
	page_allow_scripts(page);
	return (page_reply(page, 200, template));
}

struct reply
demo_page(struct call *call)
{
	return (demo_reply(call, "demo"));
}

struct reply
demo_callback_page(struct call *call)
{
	return (demo_reply(call, "demo_callback"));
}

struct reply
demo_config(struct call *call)
{
	const char *issuer = call->realm->issuer;
	struct json_writer writer;
	struct text text;

	text_init(&text, call->arena, CONFIG_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "issuer", issuer);
	writer_text(&writer, "client_id", settings.demo_client_id);
	writer_text(&writer, "redirect_uri", arena_format(call->arena, "%s/demo/callback", issuer));
	writer_text(
	    &writer, "post_logout_redirect_uri", arena_format(call->arena, "%s/demo", issuer));
	writer_object_end(&writer);
	return (reply_json(call, 200, &text));
}
