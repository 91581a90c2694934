/* Pages: values, rendering, and the policy they are sent with. */
#include "web/template_render.h"

#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/log.h"
#include "web/assets.h"

struct page_value {
	const char *name;
	const char *text; /* NULL: absent, or a flag or list */
	bool flag;
	struct page *items, *last_item;
	struct page_value *next;
};

struct page {
	struct call *call;
	const struct page *outer;
	struct page *next_item;
	struct page_value *values; /* the latest first, so that it wins */
	struct text form_action;
	bool may_run_scripts;
};

enum { SET_ARENA_MAX = 1024 * 1024, FORM_ACTION_MAX = 4096 };

static struct template_set pages;

static struct page *
page_alloc(struct call *call, const struct page *outer)
{
	struct page *page = arena_alloc(call->arena, sizeof(*page));

	page->call = call;
	page->outer = outer;
	return (page);
}

struct page *
page_create(struct call *call)
{
	struct page *page = page_alloc(call, NULL);

	text_init(&page->form_action, call->arena, FORM_ACTION_MAX);
	page_text(page, "assets_version", assets_version);
	return (page);
}

static struct page_value *
value_add(struct page *page, const char *name)
{
	struct page_value *value = arena_alloc(page->call->arena, sizeof(*value));

	value->name = arena_string(page->call->arena, name);
	value->next = page->values;
	page->values = value;
	return (value);
}

static struct page_value *
value_find(const struct page *page, const char *name)
{
	struct page_value *value;

	for (value = page->values; value != NULL; value = value->next) {
		if (text_equal(value->name, name))
			return (value);
	}
	return (NULL);
}

static const struct page_value *
value_look_up(const struct page *page, const char *name)
{
	const struct page_value *value = NULL;

	for (; page != NULL && value == NULL; page = page->outer)
		value = value_find(page, name);
	return (value);
}

void
page_text(struct page *page, const char *name, const char *value)
{
	value_add(page, name)->text = arena_string(page->call->arena, value);
}

void
page_flag(struct page *page, const char *name, bool value)
{
	value_add(page, name)->flag = value;
}

struct page *
page_item(struct page *page, const char *list)
{
	struct page *item = page_alloc(page->call, page);
	struct page_value *value = value_find(page, list);

	if (value == NULL)
		value = value_add(page, list);
	if (value->items == NULL)
		value->items = item;
	else
		value->last_item->next_item = item;
	value->last_item = item;
	return (item);
}

static bool
value_is_there(const struct page_value *value)
{
	return (value != NULL && (value->flag || value->items != NULL ||
				     (value->text != NULL && value->text[0] != '\0')));
}

static void render(
    const struct page *, const struct template *, size_t from, size_t to, struct text *out);

static void
render_section(
    const struct page *page, const struct template *template, size_t at, struct text *out)
{
	const struct template_step *step = &template->steps[at];
	const struct page_value *value = value_look_up(page, step->text);
	const struct page *item;

	if (value_is_there(value) != (step->kind == STEP_SECTION))
		return;
	if (step->kind == STEP_UNLESS || value->items == NULL) {
		render(page, template, at + 1, step->end, out);
		return;
	}
	for (item = value->items; item != NULL; item = item->next_item)
		render(item, template, at + 1, step->end, out);
}

static void
render(const struct page *page, const struct template *template, size_t from, size_t to,
    struct text *out)
{
	const struct template_step *step;
	const struct page_value *value;

	for (size_t i = from; i < to; i++) {
		step = &template->steps[i];
		switch (step->kind) {
		case STEP_TEXT:
			text_add_bytes(out, step->text, step->length);
			break;
		case STEP_VALUE:
			value = value_look_up(page, step->text);
			if (value != NULL && value->text != NULL)
				text_add_html(out, value->text);
			break;
		case STEP_SECTION:
		case STEP_UNLESS:
			render_section(page, template, i, out);
			i = step->end;
			break;
		case STEP_PARTIAL:
			render(page, step->partial, 0, step->partial->count, out);
			break;
		case STEP_END:
			break;
		}
	}
}

void
page_render(const struct page *page, const struct template *template, struct text *out)
{
	render(page, template, 0, template->count, out);
}

/* A host source cannot name an IPv6 address (CSP 3, 2.3.1): its scheme stands for it. */
void
page_allow_form_action(struct page *page, const char *origin)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "-._:/+";
	size_t length = strlen(origin);

	if (strchr(origin, '[') != NULL)
		length = strcspn(origin, ":") + 1;
	if (strspn(origin, allowed) < length || length == 0) {
		log_warning("origin does not fit into form-action", FIELD("origin", origin));
		return;
	}
	text_add_byte(&page->form_action, ' ');
	text_add_bytes(&page->form_action, origin, length);
}

void
page_allow_scripts(struct page *page)
{
	page->may_run_scripts = true;
}

struct reply
page_reply(struct page *page, int status, const char *template)
{
	const struct template *found = template_set_find(&pages, template);
	struct reply reply = reply_empty(status);
	struct text html;

	if (found == NULL)
		fatal("there is no page %s", template);
	text_init(&html, page->call->arena, PAGE_BYTES_MAX);
	page_render(page, found, &html);
	if (html.overflowed) {
		log_error("page is too long", FIELD("template", template));
		return (reply_text(page->call, 500, "This page grew too long to be shown.\n"));
	}
	reply.content_type = "text/html; charset=utf-8";
	reply.body = html.data;
	reply.length = html.length;
	reply.csp = arena_format(page->call->arena,
	    "default-src 'none'; style-src 'self'; img-src 'self' data:; %s"
	    "form-action 'self'%s; frame-ancestors 'none'; base-uri 'none'",
	    page->may_run_scripts ? "script-src 'self'; connect-src 'self'; " : "",
	    page->form_action.data);
	return (reply);
}

/* "pages/login.html" gives "login"; NULL for what is no page. */
static const char *
page_name(const struct asset *asset)
{
	static const char folder[] = "pages/", ending[] = ".html";
	size_t length = strlen(asset->path);

	if (!text_starts_with(asset->path, folder) || length <= sizeof(folder) + sizeof(ending) ||
	    !text_equal(asset->path + length - strlen(ending), ending))
		return (NULL);
	return (arena_substring(
	    pages.arena, asset->path + strlen(folder), length - strlen(folder) - strlen(ending)));
}

void
templates_start(void)
{
	const char *name;

	pages.arena = arena_create(SET_ARENA_MAX);
	pages.first = NULL;
	for (size_t i = 0; i < assets_count; i++) {
		name = page_name(&assets[i]);
		if (name != NULL)
			template_set_add(
			    &pages, name, (const char *)assets[i].data, assets[i].length);
	}
	template_set_link(&pages);
}
