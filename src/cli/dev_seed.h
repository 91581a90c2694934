/* What `latchkey dev` puts into an empty database, and .run/dev.json, which tells scripts about it.
 */
#ifndef CLI_DEV_SEED_H
#define CLI_DEV_SEED_H

#include <stdbool.h>

#include "base/arena.h"
#include "cli/dev_place.h"

enum { DEV_USERS = 3 };

struct dev_account {
	const char *login, *password, *name, *email;
};

struct dev_seed {
	struct dev_account users[DEV_USERS]; /* the first is the administrator */
	const char *public_client_id;	     /* the demo application's, one per port */
	const char *confidential_client_id, *confidential_client_secret;
	const char *key_encryption_key;
	bool is_first_start;
};

/* From .run/dev.json and .run/key_encryption_key, or made up. False after a complaint. */
bool dev_seed_load(struct arena *, const struct dev_place *, struct dev_seed *out);
/* Makes what the database lacks. Needs settings and a migrated database; an exit code of cli.h. */
int dev_seed_run(const struct dev_seed *);
/* Writes .run/dev.json, mode 0600. False after a complaint. */
bool dev_seed_save(struct arena *, const struct dev_place *, const struct dev_seed *);

#endif
