/*
 * Refresh tokens: "lk_rt_" and base64url of
 *   version (1) | id of the realm's secret (1) | grant (16) | generation (4, big endian) | HMAC
 * (32) the HMAC over all before it, with a key derived from that secret.
 */
#include "grants/refresh_tokens.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "events/events.h"
#include "keys/keys.h"
#include "realms/realms.h"

#define PREFIX "lk_rt_"
#define PURPOSE "refresh_token"

/* What barred the gate can be gone when it is explained: how often a token is tried. */
enum { GATE_TRIES = 3 };

enum {
	VERSION = 1,
	SIGNED_BYTES = 1 + 1 + UUID_BYTES + 4,
	TOKEN_BYTES = SIGNED_BYTES + SHA256_BYTES,
	TOKEN_TEXT = 72
};
_Static_assert(TOKEN_BYTES * 4 == TOKEN_TEXT * 3, "no padding bits in a token's text");

enum result
refresh_tokens_create(struct call *call, const struct grant *grant, const char **text)
{
	uint32_t generation = (uint32_t)grant->generation;
	uint8_t bytes[TOKEN_BYTES], key[SEAL_KEY_BYTES];
	enum result result;

	result = realm_secret_derive(call, PURPOSE, &bytes[1], key);
	if (result != RESULT_OK)
		return (result);
	bytes[0] = VERSION;
	memcpy(bytes + 2, grant->id.bytes, UUID_BYTES);
	bytes[18] = (uint8_t)(generation >> 24);
	bytes[19] = (uint8_t)(generation >> 16);
	bytes[20] = (uint8_t)(generation >> 8);
	bytes[21] = (uint8_t)generation;
	hmac_sha256(key, sizeof(key), bytes, SIGNED_BYTES, bytes + SIGNED_BYTES);
	secret_wipe(key, sizeof(key));
	*text = arena_format(
	    call->arena, PREFIX "%s", base64url_encode(call->arena, bytes, sizeof(bytes)));
	return (RESULT_OK);
}

bool
refresh_tokens_open(struct call *call, const char *text, struct refresh_token *out)
{
	uint8_t key[SEAL_KEY_BYTES], expected[SHA256_BYTES], *bytes;
	bool is_ours;
	size_t length;

	if (!text_starts_with(text, PREFIX))
		return (false);
	text += strlen(PREFIX);
	if (strnlen(text, TOKEN_TEXT + 1) != TOKEN_TEXT ||
	    !base64url_decode(call->arena, text, TOKEN_TEXT, &bytes, &length) ||
	    length != TOKEN_BYTES || bytes[0] != VERSION)
		return (false);
	if (realm_secret_derive_by_id(call, PURPOSE, bytes[1], key) != RESULT_OK)
		return (false);
	hmac_sha256(key, sizeof(key), bytes, SIGNED_BYTES, expected);
	secret_wipe(key, sizeof(key));
	is_ours = secret_equal(expected, sizeof(expected), bytes + SIGNED_BYTES, SHA256_BYTES);
	if (!is_ours)
		return (false);
	memcpy(out->grant.bytes, bytes + 2, UUID_BYTES);
	out->generation = (int32_t)((uint32_t)bytes[18] << 24 | (uint32_t)bytes[19] << 16 |
				    (uint32_t)bytes[20] << 8 | (uint32_t)bytes[21]);
	return (true);
}

static const char other_client[] = "refresh_token.other_client";

static enum refresh_verdict
refuse(struct call *call, const char *reason)
{
	call->reason = reason;
	return (REFRESH_REFUSED);
}

/* What the row says about a token. Fills *out whatever it says. */
static enum refresh_verdict
judge(struct call *call, const struct refresh_token *token, const struct db_rows *rows,
    struct refresh_token_view *out)
{
	struct refresh_token_view view;
	int column = grant_from_row(rows, 0, &view.grant);
	bool is_own = row_boolean(rows, 0, column++);
	bool is_standing = row_boolean(rows, 0, column++);
	bool is_in_time = row_boolean(rows, 0, column++);
	bool is_allowed = row_boolean(rows, 0, column++);
	bool is_spent = row_boolean(rows, 0, column++);
	bool is_retry = row_boolean(rows, 0, column++);

	view.issued_at = row_time(rows, 0, column++);
	view.expires_at = row_time(rows, 0, column++);
	view.login = row_text(rows, 0, column++);
	*out = view;
	if (!is_own)
		return (refuse(call, other_client));
	if (!is_standing)
		return (refuse(call, "refresh_token.revoked"));
	if (!is_in_time)
		return (refuse(call, "refresh_token.expired"));
	if (token->generation > view.grant.generation)
		return (refuse(call, "refresh_token.future_generation"));
	if (!is_allowed && (!is_spent || is_retry))
		return (refuse(call, "refresh_token.not_allowed"));
	if (!is_spent)
		return (REFRESH_OK);
	return (is_retry ? REFRESH_RETRIED : REFRESH_REUSED);
}

