/* Authorization codes: sealed, no row until they are redeemed. */
#include "grants/codes.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "grants/code_payload.h"
#include "keys/keys.h"
#include "realms/realms.h"

#define PREFIX "lk_ac_"
#define PURPOSE "authorization_code"

enum { CODE_TEXT_MAX = 2 * CODE_PAYLOAD_MAX };

enum result
codes_issue(struct call *call, struct authorization_code *code, const char **text)
{
	struct text payload;
	const char *sealed;
	enum result result;

	code->id = uuid_create();
	if (!code_payload_write(call->arena, code, &payload))
		return (call_fail(call, RESULT_FAILED, "authorization code is too long"));
	result = sealed_create(call, PURPOSE, payload.data, payload.length, &sealed);
	if (result == RESULT_OK)
		*text = arena_format(call->arena, PREFIX "%s", sealed);
	return (result);
}

bool
codes_open(struct call *call, const char *text, struct authorization_code *out)
{
	uint8_t *payload;
	size_t length;

	if (!text_starts_with(text, PREFIX) || strnlen(text, CODE_TEXT_MAX + 1) > CODE_TEXT_MAX)
		return (false);
	return (sealed_open(call, PURPOSE, text + strlen(PREFIX), &payload, &length) &&
		code_payload_read(call->arena, payload, length, out));
}

/* The winner's statement has committed: this one's snapshot sees what it started. */
static enum redeem_verdict
revoke_winner(struct call *call, const struct authorization_code *code)
{
	call->reason = "code.reused";
	if (grants_revoke_as(call, &code->id, "code.reused", "code_reuse") != RESULT_OK)
		return (REDEEM_FAILED);
	return (REDEEM_USED);
}

enum redeem_verdict
codes_redeem(struct call *call, const struct authorization_code *code, const struct client *client,
    struct grant *out)
{
	const struct realm *realm = call->realm;
	const struct lifetimes lifetimes = clients_lifetimes(realm, client);
	bool has_refresh_token = (client->grants & CLIENT_GRANT_REFRESH_TOKEN) != 0;
	bool is_offline = has_refresh_token && text_list_has(code->scope, "offline_access");
	int64_t idle = has_refresh_token ? lifetimes.refresh_idle : lifetimes.access_token;
	int64_t absolute = has_refresh_token ? lifetimes.refresh_absolute : lifetimes.access_token;
	struct uuid event = uuid_create();
	struct db_rows rows;

	if (db_run(call, STATEMENT_codes_redeem,
		DB_VALUES(db_uuid(&realm->id), db_uuid(&code->id), db_uuid(&code->client),
		    db_uuid(&code->user), db_uuid(&code->session), db_text(code->scope),
		    db_text(code->acr), db_text(code->amr), db_integer(call, code->auth_time),
		    db_integer(call, code->expires_at), db_boolean(is_offline),
		    db_integer(call, idle), db_integer(call, absolute), db_uuid(&event),
		    db_text(code->id_token_claims), db_text(code->userinfo_claims)),
		&rows) != RESULT_OK)
		return (REDEEM_FAILED);
	if (!row_boolean(&rows, 0, 0))
		return (revoke_winner(call, code));
	if (!row_boolean(&rows, 0, 1)) {
		call->reason = "code.expired";
		return (REDEEM_EXPIRED);
	}
	if (!row_boolean(&rows, 0, 2)) {
		call->reason = "code.not_allowed";
		return (REDEEM_NOT_ALLOWED);
	}
	*out = (struct grant){.id = code->id,
	    .client = code->client,
	    .user = code->user,
	    .session = code->session,
	    .scope = code->scope,
	    .acr = code->acr,
	    .amr = code->amr,
	    .auth_time = code->auth_time,
	    .generation = 1,
	    .is_offline = is_offline,
	    .id_token_claims = code->id_token_claims,
	    .userinfo_claims = code->userinfo_claims};
	return (REDEEM_OK);
}

enum result
codes_burn(struct call *call, const struct authorization_code *code, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_codes_burn,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&code->id), db_uuid(&event),
		db_text(reason), db_uuid(&code->user), db_uuid(&code->client),
		db_uuid(&code->session), db_integer(call, code->expires_at)),
	    &rows));
}
