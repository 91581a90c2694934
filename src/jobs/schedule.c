/* When a job runs next. */
#include "jobs/schedule.h"

/* A part of span in proportion to random. */
static uint64_t
part_of(uint64_t span, uint32_t random)
{
	return (span * random >> 32);
}

uint64_t
schedule_first_ms(unsigned every_s, uint32_t random)
{
	unsigned span = every_s < JOB_FIRST_MAX_S ? every_s : JOB_FIRST_MAX_S;

	return (part_of((uint64_t)span * 1000, random));
}

uint64_t
schedule_next_ms(unsigned every_s, bool has_failed, uint32_t random)
{
	unsigned span = has_failed && every_s > JOB_RETRY_S ? JOB_RETRY_S : every_s;

	return ((uint64_t)span * 1000 + part_of((uint64_t)span * 100, random));
}
