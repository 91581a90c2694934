/* Inside the room: what a realm has in one table, read whole and kept per worker. */
#ifndef KEYS_SNAPSHOTS_H
#define KEYS_SNAPSHOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/cache.h"
#include "base/ids.h"
#include "db/db.h"

struct snapshots {
	struct cache *cache; /* made at the first use */
	size_t realms_max;
	size_t bytes_max;	  /* of one snapshot */
	enum statement statement; /* takes the realm's id */
	/* Builds the value in the arena. previous: the realm's older value, or NULL. NULL: has
	 * failed the call. */
	void *(*build)(struct call *, const struct uuid *realm, const struct db_rows *,
	    struct arena *, const void *previous);
};

/* Up to fresh_ms old: used as it is, and from renew_ms on renewed in the background. Older: read
 * first, but up to stale_ms it stands in while another call is reading, and when the database is
 * unavailable. */
struct freshness {
	uint64_t renew_ms;
	uint64_t fresh_ms;
	uint64_t stale_ms;
};

/* value: of the call's realm; lives until the call ends. */
enum result snapshots_find(
    struct call *, struct snapshots *, const struct freshness *, const void **value);
/* Something was written: the next to ask reads anew. */
void snapshots_drop(struct call *, struct snapshots *);

#endif
