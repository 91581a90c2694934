/* Deleting what ended long ago, in batches. */
#include "queue/expired.h"

#include "db/db.h"
#include "realms/realms.h"

static enum result
expired_delete(struct call *call, enum statement statement, int64_t *deleted)
{
	struct db_rows rows;
	enum result result;

	result = db_run(call, statement,
	    DB_VALUES(db_uuid(&call->realm->id), db_integer(call, EXPIRED_BATCH)), &rows);
	if (result == RESULT_OK)
		*deleted = rows.count;
	return (result);
}

enum result
expired_sessions_delete(struct call *call, int64_t *deleted)
{
	return (expired_delete(call, STATEMENT_expired_sessions_delete, deleted));
}

enum result
expired_grants_delete(struct call *call, int64_t *deleted)
{
	return (expired_delete(call, STATEMENT_expired_grants_delete, deleted));
}
