/* Secrets, digests, sealing. A struct secret is never printed, is compared only by secret_equal,
 * and is wiped with its arena. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { SHA256_BYTES = 32, SEAL_KEY_BYTES = 32, SEAL_OVERHEAD = 28 }; /* 12 nonce + 16 tag */

struct secret {
	uint8_t *bytes;
	size_t length;
};

void random_bytes(void *, size_t length); /* fatal() when the system has no randomness (Z-06) */
struct secret secret_random(struct arena *, size_t length);
struct secret secret_copy(struct arena *, const void *, size_t length);
bool secret_equal(const void *, size_t, const void *, size_t); /* constant time for equal lengths */
void secret_wipe(void *, size_t length);
/* prefix + base64url(32 random bytes): "lk_cs_..." */
char *bearer_create(struct arena *, const char *prefix);

void sha256(const void *, size_t length, uint8_t out[SHA256_BYTES]);
void hmac_sha256(
    const void *key, size_t key_length, const void *, size_t length, uint8_t out[SHA256_BYTES]);
/* HKDF-SHA256 (RFC 5869) with no salt: a key for one purpose out of a realm's or the node's secret.
 */
void derive_key(const struct secret *, const char *purpose, uint8_t out[SEAL_KEY_BYTES]);

/* AES-256-GCM, random nonce in front. aad binds the box to its purpose and place; opening with
 * other aad fails. out_length of seal is length + SEAL_OVERHEAD. open returns false for anything
 * that was not sealed with this key and aad. */
uint8_t *seal(struct arena *, const uint8_t key[SEAL_KEY_BYTES], const char *aad, const void *,
    size_t length, size_t *out_length);
bool seal_open(struct arena *, const uint8_t key[SEAL_KEY_BYTES], const char *aad, const void *,
    size_t length, uint8_t **out, size_t *out_length);

#endif
