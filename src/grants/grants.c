/* Grants: what a person let a client do. */
#include "grants/grants.h"

#include "db/db.h"
#include "realms/realms.h"

int
grant_from_row(const struct db_rows *rows, int row, struct grant *out)
{
	int column = 0;

	out->id = row_uuid(rows, row, column++);
	out->client = row_uuid(rows, row, column++);
	out->user = row_uuid(rows, row, column++);
	out->session = row_uuid(rows, row, column++);
	out->scope = row_text(rows, row, column++);
	out->acr = row_text(rows, row, column++);
	out->amr = row_text(rows, row, column++);
	out->auth_time = row_time(rows, row, column++);
	out->generation = (int32_t)row_integer(rows, row, column++);
	out->is_offline = row_boolean(rows, row, column++);
	out->id_token_claims = row_text(rows, row, column++);
	out->userinfo_claims = row_text(rows, row, column++);
	return (column);
}

enum result
grants_revoke_as(struct call *call, const struct uuid *id, const char *kind, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_grants_revoke,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(id), db_text(kind), db_text(reason),
		db_uuid(&event)),
	    &rows));
}

enum result
grants_revoke(struct call *call, const struct uuid *id, const char *reason)
{
	return (grants_revoke_as(call, id, "grant.revoked", reason));
}

static struct db_value
uuid_or_null(const struct uuid *id)
{
	return (uuid_is_zero(id) ? db_null() : db_uuid(id));
}

enum result
grants_are_active(
    struct call *call, const struct grant_question *question, bool *is_active, const char **login)
{
	struct db_rows rows;
	enum result result;

	result = db_run(call, STATEMENT_grants_are_active,
	    DB_VALUES(db_uuid(&call->realm->id), uuid_or_null(&question->grant),
		uuid_or_null(&question->session), uuid_or_null(&question->user),
		uuid_or_null(&question->client), uuid_or_null(&question->token),
		uuid_is_zero(&question->token) ? db_null()
					       : db_integer(call, uuid_time_ms(&question->token))),
	    &rows);
	if (result == RESULT_OK)
		*is_active = row_boolean(&rows, 0, 0);
	if (result == RESULT_OK && login != NULL)
		*login = row_text(&rows, 0, 1);
	return (result);
}

enum result
grants_find_active_user(struct call *call, const struct grant_question *question, struct user *out,
    const char **userinfo_claims)
{
	struct db_rows rows;
	enum result result;

	result = db_run(call, STATEMENT_grants_find_active_user,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&question->grant),
		db_uuid(&question->user), db_uuid(&question->client), db_uuid(&question->token)),
	    &rows);
	if (result != RESULT_OK)
		return (result);
	*userinfo_claims = row_text(&rows, 0, 0);
	user_from_row(call, &rows, 0, 1, out);
	return (result);
}

enum result
grants_revoke_token(struct call *call, const struct grant_question *token, int64_t expires_at)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_grants_revoke_token,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&token->token),
		db_integer(call, expires_at), db_uuid(&event), uuid_or_null(&token->user),
		uuid_or_null(&token->client), uuid_or_null(&token->session)),
	    &rows));
}
