/* Inside the room: what an algorithm is, what its keys are made of, and what a key holds. */
#ifndef JOSE_ALGORITHMS_H
#define JOSE_ALGORITHMS_H

#include <openssl/evp.h>

#include "jose/jose.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096, EXPONENT_BITS_MAX = 64 };
enum { COORDINATE_MAX = 48, SIGNATURE_MAX = RSA_BITS_MAX / 8, DIGEST_MAX = 64 };

enum digest { DIGEST_NONE, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

struct algorithm;
struct jwk_reading;

/* What keys of one kty have in common: a file each, which ends with its own. */
struct key_type {
	const char *kty;
	EVP_PKEY *(*generate)(const struct algorithm *);
	bool (*fits)(const struct algorithm *, const EVP_PKEY *); /* type, curve, size */
	/* NULL, and reading->error says why. Nothing has been checked but kty and crv. */
	EVP_PKEY *(*read)(struct jwk_reading *, const struct algorithm *);
	/* The members that RFC 7638, 3.2 requires, in lexicographic order. */
	void (*write)(
	    struct json_writer *, struct arena *, const struct algorithm *, const EVP_PKEY *);
};
extern const struct key_type key_type_ec, key_type_okp, key_type_rsa;

struct algorithm {
	const char *name;
	const struct key_type *type;
	const char *crv;	 /* NULL: the kty has none */
	const char *group;	 /* OpenSSL's name of the curve */
	size_t coordinate;	 /* bytes of x, y and d; 0: numbers as long as they need */
	enum digest digest;	 /* what is signed; none: the message itself */
	enum digest half_hash;	 /* of at_hash */
	int padding;		 /* of RSA, else 0 */
	size_t signature_length; /* bytes of a JWS signature; 0: the modulus decides */
};

extern const struct algorithm algorithms[JOSE_ALGORITHMS];

/* Set up at the first use: an operation then fetches and allocates nothing. Which of the two: does
 * the algorithm sign a digest or the message itself? */
struct key_context {
	EVP_PKEY_CTX *digest;
	EVP_MD_CTX *message;
};

struct jose_key {
	enum jose_algorithm algorithm;
	bool has_private;
	EVP_PKEY *pkey;
	struct key_context signing, verifying;
};

/* Takes the pkey over. NULL if it is NULL or not a key for this algorithm. */
struct jose_key *key_wrap(enum jose_algorithm, EVP_PKEY *, bool has_private);

/* Signatures of a message, in JWS form: RFC 7518, 3.3 to 3.5, and RFC 8037, 3.1. */
bool key_sign(struct jose_key *, const void *message, size_t message_length,
    uint8_t signature[SIGNATURE_MAX], size_t *length);
bool key_verify(struct jose_key *, const void *message, size_t message_length,
    const uint8_t *signature, size_t length);

/* Returns its bytes. */
size_t digest_make(enum digest, const void *, size_t length, uint8_t out[DIGEST_MAX]);
const EVP_MD *digest_method(enum digest);

#endif
