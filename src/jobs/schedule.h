/* When a job runs next: pure arithmetic. */
#ifndef JOBS_SCHEDULE_H
#define JOBS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* After a failure a job tries again soon, but not at once. */
enum { JOB_FIRST_MAX_S = 60, JOB_RETRY_S = 60 };

/* Milliseconds until the first run: within the first minute, or the period if that is shorter.
 * random: any number; spreads the nodes. */
uint64_t schedule_first_ms(unsigned every_s, uint32_t random);
/* Milliseconds from the end of one run to the next: the period, or JOB_RETRY_S after a failure if
 * that is shorter; up to a tenth more, by random. */
uint64_t schedule_next_ms(unsigned every_s, bool has_failed, uint32_t random);

#endif
