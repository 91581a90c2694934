/* POST /oauth2/token: RFC 6749, 3.2; OpenID Connect Core, 3.1.3. */
#include "oauth/endpoints.h"

#include "base/json.h"
#include "grants/refresh_tokens.h"
#include "oauth/client_request.h"
#include "oauth/errors.h"
#include "oauth/grants.h"
#include "web/form.h"

enum { TOKEN_BODY_MAX = 128 * 1024 };

struct token_answer {
	struct access_token_made access;
	const char *scope;
	const char *refresh_token, *id_token; /* NULL: none */
};

static const struct grant_type *
grant_type_choose(const struct form *form, const struct client *client, struct oauth_error *error)
{
	const char *name = form_value(form, "grant_type");
	const struct grant_type *type;

	if (name == NULL) {
		oauth_fail(error, OAUTH_INVALID_REQUEST, "grant_type_missing",
		    "The parameter grant_type is missing.");
		return (NULL);
	}
	if ((type = grant_type_find(name)) == NULL) {
		oauth_fail(error, OAUTH_UNSUPPORTED_GRANT_TYPE, "grant_type_unknown",
		    "This grant type is not supported.");
		return (NULL);
	}
	if ((client->grants & type->client_grant) == 0 ||
	    (type->need == CLIENT_CONFIDENTIAL && client->auth_method == CLIENT_AUTH_NONE)) {
		oauth_fail(error, OAUTH_UNAUTHORIZED_CLIENT, "grant_type_not_registered",
		    "This client may not use this grant type.");
		return (NULL);
	}
	return (type);
}

/* Only what the grant declares: it cannot come to depend on anything else. */
static struct form
declared_parameters(struct call *call, const struct grant_type *type, const struct form *form)
{
	struct form declared = {0};
	size_t i, k;

	declared.fields =
	    arena_alloc(call->arena, GRANT_PARAMETERS_MAX * sizeof(declared.fields[0]));
	for (i = 0; type->parameters[i] != NULL; i++) {
		for (k = 0; k < form->count; k++) {
			if (text_equal(form->fields[k].name, type->parameters[i]))
				declared.fields[declared.count++] = form->fields[k];
		}
	}
	return (declared);
}

static bool
order_make(struct call *call, const struct form *form, const struct client *client,
    struct token_order *order, struct oauth_error *error)
{
	const struct grant_type *type;
	struct token_request request;
	struct form declared;

	if ((type = grant_type_choose(form, client, error)) == NULL)
		return (false);
	declared = declared_parameters(call, type, form);
	request = (struct token_request){client, &declared};
	*order = (struct token_order){.client = client, .scope = ""};
	return (type->authorize(call, &request, order, error));
}

/* A refresh token for every client that is registered for it, an ID token for scope openid; neither
 * without a person (T-07). */
static bool
answer_make(struct call *call, const struct token_order *order, struct token_answer *out,
    struct oauth_error *error)
{
	struct token_answer answer = {.scope = order->scope};

	if (tokens_make_access(call, order, &answer.access) != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	if (order->grant != NULL && text_list_has(order->scope, "openid") &&
	    tokens_make_id(call, order, answer.access.text, &answer.id_token) != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	if (order->grant != NULL && (order->client->grants & CLIENT_GRANT_REFRESH_TOKEN) != 0 &&
	    refresh_tokens_create(call, order->grant, &answer.refresh_token) != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	*out = answer;
	return (true);
}

static struct reply
answer_reply(struct call *call, const struct token_answer *answer)
{
	struct json_writer writer;
	struct reply reply;
	struct text body;

	text_init(&body, call->arena, TOKEN_BODY_MAX);
	writer_init(&writer, &body);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "access_token", answer->access.text);
	writer_text(&writer, "token_type", "Bearer");
	writer_integer(&writer, "expires_in", answer->access.expires_in);
	if (answer->scope[0] != '\0')
		writer_text(&writer, "scope", answer->scope);
	writer_text_if(&writer, "refresh_token", answer->refresh_token);
	writer_text_if(&writer, "id_token", answer->id_token);
	writer_object_end(&writer);
	reply = reply_json(call, 200, &body);
	reply_header(call, &reply, "Pragma", "no-cache");
	return (reply);
}

struct reply
oauth_token(struct call *call)
{
	const struct client *client;
	struct oauth_error error;
	struct token_answer answer = {0};
	struct token_order order;
	struct form form;

	if (!client_request_read(call, CLIENT_ANY, &form, &client, &error) ||
	    !order_make(call, &form, client, &order, &error) ||
	    !answer_make(call, &order, &answer, &error))
		return (oauth_error_reply(call, &error));
	return (answer_reply(call, &answer));
}
