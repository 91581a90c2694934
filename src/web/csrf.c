/* Cross-site request forgery (B-02). */
#include "web/csrf.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "base/text.h"
#include "web/request.h"

const char *
csrf_token(
    struct call *call, const uint8_t key[CSRF_KEY_BYTES], const char *binding, const char *purpose)
{
	uint8_t mac[SHA256_BYTES];
	const char *message;

	/* The length in front keeps purpose and binding from trading bytes. */
	message = arena_format(call->arena, "%zu:%s%s", strlen(purpose), purpose, binding);
	hmac_sha256(key, CSRF_KEY_BYTES, message, strlen(message), mac);
	return (base64url_encode(call->arena, mac, sizeof(mac)));
}

bool
csrf_is_valid(struct call *call, const struct form *form, const uint8_t key[CSRF_KEY_BYTES],
    const char *binding, const char *purpose, const char *own_origin)
{
	const char *sent = form_value(form, "csrf"), *right;

	if (sent == NULL || binding == NULL || binding[0] == '\0')
		return (false);
	right = csrf_token(call, key, binding, purpose);
	return (secret_equal(sent, strlen(sent), right, strlen(right)) &&
		csrf_is_same_origin(call, own_origin));
}

bool
csrf_is_same_origin(struct call *call, const char *own_origin)
{
	const struct request *request = call->request;
	const char *site = request_header(request, "sec-fetch-site");
	const char *origin = request_header(request, "origin");

	if (request_header_count(request, "sec-fetch-site") > 1 ||
	    request_header_count(request, "origin") > 1)
		return (false);
	if (site != NULL && !text_equal(site, "same-origin") && !text_equal(site, "none"))
		return (false);
	if (origin == NULL || text_equal(origin, own_origin))
		return (true);
	return (text_equal(origin, "null") && text_equal(site, "same-origin"));
}
