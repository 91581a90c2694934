/* kty RSA: RFC 7518, 6.3. */
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "jose/jwk.h"

static EVP_PKEY *
rsa_generate(const struct algorithm *algorithm)
{
	(void)algorithm;
	return (EVP_RSA_gen(RSA_BITS_MIN));
}

static bool
rsa_fits(const struct algorithm *algorithm, const EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);

	(void)algorithm;
	return (EVP_PKEY_is_a(pkey, "RSA") == 1 && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX);
}

/* ROCA (CVE-2017-15361): every prime of these keys is a power of 65537 modulo small primes, and so
 * is n. One modulus in 2^27 is taken for one. */
static bool
is_of_roca(const BIGNUM *n)
{
	static const uint8_t primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53,
	    59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
	    151, 157, 163, 167};
	size_t i;
	unsigned power, steps, remainder;

	for (i = 0; i < sizeof(primes); i++) {
		remainder = (unsigned)BN_mod_word(n, primes[i]);
		power = 1;
		for (steps = 0; steps < primes[i] && power != remainder; steps++)
			power = power * (65537 % primes[i]) % primes[i];
		if (power != remainder)
			return (false);
	}
	return (true);
}

static const char *
rsa_weakness(const BIGNUM *n, const BIGNUM *e)
{
	if (BN_num_bits(n) < RSA_BITS_MIN)
		return ("n has fewer than 2048 bits");
	if (BN_num_bits(n) > RSA_BITS_MAX)
		return ("n has more than 4096 bits");
	if (!BN_is_odd(n))
		return ("n is even");
	if (!BN_is_odd(e) || BN_is_one(e))
		return ("e is even or too small");
	if (BN_num_bits(e) > EXPONENT_BITS_MAX)
		return ("e has more than 64 bits");
	if (is_of_roca(n))
		return ("n comes from a generator that is broken (ROCA)");
	return (NULL);
}

static const char *
rsa_weakness_of(const EVP_PKEY *pkey)
{
	const char *weakness = "its numbers cannot be read";
	BIGNUM *n = NULL, *e = NULL;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
		weakness = rsa_weakness(n, e);
	BN_free(n);
	BN_free(e);
	return (weakness);
}

static EVP_PKEY *
rsa_read(struct jwk_reading *reading, const struct algorithm *algorithm)
{
	static const struct {
		const char *member, *parameter;
		bool is_private;
	} numbers[] = {
	    {"n", OSSL_PKEY_PARAM_RSA_N, false},
	    {"e", OSSL_PKEY_PARAM_RSA_E, false},
	    {"d", OSSL_PKEY_PARAM_RSA_D, true},
	    {"p", OSSL_PKEY_PARAM_RSA_FACTOR1, true},
	    {"q", OSSL_PKEY_PARAM_RSA_FACTOR2, true},
	    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1, true},
	    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2, true},
	    {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1, true},
	};
	const char *weakness;
	EVP_PKEY *pkey;
	size_t i;

	(void)algorithm;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].is_private && reading->kind != JWK_PRIVATE)
			continue;
		if (!jwk_number(reading, numbers[i].member, numbers[i].parameter))
			return (NULL);
	}
	if ((pkey = jwk_build(reading, "RSA")) == NULL)
		return (NULL);
	if ((weakness = rsa_weakness_of(pkey)) != NULL)
		return (jwk_refuse(reading, pkey, weakness));
	return (pkey);
}

/* Big-endian, as long as it needs. */
static char *
rsa_number(struct arena *arena, const EVP_PKEY *pkey, const char *name)
{
	int n = -1;
	uint8_t bytes[RSA_BITS_MAX / 8];
	BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
	    BN_num_bytes(number) <= (int)sizeof(bytes))
		n = BN_bn2bin(number, bytes);
	BN_free(number);
	if (n < 0)
		fatal("a key's number %s cannot be read", name);
	return (base64url_encode(arena, bytes, (size_t)n));
}

static void
rsa_write(struct json_writer *writer, struct arena *arena, const struct algorithm *algorithm,
    const EVP_PKEY *pkey)
{
	(void)algorithm;
	writer_text(writer, "e", rsa_number(arena, pkey, OSSL_PKEY_PARAM_RSA_E));
	writer_text(writer, "kty", "RSA");
	writer_text(writer, "n", rsa_number(arena, pkey, OSSL_PKEY_PARAM_RSA_N));
}

const struct key_type key_type_rsa = {
    .kty = "RSA",
    .generate = rsa_generate,
    .fits = rsa_fits,
    .read = rsa_read,
    .write = rsa_write,
};
