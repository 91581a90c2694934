/* GET, POST /oauth2/userinfo: OpenID Connect Core, 5.3; RFC 6750. */
#include "oauth/endpoints.h"

#include <string.h>

#include "base/json.h"
#include "clients/clients.h"
#include "keys/keys.h"
#include "oauth/errors.h"
#include "people/standard_claims.h"
#include "realms/realms.h"
#include "tokens/tokens.h"
#include "web/form.h"
#include "web/request.h"

enum { USERINFO_BODY_MAX = 64 * 1024 };

static bool
token_refuse(struct oauth_error *error, const char *reason)
{
	return (oauth_fail(error, OAUTH_INVALID_TOKEN, reason,
	    "The access token is not valid, has expired, or was revoked."));
}

/* NULL and OAUTH_NO_ERROR: there is none. */
static const char *
header_token(struct call *call, struct oauth_error *error)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(call->request, "authorization");
	char start[sizeof(scheme)] = {0};

	oauth_fail(error, OAUTH_NO_ERROR, "no_bearer_token", NULL);
	if (request_header_count(call->request, "authorization") > 1)
		oauth_fail(error, OAUTH_INVALID_REQUEST, "two_authorization_headers",
		    "There is more than one Authorization header.");
	if (error->code != OAUTH_NO_ERROR || header == NULL || strlen(header) <= strlen(scheme))
		return (NULL);
	memcpy(start, header, strlen(scheme));
	if (!text_equal_nocase(start, scheme))
		return (NULL);
	header += strlen(scheme);
	return (header + strspn(header, " "));
}

/* RFC 6750, 2.2. False: the body is wrong. *token stays NULL when there is none in it, or the realm
 * does not look there. */
static bool
body_token(struct call *call, const char **token, struct oauth_error *error)
{
	enum form_error form_error;
	struct form form;

	*token = NULL;
	if (!call->realm->userinfo_token_in_body || call->request->method != METHOD_POST ||
	    (form_error = form_from_body(call, &form)) == FORM_WRONG_TYPE)
		return (true);
	if (form_error != FORM_OK)
		return (oauth_fail(
		    error, OAUTH_INVALID_REQUEST, "form_malformed", form_error_text(form_error)));
	if (form_duplicate(&form) != NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "duplicate_parameter",
		    "A parameter is there more than once."));
	*token = form_value(&form, "access_token");
	return (true);
}

/* A token in the URL is never looked at, one in the body only where the realm says so (I-05). */
static const char *
bearer_read(struct call *call, struct oauth_error *error)
{
	const char *in_header = header_token(call, error), *in_body = NULL;

	if (error->code != OAUTH_NO_ERROR || !body_token(call, &in_body, error))
		return (NULL);
	if (in_header != NULL && in_body != NULL) {
		oauth_fail(error, OAUTH_INVALID_REQUEST, "two_tokens",
		    "The access token is in the header and in the body.");
		return (NULL);
	}
	return (in_header != NULL ? in_header : in_body);
}

static bool
verdict_check(struct call *call, enum token_verdict verdict, struct oauth_error *error)
{
	switch (verdict) {
	case TOKEN_OK:
		return (true);
	case TOKEN_INVALID:
	case TOKEN_EXPIRED:
	case TOKEN_REVOKED:
		/* The room of the tokens knows what was wrong. */
		return (token_refuse(
		    error, call->reason != NULL ? call->reason : "access_token_refused"));
	case TOKEN_UNAVAILABLE:
		break;
	}
	return (oauth_fail_for_us(call, error));
}

/* What the token says by itself. */
static bool
token_read(
    struct call *call, const char *text, struct access_token *token, struct oauth_error *error)
{
	if (!verdict_check(call, tokens_read_access(call, text, false, token), error))
		return (false);
	call->client_id = token->client_id;
	if (!text_equal(token->audience, call->realm->issuer))
		return (token_refuse(error, "access_token_for_others"));
	if (uuid_is_zero(&token->question.user))
		return (token_refuse(error, "access_token_of_no_person"));
	return (true);
}

static bool
user_find(
    struct call *call, struct access_token *token, struct user *user, struct oauth_error *error)
{
	if (!verdict_check(call, tokens_find_user(call, token, user), error))
		return (false);
	if (auth_gate(user) != AUTH_GATE_OPEN)
		return (token_refuse(error, "user_is_disabled"));
	if (!text_list_has(token->scope, "openid"))
		return (oauth_fail_for_scope(error, "openid", "scope_openid_missing",
		    "The access token was not granted the scope openid."));
	return (true);
}

static const struct client *
client_find(struct call *call, const struct access_token *token, struct oauth_error *error)
{
	const struct client *client;

	switch (clients_find(call, token->client_id, &client)) {
	case RESULT_OK:
		return (client);
	case RESULT_NOT_FOUND:
		token_refuse(error, "client_is_gone");
		return (NULL);
	default:
		oauth_fail_for_us(call, error);
		return (NULL);
	}
}

/* iss and aud only when it is signed: OpenID Connect Core, 5.3.2. */
static void
claims_write(struct call *call, const struct access_token *token, const struct client *client,
    const struct user *user, struct text *body)
{
	const char *names = standard_claims_within(
	    call->arena, token->userinfo_claims, client->scope, call->realm->scopes);
	struct json_writer writer;

	writer_init(&writer, body);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "sub", token->subject);
	if (client->signs_userinfo) {
		writer_text(&writer, "iss", call->realm->issuer);
		writer_text(&writer, "aud", client->client_id);
	}
	standard_claims_write(&writer, user, token->scope, names);
	writer_object_end(&writer);
}

/* Without a typ and an exp: it is no ID token, no hint and no bearer token, here or anywhere
 * (J-05). */
static struct reply
signed_reply(struct call *call, const struct client *client, const struct text *body)
{
	struct oauth_error error;
	struct reply reply;
	const char *token;

	if (keys_sign(call, client->userinfo_alg, NULL, body, &token) != RESULT_OK) {
		oauth_fail_for_us(call, &error);
		return (oauth_error_reply(call, &error));
	}
	reply = reply_text(call, 200, token);
	reply.content_type = "application/jwt";
	return (reply);
}

struct reply
oauth_userinfo(struct call *call)
{
	const struct client *client;
	struct access_token token;
	struct oauth_error error;
	struct user user;
	struct text body;
	const char *text;

	if ((text = bearer_read(call, &error)) == NULL || !token_read(call, text, &token, &error) ||
	    !user_find(call, &token, &user, &error) ||
	    (client = client_find(call, &token, &error)) == NULL)
		return (oauth_bearer_error_reply(call, &error));
	text_init(&body, call->arena, USERINFO_BODY_MAX);
	claims_write(call, &token, client, &user, &body);
	if (client->signs_userinfo)
		return (signed_reply(call, client, &body));
	return (reply_json(call, 200, &body));
}
