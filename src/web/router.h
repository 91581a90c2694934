/* Finds the row of routes[] for a request, asks its guard, calls its handler. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include <stdbool.h>

#include "web/reply.h"
#include "web/request.h"

#define ROUTE_NO_REALM		0x01	/* only at the root; no realm is looked up (health, metrics) */
#define ROUTE_STALE_REALM	0x02	/* needs no fresh row of the realm: keeps answering without the database (JWKS, discovery, assets) */
#define ROUTE_CORS_ANY		0x04	/* Access-Control-Allow-Origin: * (public metadata only) */
#define ROUTE_PREFIX		0x08	/* path is a prefix: "/assets/" */
#define ROUTE_OPERATIONS	0x10	/* only on the operations listener (health, metrics); others only on the public one */
#define ROUTE_DEV		0x20	/* only under `latchkey dev` */
#define ROUTE_WELL_KNOWN	0x40	/* also at RFC 8414's place: path + realm prefix: /.well-known/x/realms/name */

struct route {
	unsigned	 methods;		/* enum method, or-ed; GET answers HEAD too */
	const char	*path;			/* after the realm's prefix */
	struct reply	(*handler)(struct call *);
	bool		(*who_may_call)(struct call *, struct reply *refusal);
	unsigned	 extras;		/* ROUTE_* */
};

/* Routes one request. Unknown path: 404; other method: 405 with Allow. Applies call->failure: 503 with Retry-After, 500. */
struct reply	router_run(struct call *, const struct route *routes, size_t count);
/* Every row has a handler and a guard, no two rows overlap; fatal() otherwise. */
void		router_check(const struct route *routes, size_t count);
/* Set by main: finds the realm by name ("" is the first one) and sets call->realm; false: no such realm. stale_is_fine as in ROUTE_STALE_REALM. */
extern bool	(*router_find_realm)(struct call *, const char *name, bool stale_is_fine);
extern bool	router_is_dev;

#endif
