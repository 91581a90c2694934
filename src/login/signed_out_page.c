/* GET /signed-out: where signing out ends when the application named no place of its own. */
#include "login/pages.h"
#include "realms/realms.h"
#include "web/template.h"

struct reply
signed_out_page(struct call *call)
{
	struct page *page = page_create(call);

	page_text(page, "realm_name", call->realm->display_name);
	return (page_reply(page, 200, "signed_out"));
}
