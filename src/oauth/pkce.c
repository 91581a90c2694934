/* Proof Key for Code Exchange: RFC 7636. */
#include "oauth/pkce.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"

static bool
is_unreserved(char c)
{
	return ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == '_' || c == '~');
}

bool
pkce_challenge_is_valid(struct arena *arena, const char *challenge)
{
	uint8_t *digest;
	size_t length;

	return (strlen(challenge) == PKCE_CHALLENGE_LENGTH &&
		base64url_decode(arena, challenge, PKCE_CHALLENGE_LENGTH, &digest, &length) &&
		length == SHA256_BYTES);
}

bool
pkce_verifier_is_valid(const char *verifier)
{
	size_t length = strlen(verifier), i;

	if (length < PKCE_VERIFIER_MIN || length > PKCE_VERIFIER_MAX)
		return (false);
	for (i = 0; i < length; i++) {
		if (!is_unreserved(verifier[i]))
			return (false);
	}
	return (true);
}

bool
pkce_matches(struct arena *arena, const char *verifier, const char *challenge)
{
	uint8_t digest[SHA256_BYTES], *expected;
	size_t length;

	if (!pkce_verifier_is_valid(verifier))
		return (false);
	if (!base64url_decode(arena, challenge, strlen(challenge), &expected, &length))
		return (false);
	sha256(verifier, strlen(verifier), digest);
	return (secret_equal(digest, sizeof(digest), expected, length));
}
