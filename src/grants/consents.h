/* Consents: which scopes a person agreed to give a client, remembered until withdrawn. Read by
 * sessions_find. */
#ifndef GRANTS_CONSENTS_H
#define GRANTS_CONSENTS_H

#include "async/call.h"
#include "base/ids.h"

/* Adds scope to what was agreed before. */
enum result consents_remember(
    struct call *, const struct uuid *user, const struct uuid *client, const char *scope);

#endif
