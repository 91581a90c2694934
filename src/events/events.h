/* The audit trail: what happened to whom, by month. Most events are written by the statement they
 * belong to; this is for the rest. */
#ifndef EVENTS_EVENTS_H
#define EVENTS_EVENTS_H

#include "async/call.h"
#include "base/ids.h"

struct event {
	const char *kind;   /* "sign_in.failed": see kinds in events/README.md */
	const char *reason; /* reason code, NULL when none */
	const struct uuid *user, *client, *session; /* NULL when none */
};

/* A failure sticks: what must be audited is not done unaudited. */
enum result events_write(struct call *, const struct event *);

#endif
