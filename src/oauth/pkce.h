/* Proof Key for Code Exchange (RFC 7636), S256 only. */
#ifndef OAUTH_PKCE_H
#define OAUTH_PKCE_H

#include <stdbool.h>

#include "base/arena.h"

#define PKCE_METHOD "S256"

enum { PKCE_CHALLENGE_LENGTH = 43, PKCE_VERIFIER_MIN = 43, PKCE_VERIFIER_MAX = 128 };

/* The base64url of 32 bytes: exactly 43 characters (P-04). */
bool pkce_challenge_is_valid(struct arena *, const char *challenge);
/* 43 to 128 unreserved characters (RFC 7636, 4.1). */
bool pkce_verifier_is_valid(const char *verifier);
/* BASE64URL(SHA256(verifier)) equals the challenge, in constant time (RFC 7636, 4.6). */
bool pkce_matches(struct arena *, const char *verifier, const char *challenge);

#endif
