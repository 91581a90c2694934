/* Cacheable JSON: RFC 9110, 8.8.3 and 13.1.2. */
#include "oauth/public_json.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "keys/keys.h"
#include "web/request.h"

enum { ETAG_BYTES = 16 };

struct reply
public_json_reply(struct call *call, const struct text *json)
{
	const char *asked = request_header(call->request, "if-none-match"), *etag;
	uint8_t digest[SHA256_BYTES];
	struct reply reply;

	sha256(json->data, json->length, digest);
	etag = arena_format(call->arena, "\"%s\"", hex_encode(call->arena, digest, ETAG_BYTES));
	if (asked != NULL && (text_equal(asked, "*") || strstr(asked, etag) != NULL))
		reply = reply_empty(304);
	else
		reply = reply_json(call, 200, json);
	reply.is_cacheable = true;
	reply_header(call, &reply, "ETag", etag);
	reply_header(call, &reply, "Cache-Control",
	    arena_format(call->arena, "public, max-age=%d", KEYS_JWKS_SECONDS));
	return (reply);
}
