/* From a request of Kore's to a call of ours, and from a reply to the bytes of an answer. */
#ifndef WEB_KORE_BRIDGE_H
#define WEB_KORE_BRIDGE_H

#include <kore/kore.h>
#include <kore/http.h>

#include <stddef.h>

#include "async/call.h"
#include "web/router.h"

enum { BRIDGE_PEER_MAX = 64 };

struct bridge_settings {
	const struct route *routes;
	size_t routes_count;
	const char *(*realm_name)(const struct realm *); /* for the log */
};

void bridge_start(const struct bridge_settings *);
/* The handler of Kore's one route. */
int latchkey_request(struct http_request *);
/* The connection is closed or about to be: the call is cancelled, its answer dropped. Safe more
 * than once. */
void bridge_client_gone(struct http_request *);
/* Calls that run, with or without a client. */
unsigned bridge_calls(void);
/* The other end's address as text. */
void bridge_peer(const struct connection *, char out[BRIDGE_PEER_MAX]);

#endif
