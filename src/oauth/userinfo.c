/* GET, POST /oauth2/userinfo: OpenID Connect Core, 5.3; RFC 6750. */
#include "oauth/endpoints.h"

#include <string.h>

#include "base/json.h"
#include "oauth/errors.h"
#include "people/standard_claims.h"
#include "realms/realms.h"
#include "tokens/tokens.h"
#include "web/request.h"

enum { USERINFO_BODY_MAX = 64 * 1024 };

static bool
token_refuse(struct oauth_error *error, const char *reason)
{
	return (oauth_fail(error, OAUTH_INVALID_TOKEN, reason,
	    "The access token is not valid, has expired, or was revoked."));
}

/* The Authorization header is the only place: a token in the URL or the body is not looked at
 * (I-05). */
static const char *
bearer_read(struct call *call, struct oauth_error *error)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(call->request, "authorization");
	char start[sizeof(scheme)] = {0};

	if (request_header_count(call->request, "authorization") > 1) {
		oauth_fail(error, OAUTH_INVALID_REQUEST, "two_authorization_headers",
		    "There is more than one Authorization header.");
		return (NULL);
	}
	if (header != NULL && strlen(header) > strlen(scheme))
		memcpy(start, header, strlen(scheme));
	if (!text_equal_nocase(start, scheme)) {
		oauth_fail(error, OAUTH_NO_ERROR, "no_bearer_token", NULL);
		return (NULL);
	}
	header += strlen(scheme);
	return (header + strspn(header, " "));
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
		return (oauth_fail(error, OAUTH_INSUFFICIENT_SCOPE, "scope_openid_missing",
		    "The access token was not granted the scope openid."));
	return (true);
}

struct reply
oauth_userinfo(struct call *call)
{
	struct access_token token;
	struct json_writer writer;
	struct oauth_error error;
	struct user user;
	struct text body;
	const char *text;

	if ((text = bearer_read(call, &error)) == NULL || !token_read(call, text, &token, &error) ||
	    !user_find(call, &token, &user, &error))
		return (oauth_bearer_error_reply(call, &error));
	text_init(&body, call->arena, USERINFO_BODY_MAX);
	writer_init(&writer, &body);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "sub", token.subject);
	standard_claims_write(&writer, &user, token.scope, NULL);
	writer_object_end(&writer);
	return (reply_json(call, 200, &body));
}