/* Seconds; none for a client that keeps its token, whose spent ones are not its own doing. */
static int64_t
retry_window(struct call *call, const struct client *client)
{
	if (client == NULL)
		return (call->realm->refresh_retry_window);
	if (client->policy.keeps_refresh_tokens)
		return (0);
	return (clients_lifetimes(call->realm, client).refresh_retry_window);
}

static enum refresh_verdict
explain(struct call *call, const struct refresh_token *token, const struct client *client,
    struct refresh_token_view *out)
{
	int64_t window = retry_window(call, client);
	struct db_rows rows;

	switch (db_run(call, STATEMENT_refresh_tokens_explain,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&token->grant),
		db_integer(call, token->generation), db_uuid(client == NULL ? NULL : &client->id),
		db_integer(call, window)),
	    &rows)) {
	case RESULT_OK:
		return (judge(call, token, &rows, out));
	case RESULT_NOT_FOUND:
		return (refuse(call, "refresh_token.unknown"));
	default:
		return (REFRESH_FAILED);
	}
}

enum refresh_verdict
refresh_tokens_look(struct call *call, const struct refresh_token *token,
    const struct client *client, struct refresh_token_view *out)
{
	return (explain(call, token, client, out));
}

static enum refresh_verdict
revoke_reused(struct call *call, const struct refresh_token *token)
{
	/* It waited so long that its client went away and came again: nobody gets this answer, and
	 * those who came after it keep what they got. */
	if (call->cancelled)
		return (refuse(call, "refresh_token.late"));
	call->reason = "refresh_token.reused";
	if (grants_revoke_as(call, &token->grant, call->reason, "refresh_token_reuse") != RESULT_OK)
		return (REFRESH_FAILED);
	return (REFRESH_REUSED);
}

/* Somebody holds a token that was given to another client. */
static enum refresh_verdict
audit_foreign(struct call *call, const struct grant *grant, const struct uuid *client)
{
	struct event event = {
	    .kind = "refresh_token.refused",
	    .reason = "token_of_other_client",
	    .user = &grant->user,
	    .client = client,
	    .session = uuid_is_zero(&grant->session) ? NULL : &grant->session,
	};

	return (events_write(call, &event) == RESULT_OK ? REFRESH_REFUSED : REFRESH_FAILED);
}

/* One passage of the gate; RESULT_NOT_FOUND: it stayed shut. */
static enum result
gate_try(struct call *call, const struct refresh_token *token, const struct client *client,
    struct grant *out)
{
	bool rotate = !client->policy.keeps_refresh_tokens;
	struct db_rows rows;
	enum result result;

	result =
	    db_run(call, rotate ? STATEMENT_refresh_tokens_rotate : STATEMENT_refresh_tokens_keep,
		DB_VALUES(db_uuid(&call->realm->id), db_uuid(&token->grant),
		    db_integer(call, token->generation), db_uuid(&client->id),
		    db_integer(call, clients_lifetimes(call->realm, client).refresh_idle)),
		&rows);
	if (result == RESULT_OK)
		grant_from_row(&rows, 0, out);
	return (result);
}

/* Tried again when nothing bars it by now: the gate waited for a sign-in that moved the grant to a
 * session which the gate's own snapshot cannot see. */
enum refresh_verdict
refresh_tokens_use(struct call *call, const struct refresh_token *token,
    const struct client *client, struct grant *out)
{
	enum refresh_verdict verdict = REFRESH_OK;
	struct refresh_token_view view;
	enum result result;
	int tries;

	for (tries = 0; tries < GATE_TRIES && verdict == REFRESH_OK; tries++) {
		result = gate_try(call, token, client, out);
		if (result == RESULT_OK)
			return (REFRESH_OK);
		if (result != RESULT_NOT_FOUND)
			return (REFRESH_FAILED);
		verdict = explain(call, token, client, &view);
	}
	switch (verdict) {
	case REFRESH_OK:
		return (refuse(call, "refresh_token.not_allowed"));
	case REFRESH_RETRIED:
		*out = view.grant;
		return (verdict);
	case REFRESH_REUSED:
		return (revoke_reused(call, token));
	case REFRESH_REFUSED:
		if (call->reason == other_client)
			return (audit_foreign(call, &view.grant, &client->id));
		break;
	case REFRESH_FAILED:
		break;
	}
	return (verdict);
}
