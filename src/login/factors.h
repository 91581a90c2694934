/* Ways of proving who one is: one table (factors.c), one file each under factors/. */
#ifndef LOGIN_FACTORS_H
#define LOGIN_FACTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "people/users.h"
#include "web/form.h"

enum proof {
	PROOF_PROVEN,
	PROOF_REFUSED,	 /* call->reason tells which way, for log and audit only */
	PROOF_POSTPONED, /* a further page has to be seen first */
	PROOF_BUSY,	 /* no capacity now: 503 with Retry-After */
	PROOF_FAILED	 /* call->failure says why */
};

struct factor {
	/* Authentication method reference (RFC 8176): the amr of sessions. */
	const char *name;
	/* Rank of the session it gives: 1, 2, ... */
	int strength;
	/* Template of its page, below assets/pages. */
	const char *page;
	bool (*is_set_up)(struct call *, const struct user *);
	/* user is NULL for somebody unknown: the work is the same and the answer REFUSED (L-03). */
	enum proof (*prove)(struct call *, const struct user *, const struct form *);
};

/* The first row is what the sign-in page asks for. */
extern const struct factor *const factors[];
extern const size_t factors_count;

/* acr of a session proven by factors of this strength together: "urn:latchkey:acr:1". */
const char *factors_acr(struct arena *, int strength);
/* Every acr that a session can have here, space-separated. */
const char *factors_acrs(struct arena *);

#endif
