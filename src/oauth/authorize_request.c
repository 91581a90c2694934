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
    {"claims", offsetof(struct authorize_request, claims)},
    {"request", offsetof(struct authorize_request, request)},
    {"request_uri", offsetof(struct authorize_request, request_uri)},
    {"registration", offsetof(struct authorize_request, registration)},
};

/* Known, and without effect: any value will do. There is one kind of page, one language, and one
 * way of signing in, which is what a preference among them comes to. */
static const char without_effect[] = "display claims_locales acr_values";

bool
authorize_request_knows(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		if (text_equal(parameters[i].name, name))
			return (true);
	}
	return (text_list_has(without_effect, name));
}

static bool
is_there_twice(const struct form *form, const char *name)
{
	size_t count = 0, i;

	for (i = 0; i < form->count; i++)
		count += text_equal(form->fields[i].name, name);
	return (count > 1);
}

/* Those that nobody here knows may be repeated (RFC 6749, 3.1: they are ignored). */
static bool
has_duplicates(const struct form *form)
{
	size_t i;

	for (i = 0; i < form->count; i++) {
		if (authorize_request_knows(form->fields[i].name) &&
		    is_there_twice(form, form->fields[i].name))
			return (true);
	}
	return (false);
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
	out->has_duplicates = has_duplicates(form);
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
