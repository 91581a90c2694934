/* Makes partitions ahead of time and drops those whose time is over. */
#include "base/log.h"
#include "jobs/kinds.h"
#include "queue/partitions.h"

static void
drop_partitions_run(struct call *call)
{
	int64_t changed;

	if (partitions_maintain(call, &changed) == RESULT_OK && changed > 0)
		log_info("partitions changed", FIELD_NUMBER("count", changed));
}

const struct job_kind job_drop_partitions = {
    .name = "drop_partitions",
    .every_s = 6 * 3600,
    .run = drop_partitions_run,
};
