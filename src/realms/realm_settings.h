/* THE TABLE of a realm's settings: its jsonb document, with defaults and bounds. */
#ifndef REALMS_REALM_SETTINGS_H
#define REALMS_REALM_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"
#include "realms/realms.h"

/* Fills the settings of out. A member that is absent, of another type or out of its bounds counts
 * as its default, and the latter two are logged. */
void realm_settings_read(struct arena *, const char *document, struct realm *out);
/* Every setting with its present value, as members. */
void realm_settings_write(struct json_writer *, const struct realm *);
/* A value as it is typed. NULL when it may be set, and *json is it as JSON, NULL for "default";
 * else what is wrong: a sentence that begins with the name. */
const char *realm_settings_complaint(
    struct arena *, const char *name, const char *value, const char **json);

#endif
