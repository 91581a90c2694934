/* kty OKP: RFC 8037, 2. The one curve is Ed25519 (RFC 8032, 5.1). */
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "jose/ed25519.h"
#include "jose/jwk.h"

static EVP_PKEY *
okp_generate(const struct algorithm *algorithm)
{
	(void)algorithm;
	return (EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
}

static bool
okp_fits(const struct algorithm *algorithm, const EVP_PKEY *pkey)
{
	(void)algorithm;
	return (EVP_PKEY_is_a(pkey, "ED25519") == 1);
}

static void
okp_point(const EVP_PKEY *pkey, uint8_t point[ED25519_BYTES])
{
	size_t length = ED25519_BYTES;

	if (EVP_PKEY_get_raw_public_key(pkey, point, &length) != 1 || length != ED25519_BYTES)
		fatal("a key's point cannot be read");
}

/* OpenSSL makes the point of d and takes no other beside it. */
static EVP_PKEY *
okp_read(struct jwk_reading *reading, const struct algorithm *algorithm)
{
	uint8_t *x, *d, point[ED25519_BYTES];
	EVP_PKEY *pkey;

	if (!jwk_bytes(reading, "x", algorithm->coordinate, &x))
		return (NULL);
	if (!ed25519_is_sound(x))
		return (jwk_refuse(reading, NULL, "x is no point that a key can have"));
	if (reading->kind != JWK_PRIVATE)
		return (EVP_PKEY_new_raw_public_key_ex(
		    NULL, "ED25519", NULL, x, algorithm->coordinate));
	if (!jwk_bytes(reading, "d", algorithm->coordinate, &d))
		return (NULL);
	pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, d, algorithm->coordinate);
	if (pkey == NULL)
		return (NULL);
	okp_point(pkey, point);
	if (memcmp(point, x, sizeof(point)) != 0)
		return (jwk_refuse(reading, pkey, "x and d do not belong together"));
	return (pkey);
}

static void
okp_write(struct json_writer *writer, struct arena *arena, const struct algorithm *algorithm,
    const EVP_PKEY *pkey)
{
	uint8_t point[ED25519_BYTES];

	okp_point(pkey, point);
	writer_text(writer, "crv", algorithm->crv);
	writer_text(writer, "kty", "OKP");
	writer_text(writer, "x", base64url_encode(arena, point, sizeof(point)));
}

const struct key_type key_type_okp = {
    .kty = "OKP",
    .generate = okp_generate,
    .fits = okp_fits,
    .read = okp_read,
    .write = okp_write,
};
