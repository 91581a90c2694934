/* What an error of the server means to us.
 * https://www.postgresql.org/docs/15/errcodes-appendix.html */
#include <string.h>

#include "db/driver.h"

/* By prefix; the first that fits counts. */
static const struct {
	const char *prefix;
	enum sql_effect effect;
} effects[] = {
    {"23505", SQL_CONFLICT}, /* unique_violation */
    {"23P01", SQL_CONFLICT}, /* exclusion_violation */
    {"40001", SQL_RETRY},    /* serialization_failure */
    {"40P01", SQL_RETRY},    /* deadlock_detected */
    {"57014", SQL_TIMEOUT},  /* query_canceled */
    {"57P", SQL_LOST},	     /* admin_shutdown, crash_shutdown, cannot_connect_now, ... */
    {"08", SQL_LOST},	     /* connection exceptions */
    {"53300", SQL_LOST},     /* too_many_connections */
    {"25006", SQL_LOST},     /* read_only_sql_transaction: no primary any more */
    {"26000", SQL_LOST},     /* invalid_sql_statement_name: something dropped what we prepared */
    {"55P03", SQL_BUSY},     /* lock_not_available */
    {"53", SQL_BUSY},	     /* insufficient resources: disk full, out of memory */
    {"58", SQL_BUSY},	     /* system errors: input and output */
};

enum sql_effect
sqlstate_effect(const char *sqlstate)
{
	size_t i;

	/* libpq's own errors have none: they are about the connection. */
	if (sqlstate == NULL)
		return (SQL_LOST);
	for (i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
		if (strncmp(sqlstate, effects[i].prefix, strlen(effects[i].prefix)) == 0)
			return (effects[i].effect);
	}
	return (SQL_WRONG);
}
