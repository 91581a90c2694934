/* Handlers of the demo application, for routes.c: only under `latchkey dev` (ROUTE_DEV). */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "async/call.h"
#include "web/reply.h"

struct reply demo_page(struct call *);		/* GET /demo */
struct reply demo_callback_page(struct call *); /* GET /demo/callback: the redirect URI */
struct reply demo_config(struct call *);	/* GET /demo/config.json */
struct reply demo_introspect(struct call *);	/* POST /demo/introspect: {"token": "..."} */

#endif
