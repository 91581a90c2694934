/* The private PostgreSQL of `latchkey dev`: made at the first start, stopped with us. */
#ifndef CLI_DEV_POSTGRES_H
#define CLI_DEV_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/dev_place.h"

/* Makes the cluster if there is none, starts it, waits until it answers, makes roles and database.
 * -1 after a complaint. */
pid_t dev_postgres_start(const struct dev_place *);
/* Gives the service's role its rights; after the migrations. */
bool dev_postgres_make_service(const struct dev_place *);
/* Connection strings: of the schema's owner, of the service. */
void dev_postgres_url(const struct dev_place *, const char *role, char out[DEV_PATH_MAX + 64]);

#define DEV_OWNER "latchkey_owner"
#define DEV_SERVICE "latchkey"

#endif
