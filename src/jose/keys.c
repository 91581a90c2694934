/* JSON Web Keys: making, reading, writing them (RFC 7517), and their thumbprints (RFC 7638). */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/secret.h"
#include "jose/algorithms.h"
#include "jose/jose.h"

struct jose_key *
key_wrap(enum jose_algorithm algorithm, EVP_PKEY *pkey, bool has_private)
{
	struct jose_key *key;
	const struct algorithm *row = &algorithms[algorithm];

	/* What OpenSSL noted while it read hostile bytes must not be found by the next TLS call. */
	ERR_clear_error();
	if (pkey == NULL || !row->type->fits(row, pkey)) {
		EVP_PKEY_free(pkey);
		return (NULL);
	}
	if ((key = OPENSSL_zalloc(sizeof(*key))) == NULL)
		fatal("out of memory for a key");
	key->algorithm = algorithm;
	key->has_private = has_private;
	key->pkey = pkey;
	return (key);
}

struct jose_key *
jose_key_generate(enum jose_algorithm algorithm)
{
	struct jose_key *key;
	const struct algorithm *row = &algorithms[algorithm];

	if ((key = key_wrap(algorithm, row->type->generate(row), true)) == NULL)
		fatal("a key for %s cannot be made", row->name);
	return (key);
}

struct jose_key *
jose_key_from_private_der(enum jose_algorithm algorithm, const uint8_t *der, size_t length)
{
	const uint8_t *at = der;
	EVP_PKEY *pkey = NULL;
	PKCS8_PRIV_KEY_INFO *info;

	if (length == 0 || length > JOSE_TOKEN_MAX)
		return (NULL);
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)length);
	if (info != NULL && at == der + length)
		pkey = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return (key_wrap(algorithm, pkey, true));
}

struct jose_key *
jose_key_from_public_der(enum jose_algorithm algorithm, const uint8_t *der, size_t length)
{
	const uint8_t *at = der;
	EVP_PKEY *pkey;

	if (length == 0 || length > JOSE_TOKEN_MAX)
		return (NULL);
	pkey = d2i_PUBKEY(NULL, &at, (long)length);
	if (at != der + length) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return (key_wrap(algorithm, pkey, false));
}

void
jose_key_free(struct jose_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_CTX_free(key->signing.digest);
	EVP_PKEY_CTX_free(key->verifying.digest);
	EVP_MD_CTX_free(key->signing.message);
	EVP_MD_CTX_free(key->verifying.message);
	EVP_PKEY_free(key->pkey);
	OPENSSL_clear_free(key, sizeof(*key));
}

enum jose_algorithm
jose_key_algorithm(const struct jose_key *key)
{
	return (key->algorithm);
}

uint8_t *
jose_key_private_der(struct arena *arena, const struct jose_key *key, size_t *length)
{
	int n;
	uint8_t *der = NULL, *copy;
	PKCS8_PRIV_KEY_INFO *info;

	if (!key->has_private)
		fatal("a public key has no private half to write");
	info = EVP_PKEY2PKCS8(key->pkey);
	n = info == NULL ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (n <= 0)
		fatal("a private key cannot be written");
	copy = arena_copy(arena, der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
	*length = (size_t)n;
	return (copy);
}

uint8_t *
jose_key_public_der(struct arena *arena, const struct jose_key *key, size_t *length)
{
	int n;
	uint8_t *der = NULL, *copy;

	if ((n = i2d_PUBKEY(key->pkey, &der)) <= 0)
		fatal("a public key cannot be written");
	copy = arena_copy(arena, der, (size_t)n);
	OPENSSL_free(der);
	*length = (size_t)n;
	return (copy);
}

/* RFC 7638, 3.2. */
static void
write_required(struct json_writer *writer, struct arena *arena, const struct jose_key *key)
{
	const struct algorithm *row = &algorithms[key->algorithm];

	row->type->write(writer, arena, row, key->pkey);
}

char *
jose_key_thumbprint(struct arena *arena, const struct jose_key *key)
{
	uint8_t digest[SHA256_BYTES];
	struct text text;
	struct json_writer writer;

	text_init(&text, arena, 2 * RSA_BITS_MAX / 8);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	write_required(&writer, arena, key);
	writer_object_end(&writer);
	sha256(text.data, text.length, digest);
	return (base64url_encode(arena, digest, sizeof(digest)));
}

void
jose_key_write_jwk(
    struct json_writer *writer, const char *name, const struct jose_key *key, struct arena *arena)
{
	writer_object_begin(writer, name);
	writer_text(writer, "kid", jose_key_thumbprint(arena, key));
	writer_text(writer, "use", "sig");
	writer_text(writer, "alg", algorithms[key->algorithm].name);
	write_required(writer, arena, key);
	writer_object_end(writer);
}
