/* Rows whose use has ended long ago. Validity is checked at reading: deleting them is tidiness. */
#ifndef QUEUE_EXPIRED_H
#define QUEUE_EXPIRED_H

#include <stdint.h>

#include "async/call.h"

enum { EXPIRED_BATCH = 1000 };

/* Sessions and grants of the call's realm that ended, were revoked or expired more than 30 days
 * ago, at most EXPIRED_BATCH of each at a time. deleted: how many; EXPIRED_BATCH means there may be
 * more. */
enum result expired_sessions_delete(struct call *, int64_t *deleted);
enum result expired_grants_delete(struct call *, int64_t *deleted);

#endif
