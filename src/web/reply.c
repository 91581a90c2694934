/* Building answers. */
#include "web/reply.h"

#include <string.h>

#include "base/fatal.h"
#include "web/request.h"
#include "web/template.h"

/* What we say when nothing more particular is known. */
struct wording {
	int status;
	const char *code, *title, *message, *advice;
};

static const struct wording wordings[] = {
    {400, "invalid_request", "This request was not understood",
	"Something in the address or the form was not as it should be.",
	"Go back to the application you came from and start again."},
    {401, "unauthorized", "Please sign in first", "This page is only for people who are signed in.",
	"Go back to the application you came from and sign in there."},
    {403, "forbidden", "This is not allowed", "You may not do this, or the page was open too long.",
	"Go back, reload the page and try again."},
    {404, "not_found", "There is no page here",
	"The address may be mistyped, or the page may have moved.",
	"Check the address, or go back to the application you came from."},
    {405, "method_not_allowed", "This address works differently",
	"It was called in a way it does not answer to.",
	"Go back to the application you came from and start again."},
    {413, "content_too_large", "That was too much", "More was sent than this page accepts.",
	"Go back, shorten what you entered and try again."},
    {415, "unsupported_media_type", "This form was not understood",
	"It was sent in a format that this address does not read.",
	"Go back to the application you came from and start again."},
    {429, "too_many_requests", "Too many tries", "There were too many tries in a short time.",
	"Wait a minute and try again."},
    {500, "server_error", "Something went wrong on our side",
	"Your request could not be completed. Nothing you did was wrong.",
	"Try again in a moment. If it keeps happening, tell your administrator the reference."},
    {503, "temporarily_unavailable", "Back in a moment",
	"The service is busy or being updated, and could not answer just now.",
	"Wait a few seconds and try again. Nothing you entered was lost by waiting."},
};

static const struct wording *
wording_find(int status)
{
	const struct wording *fallback = NULL;
	int kind = status >= 500 ? 500 : 400;

	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		if (wordings[i].status == status)
			return (&wordings[i]);
		if (wordings[i].status == kind)
			fallback = &wordings[i];
	}
	return (fallback);
}

struct reply
reply_empty(int status)
{
	struct reply reply = {.status = status};

	return (reply);
}

struct reply
reply_text(struct call *call, int status, const char *text)
{
	struct reply reply = reply_empty(status);

	reply.content_type = "text/plain; charset=utf-8";
	reply.body = arena_string(call->arena, text);
	reply.length = strlen(text);
	return (reply);
}

struct reply
reply_json(struct call *call, int status, const struct text *json)
{
	struct reply reply = reply_empty(status);

	(void)call;
	if (json->overflowed)
		fatal("reply: JSON is longer than its limit of %zu bytes", json->limit);
	reply.content_type = "application/json";
	reply.body = json->data;
	reply.length = json->length;
	return (reply);
}

struct reply
reply_redirect(struct call *call, int status, const char *url)
{
	struct reply reply = reply_empty(status);

	if (status != 302 && status != 303)
		fatal("reply: %d would make browsers repeat the body elsewhere", status);
	reply_header(call, &reply, "Location", url);
	return (reply);
}

struct reply
reply_error(struct call *call, int status)
{
	const struct wording *wording = wording_find(status);
	const char *accept = call->request != NULL ? request_header(call->request, "accept") : NULL;
	struct reply reply = reply_empty(status);
	struct page *page;

	if (accept != NULL && strstr(accept, "text/html") != NULL) {
		page = page_create(call);
		page_text(page, "status_title", wording->title);
		page_text(page, "message", wording->message);
		page_text(page, "advice", wording->advice);
		page_text(page, "reference", call->request->id);
		return (page_reply(page, status, "error"));
	}
	reply.content_type = "application/json";
	reply.body = arena_format(call->arena, "{\"error\":\"%s\"}", wording->code);
	reply.length = strlen(reply.body);
	return (reply);
}

struct reply
reply_unavailable(struct call *call, unsigned retry_after_seconds)
{
	struct reply reply = reply_error(call, 503);

	reply_header(
	    call, &reply, "Retry-After", arena_format(call->arena, "%u", retry_after_seconds));
	return (reply);
}

static bool
header_is_clean(const char *text)
{
	for (; *text != '\0'; text++) {
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return (false);
	}
	return (true);
}

void
reply_header(struct call *call, struct reply *reply, const char *name, const char *value)
{
	struct reply_header *header, **link;

	if (!header_is_clean(name) || !header_is_clean(value))
		fatal("reply: control byte in header %s", header_is_clean(name) ? name : "name");
	header = arena_alloc(call->arena, sizeof(*header));
	header->name = arena_string(call->arena, name);
	header->value = arena_string(call->arena, value);
	for (link = &reply->headers; *link != NULL; link = &(*link)->next)
		;
	*link = header;
}

const char *
reply_header_value(const struct reply *reply, const char *name)
{
	const struct reply_header *header;

	for (header = reply->headers; header != NULL; header = header->next) {
		if (text_equal_nocase(header->name, name))
			return (header->value);
	}
	return (NULL);
}
