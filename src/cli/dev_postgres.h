/* The private PostgreSQL of `latchkey dev`: made at the first start, stopped with us. */
#ifndef CLI_DEV_POSTGRES_H
#define CLI_DEV_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/dev_place.h"

/* Is there a cluster of an earlier start? */
bool dev_postgres_is_made(const struct dev_place *);
/* Makes the cluster if there is none, starts it, waits until it answers, makes roles and database.
 * The place must be locked: a PostgreSQL that an earlier start left behind is stopped. -1 after a
 * complaint. */
pid_t dev_postgres_start(const struct dev_place *);
/* Gives the service's role its rights; after the migrations. False after a complaint. */
bool dev_postgres_make_service(const struct dev_place *);
/* Connection strings: of the schema's owner, of the service. */
void dev_postgres_url(const struct dev_place *, const char *role, char out[DEV_PATH_MAX + 64]);

#define DEV_OWNER "latchkey_owner"
#define DEV_SERVICE "latchkey"

#endif
