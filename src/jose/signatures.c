/* Signatures of digests in JWS form: RFC 7518, 3.3 and 3.4. */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/fatal.h"
#include "jose/algorithms.h"

/* SEQUENCE of two INTEGERs, each P256_BYTES and perhaps a zero in front: every length fits in one
 * byte. */
enum { ECDSA_DER_MAX = 2 + 2 * (2 + 1 + P256_BYTES) };

static size_t
integer_to_der(const uint8_t raw[P256_BYTES], uint8_t *out)
{
	size_t skip = 0, length, pad;

	while (skip < P256_BYTES - 1 && raw[skip] == 0)
		skip++;
	pad = raw[skip] & 0x80 ? 1 : 0;
	length = P256_BYTES - skip;
	out[0] = 0x02;
	out[1] = (uint8_t)(length + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, raw + skip, length);
	return (2 + pad + length);
}

static size_t
ecdsa_to_der(const uint8_t raw[2 * P256_BYTES], uint8_t out[ECDSA_DER_MAX])
{
	size_t length;

	length = integer_to_der(raw, out + 2);
	length += integer_to_der(raw + P256_BYTES, out + 2 + length);
	out[0] = 0x30;
	out[1] = (uint8_t)length;
	return (length + 2);
}

/* Returns bytes read, 0 when it is not an INTEGER that fits. */
static size_t
integer_from_der(const uint8_t *der, size_t length, uint8_t raw[P256_BYTES])
{
	size_t n;
	const uint8_t *at = der + 2;

	if (length < 3 || der[0] != 0x02 || der[1] == 0 || der[1] > P256_BYTES + 1 ||
	    length - 2 < der[1])
		return (0);
	n = der[1];
	if (n == P256_BYTES + 1 && *at != 0)
		return (0);
	if (n == P256_BYTES + 1) {
		at++;
		n--;
	}
	memset(raw, 0, P256_BYTES - n);
	memcpy(raw + P256_BYTES - n, at, n);
	return ((size_t)der[1] + 2);
}

static bool
ecdsa_from_der(const uint8_t *der, size_t length, uint8_t raw[2 * P256_BYTES])
{
	size_t first, second;

	if (length < 2 || length > ECDSA_DER_MAX || der[0] != 0x30 || der[1] != length - 2)
		return (false);
	if ((first = integer_from_der(der + 2, length - 2, raw)) == 0)
		return (false);
	second = integer_from_der(der + 2 + first, length - 2 - first, raw + P256_BYTES);
	return (second != 0 && 2 + first + second == length);
}

static EVP_PKEY_CTX *
context_create(struct jose_key *key, int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

	if (context == NULL || init(context) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1 ||
	    (key->algorithm == JOSE_RS256 &&
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1))
		fatal("a key for %s cannot be used", algorithms[key->algorithm].name);
	return (context);
}

bool
key_sign(
    struct jose_key *key, const uint8_t digest[SHA256_BYTES], uint8_t *signature, size_t *length)
{
	size_t n;
	uint8_t der[ECDSA_DER_MAX];

	if (key->signing == NULL)
		key->signing = context_create(key, EVP_PKEY_sign_init);
	if (key->algorithm == JOSE_ES256) {
		n = sizeof(der);
		if (EVP_PKEY_sign(key->signing, der, &n, digest, SHA256_BYTES) != 1 ||
		    !ecdsa_from_der(der, n, signature))
			return (false);
		*length = 2 * P256_BYTES;
		return (true);
	}
	*length = RSA_BITS_MAX / 8;
	return (EVP_PKEY_sign(key->signing, signature, length, digest, SHA256_BYTES) == 1);
}

bool
key_verify(struct jose_key *key, const uint8_t digest[SHA256_BYTES], const uint8_t *signature,
    size_t length)
{
	bool is_right;
	size_t expected = algorithms[key->algorithm].signature_length;
	uint8_t der[ECDSA_DER_MAX];

	if (expected == 0)
		expected = (size_t)EVP_PKEY_get_size(key->pkey);
	if (length != expected)
		return (false);
	if (key->algorithm == JOSE_ES256) {
		length = ecdsa_to_der(signature, der);
		signature = der;
	}
	if (key->verifying == NULL)
		key->verifying = context_create(key, EVP_PKEY_verify_init);
	is_right = EVP_PKEY_verify(key->verifying, signature, length, digest, SHA256_BYTES) == 1;
	if (!is_right)
		ERR_clear_error();
	return (is_right);
}
