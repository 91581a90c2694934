/* Tables partitioned by time: made ahead, dropped when their time is over. */
#ifndef QUEUE_PARTITIONS_H
#define QUEUE_PARTITIONS_H

#include <stdint.h>

#include "async/call.h"

/* By one function of the schema's owner, the only DDL that the service can cause. Any number may
 * run at once. changed: partitions made or dropped. */
enum result partitions_maintain(struct call *, int64_t *changed);

#endif
