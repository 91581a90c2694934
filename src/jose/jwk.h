/* Inside the room: reading the members of a JWK. */
#ifndef JOSE_JWK_H
#define JOSE_JWK_H

#include <openssl/params.h>

#include "jose/algorithms.h"

enum { JWK_PARAMETERS_MAX = 8 };

/* JWK_SERVED: a public key out of a set that may be hostile and is read between two requests. It is
 * not asked whether an RSA modulus is prime: that harms its owner only, and twenty moduli of 4096
 * bits would take half a second. */
enum jwk_kind { JWK_PUBLIC, JWK_SERVED, JWK_PRIVATE };

struct jwk_reading {
	const json_t *jwk;
	enum jwk_kind kind;
	const char *error;     /* static text */
	struct arena *scratch; /* wiped when the key is made */
	OSSL_PARAM parameters[JWK_PARAMETERS_MAX + 1];
	size_t count; /* of parameters */
};

/* The bytes of a member; false, and the error is set: it is absent or not so long. */
bool jwk_bytes(struct jwk_reading *, const char *name, size_t length, uint8_t **out);
/* A parameter out of a member: Base64urlUInt (RFC 7518, 2) of at most RSA_BITS_MAX, without leading
 * zeros; or of exactly so many bytes. */
bool jwk_number(struct jwk_reading *, const char *name, const char *parameter);
bool jwk_fixed_number(struct jwk_reading *, const char *name, const char *parameter, size_t length);
void jwk_parameter(struct jwk_reading *, OSSL_PARAM);
/* The key that the parameters make; NULL when OpenSSL makes none. */
EVP_PKEY *jwk_build(struct jwk_reading *, const char *type);
/* Frees the pkey and returns NULL. */
EVP_PKEY *jwk_refuse(struct jwk_reading *, EVP_PKEY *, const char *error);

/* Are kty and crv the algorithm's? */
bool jwk_is_of_type(const json_t *jwk, const struct algorithm *, const char **error);
/* Do use, key_ops and alg allow the operation ("verify", "sign") with the algorithm? */
bool jwk_may(
    const json_t *jwk, const struct algorithm *, const char *operation, const char **error);
/* A member that only the owner of the key may know. */
bool jwk_has_private(const json_t *jwk);
/* A sound key of its type, whatever it is meant for. NULL, and *error says why. */
EVP_PKEY *jwk_read(const json_t *jwk, const struct algorithm *, enum jwk_kind, const char **error);

#endif
