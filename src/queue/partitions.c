/* Partitions of the tables that forget by dropping. */
#include "queue/partitions.h"

#include "db/db.h"

enum result
partitions_maintain(struct call *call, int64_t *changed)
{
	struct db_rows rows;
	enum result result;

	result = db_run(call, STATEMENT_partitions_maintain, DB_NO_VALUES, &rows);
	if (result == RESULT_OK)
		*changed = row_integer(&rows, 0, 0);
	return (result);
}
