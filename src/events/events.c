/* The audit trail: events that no other statement writes. */
#include "events/events.h"

#include "db/db.h"
#include "realms/realms.h"

enum result
events_write(struct call *call, const struct event *event)
{
	struct uuid id = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_events_write,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&id), db_text(event->kind),
		db_text(event->reason), db_uuid(event->user), db_uuid(event->client),
		db_uuid(event->session)),
	    &rows));
}
