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
#include "keys/keys.h"
#include "realms/realms.h"

#define PREFIX "lk_rt_"
#define PURPOSE "refresh_token"

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

/* What the row says about a token that the gate let not through. */
static enum refresh_verdict
judge(struct call *call, const struct refresh_token *token, const struct db_rows *rows,
    struct grant *out)
{
	struct grant grant;
	int column = grant_from_row(rows, 0, &grant);
	bool is_own = row_boolean(rows, 0, column++);
	bool is_standing = row_boolean(rows, 0, column++);
	bool is_in_time = row_boolean(rows, 0, column++);
	bool is_allowed = row_boolean(rows, 0, column++);
	bool is_spent = row_boolean(rows, 0, column++);
	bool is_retry = row_boolean(rows, 0, column++);

	if (!is_own) {
		call->reason = "refresh_token.other_client";
	} else if (!is_standing) {
		call->reason = "refresh_token.revoked";
	} else if (!is_in_time) {
		call->reason = "refresh_token.expired";
	} else if (is_spent && !is_retry) {
		call->reason = "refresh_token.reused";
		if (grants_revoke_as(call, &token->grant, "refresh_token.reused",
			"refresh_token_reuse") != RESULT_OK)
			return (REFRESH_FAILED);
		return (REFRESH_REUSED);
	} else if (!is_allowed) {
		call->reason = "refresh_token.not_allowed";
	} else if (is_retry) {
		*out = grant;
		return (REFRESH_RETRIED);
	} else {
		call->reason = "refresh_token.future_generation";
	}
	return (REFRESH_REFUSED);
}

enum refresh_verdict
refresh_tokens_use(struct call *call, const struct refresh_token *token, const struct uuid *client,
    bool rotate, struct grant *out)
{
	struct db_value realm = db_uuid(&call->realm->id), grant = db_uuid(&token->grant);
	struct db_value generation = db_integer(call, token->generation);
	struct db_rows rows;
	enum result result;

	result =
	    db_run(call, rotate ? STATEMENT_refresh_tokens_rotate : STATEMENT_refresh_tokens_keep,
		DB_VALUES(realm, grant, generation, db_uuid(client),
		    db_integer(call, call->realm->refresh_idle_lifetime)),
		&rows);
	if (result == RESULT_OK) {
		grant_from_row(&rows, 0, out);
		return (REFRESH_OK);
	}
	if (result != RESULT_NOT_FOUND)
		return (REFRESH_FAILED);
	result = db_run(call, STATEMENT_refresh_tokens_explain,
	    DB_VALUES(realm, grant, generation, db_uuid(client),
		db_integer(call, rotate ? call->realm->refresh_retry_window : 0)),
	    &rows);
	if (result == RESULT_NOT_FOUND) {
		call->reason = "refresh_token.unknown";
		return (REFRESH_REFUSED);
	}
	return (result == RESULT_OK ? judge(call, token, &rows, out) : REFRESH_FAILED);
}
