/* client_secret_basic: HTTP Basic with form-encoded halves (RFC 6749, 2.3.1; RFC 7617). */
#include "oauth/client_auth.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "web/request.h"

enum { BASIC_ENCODED_MAX = 1024 };

static const char scheme[] = "Basic ";

static bool
has_scheme(const char *header)
{
	char start[sizeof(scheme)] = {0};

	if (strlen(header) < strlen(scheme))
		return (false);
	memcpy(start, header, strlen(scheme));
	return (text_equal_nocase(start, scheme));
}

static char *
half_decode(struct arena *arena, const char *bytes, size_t length)
{
	char *half = arena_substring(arena, bytes, length);

	if (!percent_decode(half, &length, true))
		return (NULL);
	half[length] = '\0';
	return (half);
}

/* RFC 7617, 2: no control characters. */
static char *
half_raw(struct arena *arena, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f)
			return (NULL);
	return (text_is_utf8(bytes, length) ? arena_substring(arena, bytes, length) : NULL);
}

bool
client_secret_basic_parse(struct arena *arena, const char *header, struct client_proof *out)
{
	const char *encoded, *bytes, *colon;
	char *client_id, *secret, *raw;
	uint8_t *decoded;
	size_t length;

	if (!has_scheme(header))
		return (false);
	encoded = header + strlen(scheme);
	encoded += strspn(encoded, " ");
	if (strlen(encoded) > BASIC_ENCODED_MAX ||
	    !base64_decode(arena, encoded, strlen(encoded), &decoded, &length))
		return (false);
	bytes = (const char *)decoded;
	colon = length > 0 ? memchr(bytes, ':', length) : NULL;
	if (colon == NULL || memchr(bytes, '\0', length) != NULL)
		return (false);
	client_id = half_decode(arena, bytes, (size_t)(colon - bytes));
	secret = half_decode(arena, colon + 1, length - (size_t)(colon - bytes) - 1);
	raw = half_raw(arena, colon + 1, length - (size_t)(colon - bytes) - 1);
	if (client_id == NULL || client_id[0] == '\0' || (secret == NULL && raw == NULL))
		return (false);
	out->client_id = client_id;
	out->secret = secret != NULL ? secret : raw;
	out->raw_secret = text_equal(out->secret, raw) ? NULL : raw;
	return (true);
}

static bool
basic_is_tried(struct call *call, const struct form *form)
{
	(void)form;
	return (request_header_count(call->request, "authorization") > 0);
}

static bool
basic_read(
    struct call *call, const struct form *form, struct client_proof *out, struct oauth_error *error)
{
	const char *header = request_header(call->request, "authorization");

	(void)form;
	if (request_header_count(call->request, "authorization") != 1)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "two_authorization_headers",
		    "There is more than one Authorization header."));
	if (!client_secret_basic_parse(call->arena, header, out))
		return (client_auth_refuse(error, "basic_malformed"));
	return (true);
}

const struct client_authentication client_authentication_basic = {
    .method = CLIENT_AUTH_SECRET_BASIC,
    .name = "client_secret_basic",
    .is_tried = basic_is_tried,
    .read = basic_read,
    .verify = client_secret_verify,
};
