/* Passwords: Argon2id (RFC 9106) on threads. */
#ifndef PEOPLE_PASSWORDS_H
#define PEOPLE_PASSWORDS_H

#include <stdbool.h>

#include "async/call.h"
#include "people/phc.h"
#include "people/users.h"

/* Once per process, before the first hash. */
void passwords_start(const struct password_cost *);

enum password_verdict {
	PASSWORD_OK,
	/* Right, but hashed with other parameters than today's: hash again. */
	PASSWORD_OK_REHASH,
	/* Also for an unknown user and one without a password, after the same work (L-03). */
	PASSWORD_WRONG,
	/* No slot: 503 with Retry-After. */
	PASSWORD_BUSY,
	PASSWORD_FAILED
};
/* user may be NULL: the work is done all the same. Waits on a thread. At most PASSWORD_MAX bytes:
 * longer is WRONG without hashing (L-06). */
enum password_verdict passwords_verify(struct call *, const struct user *, const char *password);
/* RESULT_UNAVAILABLE when there is no slot; that does not stick. phc: in the call's arena. */
enum result passwords_hash(struct call *, const char *password, const char **phc);
/* Is this a PHC string that passwords_verify can check? */
bool passwords_is_phc(const char *);

#endif
