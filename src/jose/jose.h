/*
 * JSON Web Algorithms, Keys and Signatures (RFC 7515, 7517, 7518, 7638). Verifying takes the
 * algorithm that the caller expects and a typed key; there is no function that takes the algorithm
 * from a token (J-02). What varies is the table in algorithms.c.
 */
#ifndef JOSE_JOSE_H
#define JOSE_JOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

enum jose_algorithm { JOSE_ES256, JOSE_RS256 };
enum { JOSE_ALGORITHMS = 2, JOSE_TOKEN_MAX = 16384, JOSE_KID_MAX = 64 };

const char *jose_algorithm_name(enum jose_algorithm);		      /* "ES256" */
bool jose_algorithm_find(const char *name, enum jose_algorithm *out); /* exact case */

/* A key and the one algorithm it is for. May hold the private half. Freed by jose_key_free; safe to
 * use from one thread at a time. */
struct jose_key;
struct jose_key *jose_key_generate(
    enum jose_algorithm); /* P-256, RSA 2048; fatal() without randomness */
struct jose_key *jose_key_from_private_der(
    enum jose_algorithm, const uint8_t *, size_t length); /* PKCS#8; NULL if it does not fit */
struct jose_key *jose_key_from_public_der(
    enum jose_algorithm, const uint8_t *, size_t length); /* SubjectPublicKeyInfo */
void jose_key_free(struct jose_key *);
enum jose_algorithm jose_key_algorithm(const struct jose_key *);
uint8_t *jose_key_private_der(struct arena *, const struct jose_key *, size_t *length);
uint8_t *jose_key_public_der(struct arena *, const struct jose_key *, size_t *length);
char *jose_key_thumbprint(
    struct arena *, const struct jose_key *); /* RFC 7638, SHA-256, base64url: our kid */
/* The public JWK as one JSON object, with kid, alg and use "sig". */
void jose_key_write_jwk(
    struct json_writer *, const char *name, const struct jose_key *, struct arena *);

/* Compact JWS: header {"alg","typ","kid"} in this order. */
char *jws_sign(struct arena *, const struct jose_key *, const char *typ, const char *kid,
    const char *payload, size_t length);

/* What a compact JWS says of itself, checked for form only: three parts, strict base64url, JSON
 * object header without crit, alg and typ strings, kid of at most JOSE_KID_MAX [A-Za-z0-9._-].
 * Header-supplied keys (jwk, jku, x5u, x5c) are ignored (J-03). */
struct jws {
	const char *alg; /* never used to choose a verification: compared with the expected one */
	const char *typ; /* NULL when absent */
	const char *kid; /* NULL when absent */
	const uint8_t *payload; /* decoded */
	size_t payload_length;
	const char *signing_input;
	size_t signing_input_length;
	const uint8_t *signature;
	size_t signature_length;
};
bool jws_parse(struct arena *, const char *token, struct jws *out);
/* alg equals the expected one, the key is for it, the signature is right. */
bool jws_verify(const struct jws *, enum jose_algorithm expected, const struct jose_key *);

#endif
