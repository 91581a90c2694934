/* THE TABLE of jobs. */
#include "jobs/kinds.h"

extern const struct job_kind job_drop_partitions, job_rotate_keys, job_sweep;

const struct job_kind *const job_kinds[] = {
    &job_drop_partitions,
    &job_rotate_keys,
    &job_sweep,
};
const size_t job_kinds_count = sizeof(job_kinds) / sizeof(job_kinds[0]);
