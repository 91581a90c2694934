/* Kinds of work triggered by the clock: one table (kinds.c), one file each. */
#ifndef JOBS_KINDS_H
#define JOBS_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"

struct job_kind {
	const char *name;
	unsigned every_s;
	/* Runs once for every realm, each in a call of its own with call->realm set. */
	bool is_per_realm;
	/* Safe to run on many nodes at once and to be cut at any moment. Failure is call->failure.
	 */
	void (*run)(struct call *);
};

extern const struct job_kind *const job_kinds[];
extern const size_t job_kinds_count;

#endif
