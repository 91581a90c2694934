/* POST /oauth2/introspect: RFC 7662. */
#include "oauth/endpoints.h"

#include "base/json.h"
#include "grants/refresh_tokens.h"
#include "oauth/client_request.h"
#include "oauth/errors.h"
#include "realms/realms.h"
#include "tokens/tokens.h"

enum { INTROSPECTION_BODY_MAX = 32 * 1024, MICROSECONDS = 1000000 };

static struct reply
answer_reply(struct call *call, struct json_writer *writer)
{
	writer_object_end(writer);
	return (reply_json(call, 200, writer->text));
}

static void
answer_begin(struct call *call, bool is_active, struct text *body, struct json_writer *writer)
{
	text_init(body, call->arena, INTROSPECTION_BODY_MAX);
	writer_init(writer, body);
	writer_object_begin(writer, NULL);
	writer_boolean(writer, "active", is_active);
}

/* No other member, whatever the cause (I-01). */
static struct reply
inactive_reply(struct call *call)
{
	struct json_writer writer;
	struct text body;

	answer_begin(call, false, &body, &writer);
	return (answer_reply(call, &writer));
}

static void
scope_write(struct json_writer *writer, const char *scope)
{
	if (scope != NULL && scope[0] != '\0')
		writer_text(writer, "scope", scope);
}

/* How and when the person signed in: as in the token. */
static void
sign_in_write(struct json_writer *writer, const json_t *claims)
{
	const json_t *methods = member_array(claims, "amr");
	int64_t auth_time;
	size_t i;

	if (member_integer(claims, "auth_time", &auth_time))
		writer_integer(writer, "auth_time", auth_time);
	writer_text_if(writer, "acr", member_text(claims, "acr"));
	if (methods == NULL)
		return;
	writer_array_begin(writer, "amr");
	for (i = 0; i < json_array_size(methods); i++)
		writer_text(writer, NULL, json_string_value(json_array_get(methods, i)));
	writer_array_end(writer);
}

/* The login is a claim of the profile: only with its scope. */
static void
username_write(struct json_writer *writer, const char *scope, const char *login)
{
	if (text_list_has(scope, "profile"))
		writer_text_if(writer, "username", login);
}

static struct reply
access_token_reply(struct call *call, const struct access_token *token)
{
	struct json_writer writer;
	struct text body;

	answer_begin(call, true, &body, &writer);
	scope_write(&writer, token->scope);
	writer_text(&writer, "client_id", token->client_id);
	username_write(&writer, token->scope, token->login);
	writer_text(&writer, "token_type", "Bearer");
	writer_integer(&writer, "exp", token->expires_at);
	writer_integer(&writer, "iat", token->issued_at);
	writer_text(&writer, "sub", token->subject);
	writer_text(&writer, "aud", token->audience);
	writer_text(&writer, "iss", call->realm->issuer);
	writer_text_if(&writer, "jti", member_text(token->claims, "jti"));
	writer_text_if(&writer, "sid", member_text(token->claims, "sid"));
	sign_in_write(&writer, token->claims);
	return (answer_reply(call, &writer));
}

/* Meant for whoever asks, issued to it, or for the realm as a whole. */
static bool
may_see(struct call *call, const struct client *client, const struct access_token *token)
{
	return (text_equal(token->audience, call->realm->issuer) ||
		text_equal(token->audience, client->client_id) ||
		text_equal(token->client_id, client->client_id));
}

static struct reply
introspect_access_token(struct call *call, const struct client *client, const char *text)
{
	struct access_token token;
	struct oauth_error error;

	switch (tokens_read_access(call, text, true, &token)) {
	case TOKEN_OK:
		break;
	case TOKEN_INVALID:
	case TOKEN_EXPIRED:
	case TOKEN_REVOKED:
		return (inactive_reply(call));
	case TOKEN_UNAVAILABLE:
		oauth_fail_for_us(call, &error);
		return (oauth_error_reply(call, &error));
	}
	if (!may_see(call, client, &token)) {
		call->reason = "token_for_others";
		return (inactive_reply(call));
	}
	return (access_token_reply(call, &token));
}

static struct reply
refresh_token_reply(
    struct call *call, const struct client *client, const struct refresh_token_view *view)
{
	struct json_writer writer;
	struct text body;

	answer_begin(call, true, &body, &writer);
	scope_write(&writer, view->grant.scope);
	writer_text(&writer, "client_id", client->client_id);
	username_write(&writer, view->grant.scope, view->login);
	writer_integer(&writer, "exp", view->expires_at / MICROSECONDS);
	writer_integer(&writer, "iat", view->issued_at / MICROSECONDS);
	writer_text(&writer, "sub", uuid_string(call->arena, &view->grant.user));
	writer_text(&writer, "iss", call->realm->issuer);
	writer_integer(&writer, "auth_time", view->grant.auth_time / MICROSECONDS);
	writer_text_if(&writer, "acr", view->grant.acr);
	if (view->grant.amr != NULL)
		writer_list(&writer, "amr", view->grant.amr);
	return (answer_reply(call, &writer));
}

/* Only for the client it was issued to. One that was used is not active: the retry window mends a
 * lost answer, it gives no second use. */
static struct reply
introspect_refresh_token(
    struct call *call, const struct client *client, const struct refresh_token *token)
{
	struct refresh_token_view view;
	struct oauth_error error;

	switch (refresh_tokens_look(call, token, client, &view)) {
	case REFRESH_OK:
		return (refresh_token_reply(call, client, &view));
	case REFRESH_RETRIED:
	case REFRESH_REUSED:
		call->reason = "refresh_token.spent";
		return (inactive_reply(call));
	case REFRESH_REFUSED:
		return (inactive_reply(call));
	case REFRESH_FAILED:
		break;
	}
	oauth_fail_for_us(call, &error);
	return (oauth_error_reply(call, &error));
}

struct reply
oauth_introspect(struct call *call)
{
	const struct client *client;
	struct refresh_token refresh_token;
	struct oauth_error error;
	const char *text;

	if (!client_request_read_token(call, CLIENT_CONFIDENTIAL, &client, &text, &error))
		return (oauth_error_reply(call, &error));
	if (refresh_tokens_open(call, text, &refresh_token))
		return (introspect_refresh_token(call, client, &refresh_token));
	return (introspect_access_token(call, client, text));
}
