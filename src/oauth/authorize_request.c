/* Reading an authorization request. */
#include "oauth/authorize_request.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "web/request.h"

static const struct {
	const char *name;
	size_t offset;
} parameters[] = {
    {"client_id", offsetof(struct authorize_request, client_id)},
    {"redirect_uri", offsetof(struct authorize_request, redirect_uri)},
    {"response_type", offsetof(struct authorize_request, response_type)},
    {"response_mode", offsetof(struct authorize_request, response_mode)},
    {"scope", offsetof(struct authorize_request, scope)},
    {"state", offsetof(struct authorize_request, state)},
    {"nonce", offsetof(struct authorize_request, nonce)},
    {"code_challenge", offsetof(struct authorize_request, code_challenge)},
    {"code_challenge_method", offsetof(struct authorize_request, code_challenge_method)},
    {"prompt", offsetof(struct authorize_request, prompt)},
    {"max_age", offsetof(struct authorize_request, max_age)},
    {"id_token_hint", offsetof(struct authorize_request, id_token_hint)},
    {"login_hint", offsetof(struct authorize_request, login_hint)},
    {"ui_locales", offsetof(struct authorize_request, ui_locales)},
    {"request", offsetof(struct authorize_request, request)},
    {"request_uri", offsetof(struct authorize_request, request_uri)},
};

static bool
is_there_twice(const struct form *form, const char *name)
{
	size_t count = 0, i;

	for (i = 0; i < form->count; i++)
		count += text_equal(form->fields[i].name, name);
	return (count > 1);
}

void
authorize_request_parse(const struct form *form, struct authorize_request *out)
{
	const char *value;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		value = form_value(form, parameters[i].name);
		memcpy((char *)out + parameters[i].offset, &value, sizeof(value));
	}
	out->has_two_targets =
	    is_there_twice(form, "client_id") || is_there_twice(form, "redirect_uri");
	out->has_two_states = is_there_twice(form, "state");
	out->has_duplicates = form_duplicate(form) != NULL;
}

enum form_error
request_form_read(struct call *call, struct form *out)
{
	struct form query, body = {0}, both = {0};
	enum form_error error;
	size_t i;

	if ((error = form_from_query(call, &query)) != FORM_OK)
		return (error);
	if (call->request->method == METHOD_POST &&
	    (error = form_from_body(call, &body)) != FORM_OK)
		return (error);
	if (query.count + body.count > FORM_FIELDS_MAX)
		return (FORM_TOO_MANY_FIELDS);
	both.count = query.count + body.count;
	both.fields = arena_alloc(call->arena, (both.count + 1) * sizeof(both.fields[0]));
	for (i = 0; i < both.count; i++)
		both.fields[i] = i < query.count ? query.fields[i] : body.fields[i - query.count];
	*out = both;
	return (FORM_OK);
}
