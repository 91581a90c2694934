/* Finds the row of routes[] for a request, asks its guard, calls its handler. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include <stdbool.h>

#include "web/reply.h"
#include "web/request.h"

/* Only at the root; no realm is looked up (health, metrics, assets). */
#define ROUTE_NO_REALM 0x01
/* Needs no fresh row of the realm: keeps answering without the database (JWKS, discovery). */
#define ROUTE_STALE_REALM 0x02
/*
 * CORS: any origin may read the answers of these two, and that is safe, because no cookie,
 * certificate or place in the network counts there: who calls brings the credential in the request
 * itself, and no answer ever allows credentials. A handler that has narrowed the origin itself
 * (Access-Control-Allow-Origin is in its reply) is left alone. Pages and /oauth2/authorize never
 * have either flag.
 *   ANY     public metadata
 *   CLIENT  what browser applications call with a token of their own: preflights are answered too
 */
#define ROUTE_CORS_ANY 0x04
#define ROUTE_CORS_CLIENT 0x80
/* The path is a prefix: "/assets/". */
#define ROUTE_PREFIX 0x08
/* Only on the operations listener (health, metrics); all others only on the public one. */
#define ROUTE_OPERATIONS 0x10
/* Only under `latchkey dev`. */
#define ROUTE_DEV 0x20
/* Also at RFC 8414's place, the path before the realm's prefix: /.well-known/x/realms/name. */
#define ROUTE_WELL_KNOWN 0x40

/* A GET that does something, gives a code or ends a session: HEAD is none of its methods. */
#define ROUTE_NO_HEAD 0x100

struct route {
	unsigned methods; /* enum method, or-ed; GET answers HEAD too, but for ROUTE_NO_HEAD */
	const char *path; /* after the realm's prefix */
	struct reply (*handler)(struct call *);
	bool (*who_may_call)(struct call *, struct reply *refusal);
	unsigned extras; /* ROUTE_* */
};

/*
 * Routes one request and sets its path and route. Unknown path or realm: 404; other method: 405
 * with Allow. Applies call->failure whatever the handler returned: 503 with Retry-After, 500; a
 * handler that answered with that very status keeps its own wording.
 */
struct reply router_run(struct call *, const struct route *routes, size_t count);
/* Every row has a handler and a guard, no two rows overlap; fatal() otherwise. */
void router_check(const struct route *routes, size_t count);
/* Set by main: finds the realm by name ("" is the first one) and sets call->realm; false: no such
 * realm, or call->failure says why not. stale_is_fine as in ROUTE_STALE_REALM. */
extern bool (*router_find_realm)(struct call *, const char *name, bool stale_is_fine);
extern bool router_is_dev;

#endif
