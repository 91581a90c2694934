/* Hands descriptors to the loop that this process runs. */
#include <stddef.h>

#include "async/loop.h"
#include "base/fatal.h"

static const struct loop_backend *loop;

void
loop_use(const struct loop_backend *backend)
{
	if (backend != NULL && loop != NULL)
		fatal("a second event loop in one process");
	loop = backend;
}

void
loop_watch(struct watch *watch)
{
	if (loop == NULL)
		fatal("a descriptor is watched before the loop has started");
	if (watch->backend != NULL)
		fatal("descriptor %d is watched already", watch->fd);
	loop->watch(watch);
}

void
loop_unwatch(struct watch *watch)
{
	if (watch->backend == NULL)
		return;
	loop->unwatch(watch);
	watch->backend = NULL;
}
