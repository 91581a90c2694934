/* Compares the ledger of migrations with the embedded ones. */
#include "base/text.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/schema.h"

bool
db_schema_is_right(struct call *call, int *version)
{
	struct db_rows rows;
	size_t i;

	*version = 0;
	if (db_run(call, STATEMENT_schema_ledger, DB_NO_VALUES, &rows) != RESULT_OK)
		return (false);
	if (rows.count > 0)
		*version = (int)row_integer(&rows, rows.count - 1, 0);
	if ((size_t)rows.count < migrations_count)
		return (false);
	for (i = 0; i < migrations_count; i++) {
		if (row_integer(&rows, (int)i, 0) != migrations[i].version ||
		    !text_equal(row_text(&rows, (int)i, 1), migrations[i].checksum))
			return (false);
	}
	return (true);
}
