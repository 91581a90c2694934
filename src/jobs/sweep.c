/* Deletes sessions and grants that ended long ago, in small batches. */
#include "base/log.h"
#include "jobs/kinds.h"
#include "queue/expired.h"
#include "realms/realms.h"

/* A realm with more than this to delete goes on at the next round. */
enum { SWEEP_BATCHES_MAX = 100 };

static int64_t
sweep_all(struct call *call, enum result (*delete_batch)(struct call *, int64_t *))
{
	int64_t deleted, total = 0;
	unsigned batch;

	for (batch = 0; batch < SWEEP_BATCHES_MAX; batch++) {
		if (delete_batch(call, &deleted) != RESULT_OK)
			break;
		total += deleted;
		if (deleted < EXPIRED_BATCH)
			break;
	}
	return (total);
}

static void
sweep_run(struct call *call)
{
	int64_t grants = sweep_all(call, expired_grants_delete);
	int64_t sessions = sweep_all(call, expired_sessions_delete);

	if (grants > 0 || sessions > 0)
		log_info("ended long ago, deleted", FIELD("realm", call->realm->name),
		    FIELD_NUMBER("grants", grants), FIELD_NUMBER("sessions", sessions));
}

const struct job_kind job_sweep = {
    .name = "sweep",
    .every_s = 3600,
    .is_per_realm = true,
    .run = sweep_run,
};
