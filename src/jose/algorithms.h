/* Inside the room: what an algorithm is, and what a key holds. */
#ifndef JOSE_ALGORITHMS_H
#define JOSE_ALGORITHMS_H

#include <openssl/evp.h>

#include "base/secret.h"
#include "jose/jose.h"

enum { P256_BYTES = 32, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096 };

struct algorithm {
	const char *name;
	const char *kty;	 /* also OpenSSL's name of the type */
	size_t signature_length; /* bytes of a JWS signature; 0: the modulus decides */
};

extern const struct algorithm algorithms[JOSE_ALGORITHMS];

/* The contexts are set up once: an operation then fetches and allocates nothing. */
struct jose_key {
	enum jose_algorithm algorithm;
	bool has_private;
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *signing;	 /* NULL until the first signature */
	EVP_PKEY_CTX *verifying; /* NULL until the first verification */
};

/* Signs or verifies a SHA-256 digest; signatures in JWS form. */
bool key_sign(
    struct jose_key *, const uint8_t digest[SHA256_BYTES], uint8_t *signature, size_t *length);
bool key_verify(
    struct jose_key *, const uint8_t digest[SHA256_BYTES], const uint8_t *signature, size_t length);

#endif
