/* Consents: which scopes a person agreed to give a client. */
#include "grants/consents.h"

#include "db/db.h"
#include "realms/realms.h"

enum result
consents_remember(
    struct call *call, const struct uuid *user, const struct uuid *client, const char *scope)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_consents_remember,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(user), db_uuid(client), db_text(scope),
		db_uuid(&event)),
	    &rows));
}

static enum result
withdraw_once(
    struct call *call, const struct uuid *user, const struct uuid *client, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_consents_withdraw,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(user), db_uuid(client), db_text(reason),
		db_uuid(&event)),
	    &rows));
}

/* A redemption that was under way has made the first statement wait for it; only the second one's
 * snapshot sees the grant that it started. After that none can start. */
enum result
consents_withdraw(
    struct call *call, const struct uuid *user, const struct uuid *client, const char *reason)
{
	enum result first = withdraw_once(call, user, client, reason), second;

	if (first != RESULT_OK)
		return (first);
	second = withdraw_once(call, user, client, reason);
	return (second == RESULT_NOT_FOUND ? RESULT_OK : second);
}
