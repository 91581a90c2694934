/* POST /oauth2/revoke: RFC 7009. */
#include "oauth/endpoints.h"

#include "base/log.h"
#include "grants/refresh_tokens.h"
#include "oauth/client_request.h"
#include "oauth/errors.h"
#include "tokens/tokens.h"
#include "web/form.h"

enum { REVOCATION_BODY_MAX = 16 };

/* Unknown, expired and foreign tokens are answered like revoked ones (RFC 7009, 2.2). */
static struct reply
done_reply(struct call *call)
{
	struct text body;

	text_init(&body, call->arena, REVOCATION_BODY_MAX);
	text_add(&body, "{}");
	return (reply_json(call, 200, &body));
}

static void
note_foreign(struct call *call, const char *kind)
{
	call->reason = "token_of_other_client";
	log_warning("revocation of another client's token", FIELD("client", call->client_id),
	    FIELD("token", kind));
}

/* The whole grant: every refresh and access token of it. */
static enum result
revoke_refresh_token(
    struct call *call, const struct client *client, const struct refresh_token *token)
{
	struct grant_question own = {.grant = token->grant, .client = client->id};
	struct grant_question anyones = {.grant = token->grant};
	enum result result;
	bool is_active;

	if ((result = grants_are_active(call, &own, &is_active)) != RESULT_OK)
		return (result);
	if (!is_active) {
		result = grants_are_active(call, &anyones, &is_active);
		if (result == RESULT_OK && is_active)
			note_foreign(call, "refresh_token");
		return (result);
	}
	return (grants_revoke(call, &token->grant, "revoked_by_client"));
}

static enum result
revoke_access_token(struct call *call, const struct client *client, const char *text)
{
	struct access_token token;

	switch (tokens_read_access(call, text, false, &token)) {
	case TOKEN_OK:
		break;
	case TOKEN_INVALID:
	case TOKEN_EXPIRED:
	case TOKEN_REVOKED:
		return (RESULT_OK);
	case TOKEN_UNAVAILABLE:
		return (RESULT_UNAVAILABLE);
	}
	if (!text_equal(token.client_id, client->client_id)) {
		note_foreign(call, "access_token");
		return (RESULT_OK);
	}
	return (grants_revoke_token(call, &token.question.token, token.expires_at));
}

struct reply
oauth_revoke(struct call *call)
{
	const struct client *client;
	struct refresh_token refresh_token;
	struct oauth_error error;
	enum result result;
	struct form form;
	const char *text;

	if (!client_request_read(call, CLIENT_ANY, &form, &client, &error))
		return (oauth_error_reply(call, &error));
	if ((text = form_value(&form, "token")) == NULL) {
		oauth_fail(&error, OAUTH_INVALID_REQUEST, "token_missing",
		    "The parameter token is missing.");
		return (oauth_error_reply(call, &error));
	}
	if (refresh_tokens_open(call, text, &refresh_token))
		result = revoke_refresh_token(call, client, &refresh_token);
	else
		result = revoke_access_token(call, client, text);
	if (result != RESULT_OK || call->failure != RESULT_OK) {
		oauth_fail_for_us(call, &error);
		return (oauth_error_reply(call, &error));
	}
	return (done_reply(call));
}
