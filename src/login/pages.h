/* Handlers of this room, for routes.c. */
#ifndef LOGIN_PAGES_H
#define LOGIN_PAGES_H

#include "async/call.h"
#include "web/reply.h"

struct reply welcome_page(struct call *);    /* GET / */
struct reply login_page(struct call *);	     /* GET /login?flow=... */
struct reply login_submit(struct call *);    /* POST /login */
struct reply account_page(struct call *);    /* GET /select-account?flow=... */
struct reply account_submit(struct call *);  /* POST /select-account */
struct reply consent_page(struct call *);    /* GET /consent?flow=... */
struct reply consent_submit(struct call *);  /* POST /consent */
struct reply signed_out_page(struct call *); /* GET /signed-out */

#endif
