/* Reading back what we signed. */
#include <string.h>

#include "base/clock.h"
#include "keys/keys.h"
#include "realms/realms.h"
#include "tokens/claims.h"
#include "tokens/tokens.h"

static const char *const verdict_reasons[] = {
    [KEY_VERDICT_OK] = NULL,
    [KEY_VERDICT_MALFORMED] = "token.malformed",
    [KEY_VERDICT_WRONG_TYPE] = "token.wrong_type",
    [KEY_VERDICT_UNKNOWN_KEY] = "token.unknown_key",
    [KEY_VERDICT_BAD_SIGNATURE] = "token.bad_signature",
    [KEY_VERDICT_WRONG_ISSUER] = "token.wrong_issuer",
    [KEY_VERDICT_UNAVAILABLE] = "token.keys_unavailable",
};

static enum token_verdict
answer(struct call *call, enum token_verdict verdict, const char *reason)
{
	call->reason = reason;
	return (verdict);
}

/* An id that may be absent; false when it is there and no UUID. */
static bool
claim_uuid(const json_t *claims, const char *name, struct uuid *out)
{
	const char *text = member_text(claims, name);

	memset(out, 0, sizeof(*out));
	return (text == NULL || uuid_parse(text, out));
}

/* The subject is a person's id if the token stands for a grant, and a client's name otherwise. */
static bool
parse_question(const json_t *claims, struct grant_question *out)
{
	memset(out, 0, sizeof(*out));
	if (!claim_uuid(claims, "jti", &out->token) || uuid_is_zero(&out->token) ||
	    !claim_uuid(claims, "grant", &out->grant) || !claim_uuid(claims, "sid", &out->session))
		return (false);
	return (uuid_is_zero(&out->grant) ||
		(claim_uuid(claims, "sub", &out->user) && !uuid_is_zero(&out->user)));
}

static bool
parse_access_token(const json_t *claims, struct access_token *out)
{
	memset(out, 0, sizeof(*out));
	out->claims = claims;
	out->subject = member_text(claims, "sub");
	out->client_id = member_text(claims, "client_id");
	out->scope = member_text(claims, "scope");
	out->audience = member_text(claims, "aud");
	return (out->subject != NULL && out->client_id != NULL && out->scope != NULL &&
		out->audience != NULL && member_integer(claims, "iat", &out->issued_at) &&
		member_integer(claims, "exp", &out->expires_at) &&
		parse_question(claims, &out->question));
}

static enum token_verdict
client_fill(struct call *call, struct access_token *token)
{
	const struct client *client;

	switch (clients_find(call, token->client_id, &client)) {
	case RESULT_OK:
		break;
	case RESULT_NOT_FOUND:
		return (answer(call, TOKEN_REVOKED, "token.client_gone"));
	default:
		return (answer(call, TOKEN_UNAVAILABLE, "token.database_unavailable"));
	}
	token->question.client = client->id;
	return (TOKEN_OK);
}

static enum token_verdict
ask(struct call *call, struct access_token *token)
{
	enum token_verdict verdict = client_fill(call, token);
	bool is_active;

	if (verdict != TOKEN_OK)
		return (verdict);
	if (grants_are_active(call, &token->question, &is_active, &token->login) != RESULT_OK)
		return (answer(call, TOKEN_UNAVAILABLE, "token.database_unavailable"));
	if (!is_active)
		return (answer(call, TOKEN_REVOKED, "token.revoked"));
	return (TOKEN_OK);
}

enum token_verdict
tokens_read_access(struct call *call, const char *text, bool ask_database, struct access_token *out)
{
	enum key_verdict verdict;
	enum token_verdict answered;
	const json_t *claims;
	struct access_token token;

	verdict = keys_verify(call, text, TYP_ACCESS_TOKEN, &claims);
	if (verdict == KEY_VERDICT_UNAVAILABLE)
		return (answer(call, TOKEN_UNAVAILABLE, verdict_reasons[verdict]));
	if (verdict != KEY_VERDICT_OK)
		return (answer(call, TOKEN_INVALID, verdict_reasons[verdict]));
	if (!parse_access_token(claims, &token))
		return (answer(call, TOKEN_INVALID, "token.claims"));
	if (token.expires_at <= clock_now())
		return (answer(call, TOKEN_EXPIRED, "token.expired"));
	if (ask_database && (answered = ask(call, &token)) != TOKEN_OK)
		return (answered);
	*out = token;
	return (TOKEN_OK);
}

enum token_verdict
tokens_find_user(struct call *call, struct access_token *token, struct user *out)
{
	enum token_verdict verdict = client_fill(call, token);

	if (verdict != TOKEN_OK)
		return (verdict);
	switch (grants_find_active_user(call, &token->question, out, &token->userinfo_claims)) {
	case RESULT_OK:
		return (TOKEN_OK);
	case RESULT_NOT_FOUND:
		return (answer(call, TOKEN_REVOKED, "token.revoked"));
	default:
		return (answer(call, TOKEN_UNAVAILABLE, "token.database_unavailable"));
	}
}

bool
tokens_read_id_hint(struct call *call, const char *text, const json_t **claims)
{
	enum key_verdict verdict = keys_verify(call, text, TYP_ID_TOKEN, claims);

	if (verdict != KEY_VERDICT_OK)
		call->reason = verdict_reasons[verdict];
	return (verdict == KEY_VERDICT_OK);
}
