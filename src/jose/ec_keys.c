/* kty EC: RFC 7518, 6.2. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "jose/jwk.h"

static EVP_PKEY *
ec_generate(const struct algorithm *algorithm)
{
	return (EVP_EC_gen(algorithm->group));
}

static bool
ec_fits(const struct algorithm *algorithm, const EVP_PKEY *pkey)
{
	char group[32];
	size_t length;

	return (EVP_PKEY_is_a(pkey, "EC") == 1 &&
		EVP_PKEY_get_group_name(pkey, group, sizeof(group), &length) == 1 &&
		text_equal(group, algorithm->group));
}

static EVP_PKEY *
ec_read(struct jwk_reading *reading, const struct algorithm *algorithm)
{
	size_t n = algorithm->coordinate;
	char *group = arena_string(reading->scratch, algorithm->group);
	uint8_t *x, *y, *point;

	/* RFC 7518, 6.2.1.2 and 6.2.2.1: as long as the curve's field, never shorter. */
	if (!jwk_bytes(reading, "x", n, &x) || !jwk_bytes(reading, "y", n, &y))
		return (NULL);
	if (reading->kind == JWK_PRIVATE &&
	    !jwk_fixed_number(reading, "d", OSSL_PKEY_PARAM_PRIV_KEY, n))
		return (NULL);
	point = arena_alloc(reading->scratch, 1 + 2 * n);
	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, x, n);
	memcpy(point + 1 + n, y, n);
	jwk_parameter(
	    reading, OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0));
	jwk_parameter(
	    reading, OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * n));
	return (jwk_build(reading, "EC"));
}

static char *
ec_coordinate(
    struct arena *arena, const EVP_PKEY *pkey, const char *name, const struct algorithm *algorithm)
{
	int n = -1;
	uint8_t bytes[COORDINATE_MAX];
	BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) == 1)
		n = BN_bn2binpad(number, bytes, (int)algorithm->coordinate);
	BN_free(number);
	if (n < 0)
		fatal("a key's coordinate %s cannot be read", name);
	return (base64url_encode(arena, bytes, (size_t)n));
}

static void
ec_write(struct json_writer *writer, struct arena *arena, const struct algorithm *algorithm,
    const EVP_PKEY *pkey)
{
	writer_text(writer, "crv", algorithm->crv);
	writer_text(writer, "kty", "EC");
	writer_text(writer, "x", ec_coordinate(arena, pkey, OSSL_PKEY_PARAM_EC_PUB_X, algorithm));
	writer_text(writer, "y", ec_coordinate(arena, pkey, OSSL_PKEY_PARAM_EC_PUB_Y, algorithm));
}

const struct key_type key_type_ec = {
    .kty = "EC",
    .generate = ec_generate,
    .fits = ec_fits,
    .read = ec_read,
    .write = ec_write,
};
