/*
 * JSON Web Algorithms, Keys and Signatures (RFC 7515, 7517, 7518, 7638, 8037). Verifying takes the
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

enum jose_algorithm { JOSE_ES256, JOSE_RS256, JOSE_PS256, JOSE_ES384, JOSE_EDDSA };
enum { JOSE_ALGORITHMS = 5, JOSE_TOKEN_MAX = 16384, JOSE_KID_MAX = 64, JOSE_FOREIGN_KID_MAX = 255 };

const char *jose_algorithm_name(enum jose_algorithm);		      /* "ES256" */
bool jose_algorithm_find(const char *name, enum jose_algorithm *out); /* exact case */

/* A key and the one algorithm it is for. May hold the private half. Freed by jose_key_free; safe to
 * use from one thread at a time. */
struct jose_key;
struct jose_key *jose_key_generate(
    enum jose_algorithm); /* RSA: 2048 bits; fatal() without randomness */
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
/* base64url of the left half of the digest that goes with the algorithm (OpenID Connect Core,
 * 3.1.3.6: at_hash): SHA-256, SHA-384 for ES384, SHA-512 for EdDSA. */
char *jose_half_hash(struct arena *, enum jose_algorithm, const char *text);

/* A public JWK (RFC 7517) as a key for one algorithm. NULL, and *error says why (a sentence
 * fragment, static text): wrong kty, crv, use, key_ops or alg for it; private members; RSA under
 * 2048 or over 4096 bits, an even, too small or oversized exponent; a point off the curve. */
struct jose_key *jose_key_from_jwk(const json_t *jwk, enum jose_algorithm, const char **error);
/* The same with its private half, for tools and tests. RSA: with p, q, dp, dq, qi. */
struct jose_key *jose_key_from_private_jwk(
    const json_t *jwk, enum jose_algorithm, const char **error);

/* RFC 7638 of a JWK, whatever it is meant for and whether it is private. NULL, and *error says why.
 */
char *jose_jwk_thumbprint(struct arena *, const json_t *jwk, const char **error);

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
/* The same of what others sign: their kid is any text (RFC 7515, 4.1.4) of at most
 * JOSE_FOREIGN_KID_MAX bytes without control characters. It is compared with those of their keys,
 * and nothing else. */
bool jws_parse_foreign(struct arena *, const char *token, struct jws *out);
/* alg equals the expected one, the key is for it, the signature is right. */
bool jws_verify(const struct jws *, enum jose_algorithm expected, const struct jose_key *);

/* A JWK Set of somebody else (RFC 7517, 5), for verifying only. Parsed once, then immutable; lives
 * in the arena, and its keys are freed with it. */
struct jwk_set;
enum { JWK_SET_KEYS_MAX = 20, JWK_SET_BYTES_MAX = 65536 };
/* strict: what somebody registers (J-09): every key that we understand must be sound, none may hold
 * a private member; NULL and *error (as above) otherwise. Not strict: what a jwks_uri served: keys
 * that are not understood or not sound are left out (RFC 7517, 5). Both: no more than the limits.
 */
struct jwk_set *jwk_set_parse(
    struct arena *, const char *json, size_t length, bool strict, const char **error);
/* Is there a key for it? */
bool jwk_set_has(const struct jwk_set *, enum jose_algorithm);
enum jwk_set_verdict { JWK_SET_VERIFIED, JWK_SET_NO_KEY, JWK_SET_BAD_SIGNATURE };
/* By the keys of the set that are for the expected algorithm and, when the JWS names a kid, have
 * that kid. JWK_SET_NO_KEY: none is (a newer set may have one). A JWS of another
 * algorithm has a bad signature. */
enum jwk_set_verdict jwk_set_verify(
    const struct jwk_set *, const struct jws *, enum jose_algorithm expected);

#endif
