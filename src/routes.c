/* THE TABLE of every URL. A path stands behind the realm's prefix; what is there twice does not
 * start. */
#include "routes.h"

#include "demo/demo.h"
#include "guards.h"
#include "login/pages.h"
#include "oauth/endpoints.h"
#include "ops/ops.h"
#include "web/assets.h"

#define GET METHOD_GET
#define POST METHOD_POST

/* clang-format off */
const struct route routes[] = {
	/* protocol */
	{ GET | POST,	"/oauth2/authorize",		oauth_authorize, anyone, ROUTE_NO_HEAD },
	{ GET,		"/oauth2/authorize/continue",	oauth_authorize_continue, anyone,
	    ROUTE_NO_HEAD },
	{ POST,		"/oauth2/token",		oauth_token, anyone, ROUTE_CORS_CLIENT },
	{ POST,		"/oauth2/introspect",		oauth_introspect, anyone, 0 },
	{ POST,		"/oauth2/revoke",		oauth_revoke, anyone, ROUTE_CORS_CLIENT },
	{ GET | POST,	"/oauth2/userinfo",		oauth_userinfo, anyone, ROUTE_CORS_CLIENT },
	{ GET | POST,	"/oauth2/end_session",		oauth_end_session, anyone, ROUTE_NO_HEAD },
	{ GET,		"/oauth2/jwks",			oauth_jwks, anyone,
	    ROUTE_STALE_REALM | ROUTE_CORS_ANY },
	{ GET,		"/.well-known/openid-configuration", oauth_openid_configuration, anyone,
	    ROUTE_WELL_KNOWN | ROUTE_STALE_REALM | ROUTE_CORS_ANY },
	{ GET,		"/.well-known/oauth-authorization-server", oauth_server_metadata, anyone,
	    ROUTE_WELL_KNOWN | ROUTE_STALE_REALM | ROUTE_CORS_ANY },

	/* pages for people */
	{ GET,		"/",				welcome_page, anyone, 0 },
	{ GET,		"/login",			login_page, anyone, 0 },
	{ POST,		"/login",			login_submit, anyone, 0 },
	{ GET,		"/select-account",		account_page, anyone, 0 },
	{ POST,		"/select-account",		account_submit, anyone, 0 },
	{ GET,		"/consent",			consent_page, anyone, 0 },
	{ POST,		"/consent",			consent_submit, anyone, 0 },
	{ GET,		"/signed-out",			signed_out_page, anyone, 0 },
	{ GET,		"/assets/",			assets_file, anyone,
	    ROUTE_PREFIX | ROUTE_NO_REALM },

	/* the operations listener */
	{ GET,		"/health/live",			health_live, anyone,
	    ROUTE_OPERATIONS | ROUTE_NO_REALM },
	{ GET,		"/health/ready",		health_ready, anyone,
	    ROUTE_OPERATIONS | ROUTE_NO_REALM },
	{ GET,		"/metrics",			metrics_page, anyone,
	    ROUTE_OPERATIONS | ROUTE_NO_REALM },

	/* `latchkey dev` */
	{ GET,		"/demo",			demo_page, anyone, ROUTE_DEV },
	{ GET,		"/demo/callback",		demo_callback_page, anyone, ROUTE_DEV },
	{ GET,		"/demo/config.json",		demo_config, anyone, ROUTE_DEV },
	{ POST,		"/demo/introspect",		demo_introspect, anyone, ROUTE_DEV },
};
/* clang-format on */

const size_t routes_count = sizeof(routes) / sizeof(routes[0]);
