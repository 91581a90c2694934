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
