/* The handlers of this room, for routes.c, and the paths that discovery announces. */
#ifndef OAUTH_ENDPOINTS_H
#define OAUTH_ENDPOINTS_H

#include "async/call.h"
#include "web/reply.h"

/* After the realm's prefix. A test compares them with routes[]. */
#define OAUTH_AUTHORIZE_PATH "/oauth2/authorize"
#define OAUTH_TOKEN_PATH "/oauth2/token"
#define OAUTH_INTROSPECT_PATH "/oauth2/introspect"
#define OAUTH_REVOKE_PATH "/oauth2/revoke"
#define OAUTH_USERINFO_PATH "/oauth2/userinfo"
#define OAUTH_END_SESSION_PATH "/oauth2/end_session"
#define OAUTH_JWKS_PATH "/oauth2/jwks"

struct reply oauth_authorize(struct call *);		/* GET, POST */
struct reply oauth_authorize_continue(struct call *);	/* GET, sealed flow in the query */
struct reply oauth_token(struct call *);		/* POST */
struct reply oauth_introspect(struct call *);		/* POST */
struct reply oauth_revoke(struct call *);		/* POST */
struct reply oauth_userinfo(struct call *);		/* GET, POST */
struct reply oauth_end_session(struct call *);		/* GET, POST */
struct reply oauth_jwks(struct call *);			/* GET */
struct reply oauth_openid_configuration(struct call *); /* GET */
struct reply oauth_server_metadata(struct call *);	/* GET */

#endif
