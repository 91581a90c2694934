/* Answers of the authorization endpoint, by response mode. */
#include "oauth/authorize_reply.h"

#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "realms/realms.h"
#include "web/template.h"

static struct reply send_query(
    struct call *, const char *redirect_uri, const struct authorize_parameter *);
static struct reply send_fragment(
    struct call *, const char *redirect_uri, const struct authorize_parameter *);
static struct reply send_form_post(
    struct call *, const char *redirect_uri, const struct authorize_parameter *);

const struct response_mode response_modes[] = {
    {"query", send_query},
    {"fragment", send_fragment},
    {"form_post", send_form_post},
};
const size_t response_modes_count = sizeof(response_modes) / sizeof(response_modes[0]);

const struct response_mode *
response_mode_find(const char *name)
{
	size_t i;

	for (i = 0; i < response_modes_count; i++) {
		if (text_equal(response_modes[i].name, name))
			return (&response_modes[i]);
	}
	return (NULL);
}

/* 303 always: a browser never repeats a body elsewhere (A-14). */
static struct reply
send_in_url(struct call *call, const char *redirect_uri, char separator,
    const struct authorize_parameter *parameter)
{
	struct text url;

	text_init(&url, call->arena, AUTHORIZE_ANSWER_MAX);
	text_add(&url, redirect_uri);
	for (; parameter->name != NULL; parameter++) {
		if (parameter->value == NULL)
			continue;
		text_add_byte(&url, separator);
		text_add(&url, parameter->name);
		text_add_byte(&url, '=');
		text_add_percent(&url, parameter->value);
		separator = '&';
	}
	if (url.overflowed)
		fatal("oauth: an answer is longer than %d bytes", AUTHORIZE_ANSWER_MAX);
	return (reply_redirect(call, 303, url.data));
}

static struct reply
send_query(
    struct call *call, const char *redirect_uri, const struct authorize_parameter *parameters)
{
	char separator = strchr(redirect_uri, '?') != NULL ? '&' : '?';

	return (send_in_url(call, redirect_uri, separator, parameters));
}

static struct reply
send_fragment(
    struct call *call, const char *redirect_uri, const struct authorize_parameter *parameters)
{
	return (send_in_url(call, redirect_uri, '#', parameters));
}

static struct reply
send_form_post(
    struct call *call, const char *redirect_uri, const struct authorize_parameter *parameter)
{
	struct page *page = page_create(call), *field;

	page_text(page, "realm_name", call->realm->display_name);
	page_text(page, "action", redirect_uri);
	for (; parameter->name != NULL; parameter++) {
		if (parameter->value == NULL)
			continue;
		field = page_item(page, "fields");
		page_text(field, "name", parameter->name);
		page_text(field, "value", parameter->value);
	}
	page_allow_form_action(page, uri_origin(call->arena, redirect_uri));
	page_allow_scripts(page);
	return (page_reply(page, 200, "form_post"));
}

struct reply
authorize_reply_code(struct call *call, const struct authorize_target *target, const char *code)
{
	const struct authorize_parameter parameters[] = {
	    {"code", code},
	    {"state", target->state},
	    {"iss", call->realm->issuer},
	    {NULL, NULL},
	};

	return (target->mode->send(call, target->redirect_uri, parameters));
}

struct reply
authorize_reply_error(
    struct call *call, const struct authorize_target *target, const struct oauth_error *error)
{
	const struct authorize_parameter parameters[] = {
	    {"error", oauth_error_name(error->code)},
	    {"error_description", error->description},
	    {"state", target->state},
	    {"iss", call->realm->issuer},
	    {NULL, NULL},
	};

	oauth_error_note(call, error);
	return (target->mode->send(call, target->redirect_uri, parameters));
}

const char *
uri_origin(struct arena *arena, const char *uri)
{
	size_t scheme = strcspn(uri, ":");

	if (uri[scheme] == '\0')
		return (uri);
	scheme++;
	if (!text_starts_with(uri + scheme, "//"))
		return (arena_substring(arena, uri, scheme));
	return (arena_substring(arena, uri, scheme + 2 + strcspn(uri + scheme + 2, "/?#")));
}
