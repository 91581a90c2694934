/* GET /oauth2/jwks: the realm's public keys (RFC 7517, 5). */
#include "oauth/endpoints.h"

#include "keys/keys.h"
#include "oauth/public_json.h"

enum { JWKS_BODY_MAX = 64 * 1024 };

struct reply
oauth_jwks(struct call *call)
{
	struct text body;

	text_init(&body, call->arena, JWKS_BODY_MAX);
	/* A failure sticks to the call, and the router answers for it. */
	if (keys_write_jwks(call, &body) != RESULT_OK)
		return (reply_empty(503));
	return (public_json_reply(call, &body));
}
