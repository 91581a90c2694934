/* Keys and signatures printed in the RFCs. */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"

#define RFC7515_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define RFC7515_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define RFC7515_PAYLOAD                                                                            \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0" \
	"cnVlfQ"
/* A.3.1 */
#define RFC7515_ES256                                                                              \
	"eyJhbGciOiJFUzI1NiJ9." RFC7515_PAYLOAD                                                    \
	".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
/* A.2.1 */
#define RFC7515_N                                                                                  \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"                    \
	"4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ"                                                  \
	"S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-"                                 \
	"bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2"                                     \
	"R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"         \
	"h9iaGNj8q2ethFkMLs91kzk2PAcD"                                                             \
	"TW9gb54h4FRWyuXpoQ"
#define RFC7515_RS256                                                                              \
	"eyJhbGciOiJSUzI1NiJ9." RFC7515_PAYLOAD                                                    \
	".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"   \
	"O8W2Fp5jujGbds9uJdbF9"                                                                    \
	"CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"                                                     \
	"nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6"                 \
	"_dO--xi12jzDwusC-"                                                                        \
	"eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVr" \
	"Bp0"                                                                                      \
	"igcN_IoypGlUPQGe77Rw"
/* RFC 7638, 3.1 */
#define RFC7638_N                                                                                  \
	"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"  \
	"BJECPebWKRXjBZCiFV4n3"                                                                    \
	"oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"                      \
	"FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"                                                \
	"ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"     \
	"xBniIqbw0Ls1jF44-csFCur-"                                                                 \
	"kEgU8awapJzKnqDKgw"

static inline uint8_t *
vector_bytes(struct arena *arena, const char *text, size_t *length)
{
	uint8_t *bytes;

	ck_assert(base64url_decode(arena, text, strlen(text), &bytes, length));
	return (bytes);
}

/* A key from its OpenSSL parameters, by way of its SubjectPublicKeyInfo. */
static inline struct jose_key *
vector_key(enum jose_algorithm algorithm, const char *type, OSSL_PARAM_BLD *builder)
{
	int length;
	uint8_t *der = NULL;
	struct jose_key *key;
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);

	ck_assert_int_eq(EVP_PKEY_fromdata_init(context), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters), 1);
	length = i2d_PUBKEY(pkey, &der);
	ck_assert_int_gt(length, 0);
	key = jose_key_from_public_der(algorithm, der, (size_t)length);
	OPENSSL_free(der);
	OSSL_PARAM_free(parameters);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(pkey);
	return (key);
}

static inline struct jose_key *
vector_rsa(struct arena *arena, const char *n, const char *e)
{
	size_t n_length, e_length;
	uint8_t *n_bytes = vector_bytes(arena, n, &n_length),
		*e_bytes = vector_bytes(arena, e, &e_length);
	BIGNUM *modulus = BN_bin2bn(n_bytes, (int)n_length, NULL);
	BIGNUM *exponent = BN_bin2bn(e_bytes, (int)e_length, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	struct jose_key *key;

	ck_assert_int_eq(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus), 1);
	ck_assert_int_eq(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent), 1);
	key = vector_key(JOSE_RS256, "RSA", builder);
	OSSL_PARAM_BLD_free(builder);
	BN_free(modulus);
	BN_free(exponent);
	return (key);
}

static inline struct jose_key *
vector_ec(struct arena *arena, const char *x, const char *y)
{
	size_t x_length, y_length;
	uint8_t point[65], *x_bytes = vector_bytes(arena, x, &x_length);
	uint8_t *y_bytes = vector_bytes(arena, y, &y_length);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	struct jose_key *key;

	ck_assert_uint_eq(x_length + y_length, 64);
	point[0] = 4;
	memcpy(point + 1, x_bytes, 32);
	memcpy(point + 33, y_bytes, 32);
	ck_assert_int_eq(
	    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0),
	    1);
	ck_assert_int_eq(OSSL_PARAM_BLD_push_octet_string(
			     builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
	    1);
	key = vector_key(JOSE_ES256, "EC", builder);
	OSSL_PARAM_BLD_free(builder);
	return (key);
}

#endif
