/* Signatures in JWS form: RFC 7518, 3.3 to 3.5, and RFC 8037, 3.1. */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/fatal.h"
#include "jose/algorithms.h"

/* SEQUENCE of two INTEGERs, each as long as a coordinate and perhaps a zero in front: every length
 * fits in one byte. */
enum { ECDSA_DER_MAX = 2 + 2 * (2 + 1 + COORDINATE_MAX) };
_Static_assert(ECDSA_DER_MAX - 2 < 0x80, "a length of DER takes more than one byte");

static size_t
integer_to_der(const uint8_t *raw, size_t coordinate, uint8_t *out)
{
	size_t skip = 0, length, pad;

	while (skip < coordinate - 1 && raw[skip] == 0)
		skip++;
	pad = raw[skip] & 0x80 ? 1 : 0;
	length = coordinate - skip;
	out[0] = 0x02;
	out[1] = (uint8_t)(length + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, raw + skip, length);
	return (2 + pad + length);
}

/* raw: two coordinates. */
static size_t
ecdsa_to_der(const uint8_t *raw, size_t coordinate, uint8_t out[ECDSA_DER_MAX])
{
	size_t length;

	length = integer_to_der(raw, coordinate, out + 2);
	length += integer_to_der(raw + coordinate, coordinate, out + 2 + length);
	out[0] = 0x30;
	out[1] = (uint8_t)length;
	return (length + 2);
}

/* Returns bytes read, 0 when it is not an INTEGER that fits. */
static size_t
integer_from_der(const uint8_t *der, size_t length, uint8_t *raw, size_t coordinate)
{
	size_t n;
	const uint8_t *at = der + 2;

	if (length < 3 || der[0] != 0x02 || der[1] == 0 || der[1] > coordinate + 1 ||
	    length - 2 < der[1])
		return (0);
	n = der[1];
	if (n == coordinate + 1 && *at != 0)
		return (0);
	if (n == coordinate + 1) {
		at++;
		n--;
	}
	memset(raw, 0, coordinate - n);
	memcpy(raw + coordinate - n, at, n);
	return ((size_t)der[1] + 2);
}

static bool
ecdsa_from_der(const uint8_t *der, size_t length, uint8_t *raw, size_t coordinate)
{
	size_t first, second;

	if (length < 2 || length > ECDSA_DER_MAX || der[0] != 0x30 || der[1] != length - 2)
		return (false);
	if ((first = integer_from_der(der + 2, length - 2, raw, coordinate)) == 0)
		return (false);
	second =
	    integer_from_der(der + 2 + first, length - 2 - first, raw + coordinate, coordinate);
	return (second != 0 && 2 + first + second == length);
}

/* RFC 7518, 3.5: the salt is as long as the digest, MGF1 uses the same digest. */
static bool
set_padding(EVP_PKEY_CTX *context, const struct algorithm *algorithm)
{
	if (algorithm->padding == 0)
		return (true);
	if (EVP_PKEY_CTX_set_rsa_padding(context, algorithm->padding) != 1)
		return (false);
	return (algorithm->padding != RSA_PKCS1_PSS_PADDING ||
		(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
		    EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest_method(algorithm->digest)) == 1));
}

static EVP_PKEY_CTX *
digest_context(struct jose_key *key, struct key_context *kept, int (*init)(EVP_PKEY_CTX *))
{
	const struct algorithm *algorithm = &algorithms[key->algorithm];
	EVP_PKEY_CTX *context;

	if (kept->digest != NULL)
		return (kept->digest);
	context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	if (context == NULL || init(context) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(context, digest_method(algorithm->digest)) != 1 ||
	    !set_padding(context, algorithm))
		fatal("a key for %s cannot be used", algorithm->name);
	return (kept->digest = context);
}

static EVP_MD_CTX *
message_context(struct jose_key *key, struct key_context *kept,
    int (*init)(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *))
{
	EVP_MD_CTX *context;

	if (kept->message != NULL)
		return (kept->message);
	context = EVP_MD_CTX_new();
	if (context == NULL || init(context, NULL, NULL, NULL, key->pkey) != 1)
		fatal("a key for %s cannot be used", algorithms[key->algorithm].name);
	return (kept->message = context);
}

bool
key_sign(struct jose_key *key, const void *message, size_t message_length,
    uint8_t signature[SIGNATURE_MAX], size_t *length)
{
	const struct algorithm *algorithm = &algorithms[key->algorithm];
	size_t n, digest_length;
	uint8_t digest[DIGEST_MAX], der[ECDSA_DER_MAX];
	EVP_PKEY_CTX *context;

	*length = SIGNATURE_MAX;
	if (algorithm->digest == DIGEST_NONE)
		return (EVP_DigestSign(message_context(key, &key->signing, EVP_DigestSignInit),
			    signature, length, message, message_length) == 1);
	digest_length = digest_make(algorithm->digest, message, message_length, digest);
	context = digest_context(key, &key->signing, EVP_PKEY_sign_init);
	if (algorithm->group == NULL)
		return (EVP_PKEY_sign(context, signature, length, digest, digest_length) == 1);
	n = sizeof(der);
	*length = algorithm->signature_length;
	return (EVP_PKEY_sign(context, der, &n, digest, digest_length) == 1 &&
		ecdsa_from_der(der, n, signature, algorithm->coordinate));
}

/* Of the right length. */
static bool
verify_digest(struct jose_key *key, const void *message, size_t message_length,
    const uint8_t *signature, size_t length)
{
	const struct algorithm *algorithm = &algorithms[key->algorithm];
	size_t digest_length;
	uint8_t digest[DIGEST_MAX], der[ECDSA_DER_MAX];

	digest_length = digest_make(algorithm->digest, message, message_length, digest);
	if (algorithm->group != NULL) {
		length = ecdsa_to_der(signature, algorithm->coordinate, der);
		signature = der;
	}
	return (EVP_PKEY_verify(digest_context(key, &key->verifying, EVP_PKEY_verify_init),
		    signature, length, digest, digest_length) == 1);
}

bool
key_verify(struct jose_key *key, const void *message, size_t message_length,
    const uint8_t *signature, size_t length)
{
	bool is_right;
	const struct algorithm *algorithm = &algorithms[key->algorithm];
	size_t expected = algorithm->signature_length;

	if (expected == 0)
		expected = (size_t)EVP_PKEY_get_size(key->pkey);
	if (length != expected)
		return (false);
	if (algorithm->digest == DIGEST_NONE)
		is_right =
		    EVP_DigestVerify(message_context(key, &key->verifying, EVP_DigestVerifyInit),
			signature, length, message, message_length) == 1;
	else
		is_right = verify_digest(key, message, message_length, signature, length);
	if (!is_right)
		ERR_clear_error();
	return (is_right);
}
