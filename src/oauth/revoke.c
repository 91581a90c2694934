/* POST /oauth2/revoke: RFC 7009. */
#include "oauth/endpoints.h"

#include "events/events.h"
#include "grants/refresh_tokens.h"
#include "oauth/client_request.h"
#include "oauth/errors.h"
#include "tokens/tokens.h"

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

/* Nothing happens to it, and the audit trail knows who tried (I-04). user and session: whose token
 * it is; zero for none. */
static enum result
refuse_foreign(struct call *call, const struct client *client, const struct uuid *user,
    const struct uuid *session)
{
	struct event event = {
	    .kind = "token.revocation_refused",
	    .reason = "token_of_other_client",
	    .user = uuid_is_zero(user) ? NULL : user,
	    .client = &client->id,
	    .session = uuid_is_zero(session) ? NULL : session,
	};

	call->reason = event.reason;
	return (events_write(call, &event));
}

/* One that does not stand for the client that asks. */
static enum result
revoke_foreign_refresh_token(
    struct call *call, const struct client *client, const struct refresh_token *token)
{
	struct refresh_token_view view;

	switch (refresh_tokens_look(call, token, NULL, &view)) {
	case REFRESH_OK:
	case REFRESH_RETRIED:
	case REFRESH_REUSED:
		if (uuid_equal(&view.grant.client, &client->id))
			return (RESULT_OK);
		return (refuse_foreign(call, client, &view.grant.user, &view.grant.session));
	case REFRESH_REFUSED:
		return (RESULT_OK);
	case REFRESH_FAILED:
		break;
	}
	return (call->failure);
}

/* The whole grant: every refresh and access token of it. */
static enum result
revoke_refresh_token(
    struct call *call, const struct client *client, const struct refresh_token *token)
{
	struct grant_question own = {.grant = token->grant, .client = client->id};
	enum result result;
	bool is_active;

	if ((result = grants_are_active(call, &own, &is_active, NULL)) != RESULT_OK)
		return (result);
	if (!is_active)
		return (revoke_foreign_refresh_token(call, client, token));
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
	if (!text_equal(token.client_id, client->client_id))
		return (
		    refuse_foreign(call, client, &token.question.user, &token.question.session));
	token.question.client = client->id;
	return (grants_revoke_token(call, &token.question, token.expires_at));
}

struct reply
oauth_revoke(struct call *call)
{
	const struct client *client;
	struct refresh_token refresh_token;
	struct oauth_error error;
	enum result result;
	const char *text;

	if (!client_request_read_token(call, CLIENT_ANY, &client, &text, &error))
		return (oauth_error_reply(call, &error));
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
