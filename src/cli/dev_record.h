/* The files of .run: dev.json tells scripts what there is, latchkey.conf is for the other commands,
 * key_encryption_key seals what the database holds. All of mode 0600. */
#ifndef CLI_DEV_RECORD_H
#define CLI_DEV_RECORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "cli/dev_place.h"
#include "cli/dev_seed.h"

/* What an earlier start made up, or new secrets; has_data: there is a cluster, which fits the
 * earlier ones only. False after a complaint. */
bool dev_record_load(struct arena *, const struct dev_place *, bool has_data, struct dev_seed *out);
/* Is nothing left of the secrets that data of an earlier start would need? */
bool dev_record_is_gone(struct arena *, const struct dev_place *);
/* Before the database is filled: a start that is cut short must not forget what it made up. False
 * after a complaint. */
bool dev_record_save(struct arena *, const struct dev_place *, const struct dev_seed *);

#endif
