/* Is the database's schema the one that this binary was built for? */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <stdbool.h>

#include "async/call.h"

/*
 * True when every migration of this binary has run as it is here; more may have run, since the
 * release before keeps working on an expanded schema. *version is the database's, 0 when it could
 * not be read. Needs a connection, so all statements fit: a schema that lacks what they name shows
 * as a driver that does not become ready. Failures stick to the call.
 */
bool db_schema_is_right(struct call *, int *version);

#endif
