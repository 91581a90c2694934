/* Consents: which scopes a person agreed to give a client, remembered until withdrawn. Read by
 * sessions_find. */
#ifndef GRANTS_CONSENTS_H
#define GRANTS_CONSENTS_H

#include "async/call.h"
#include "base/ids.h"

/* Adds scope to what was agreed before. */
enum result consents_remember(
    struct call *, const struct uuid *user, const struct uuid *client, const char *scope);
/* Revokes what the client was given by that person, offline or not, also what was being given while
 * this ran (F-05): two statements, each audited when it ended something. RESULT_NOT_FOUND: there
 * was nothing to withdraw. reason reaches the audit trail. */
enum result consents_withdraw(
    struct call *, const struct uuid *user, const struct uuid *client, const char *reason);

#endif
