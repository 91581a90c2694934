/* The settings of a realm: its jsonb document, with defaults and bounds. */
#ifndef REALMS_REALM_SETTINGS_H
#define REALMS_REALM_SETTINGS_H

#include "base/arena.h"
#include "realms/realms.h"

/* Fills the lifetimes and scopes of out. A member that is absent, of another type or out of its
 * bounds counts as its default, and the latter two are logged. */
void realm_settings_read(struct arena *, const char *document, struct realm *out);

#endif
