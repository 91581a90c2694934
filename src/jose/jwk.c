/* JSON Web Keys of others: RFC 7517, 4. */
#include <openssl/bn.h>
#include <openssl/err.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jwk.h"

enum { SCRATCH_BYTES = 32768, OPERATIONS_MAX = 16 };

EVP_PKEY *
jwk_refuse(struct jwk_reading *reading, EVP_PKEY *pkey, const char *error)
{
	EVP_PKEY_free(pkey);
	reading->error = error;
	return (NULL);
}

static bool
decode(struct jwk_reading *reading, const char *name, uint8_t **out, size_t *length)
{
	const json_t *value = json_object_get(reading->jwk, name);

	if (!json_is_string(value) || json_string_length(value) > 2 * SIGNATURE_MAX ||
	    !base64url_decode(reading->scratch, json_string_value(value), json_string_length(value),
		out, length)) {
		reading->error = "a member of the key is missing or not base64url";
		return (false);
	}
	return (true);
}

bool
jwk_bytes(struct jwk_reading *reading, const char *name, size_t length, uint8_t **out)
{
	size_t n;

	if (!decode(reading, name, out, &n))
		return (false);
	if (n != length)
		reading->error = "a member of the key is not as long as its curve asks";
	return (n == length);
}

/* OpenSSL takes numbers in the byte order of the machine. */
static bool
add_number(struct jwk_reading *reading, const char *parameter, const uint8_t *bytes, size_t length)
{
	bool is_fine;
	uint8_t *native = arena_alloc(reading->scratch, length);
	BIGNUM *number = BN_bin2bn(bytes, (int)length, NULL);

	is_fine = number != NULL && BN_bn2nativepad(number, native, (int)length) == (int)length;
	BN_clear_free(number);
	jwk_parameter(reading, OSSL_PARAM_construct_BN(parameter, native, length));
	if (!is_fine)
		reading->error = "a number of the key cannot be read";
	return (is_fine);
}

bool
jwk_number(struct jwk_reading *reading, const char *name, const char *parameter)
{
	size_t length;
	uint8_t *bytes;

	if (!decode(reading, name, &bytes, &length))
		return (false);
	if (length == 0 || length > RSA_BITS_MAX / 8 || bytes[0] == 0) {
		reading->error = "a number of the key is too long, or has leading zeros";
		return (false);
	}
	return (add_number(reading, parameter, bytes, length));
}

bool
jwk_fixed_number(
    struct jwk_reading *reading, const char *name, const char *parameter, size_t length)
{
	uint8_t *bytes;

	return (jwk_bytes(reading, name, length, &bytes) &&
		add_number(reading, parameter, bytes, length));
}

void
jwk_parameter(struct jwk_reading *reading, OSSL_PARAM parameter)
{
	reading->parameters[reading->count++] = parameter;
	reading->parameters[reading->count] = OSSL_PARAM_construct_end();
}

EVP_PKEY *
jwk_build(struct jwk_reading *reading, const char *type)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	int selection = reading->kind == JWK_PRIVATE ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;

	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, selection, reading->parameters) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	return (pkey);
}

static bool
is_sound(EVP_PKEY *pkey, enum jwk_kind kind)
{
	EVP_PKEY_CTX *context;
	bool is_fine;

	if (kind == JWK_SERVED && EVP_PKEY_is_a(pkey, "RSA") == 1)
		return (true);
	context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	is_fine = context != NULL && EVP_PKEY_public_check(context) == 1 &&
		  (kind != JWK_PRIVATE || EVP_PKEY_pairwise_check(context) == 1);
	EVP_PKEY_CTX_free(context);
	return (is_fine);
}

bool
jwk_is_of_type(const json_t *jwk, const struct algorithm *algorithm, const char **error)
{
	if (!text_equal(member_text(jwk, "kty"), algorithm->type->kty))
		*error = "kty is not the algorithm's";
	else if (algorithm->crv != NULL && !text_equal(member_text(jwk, "crv"), algorithm->crv))
		*error = "crv is not the algorithm's";
	else
		return (true);
	return (false);
}

/* RFC 7517, 4.3: an array of strings that are not repeated. */
static bool
operations_have(const json_t *operations, const char *operation)
{
	size_t i, j;
	bool has = false;

	if (!json_is_array(operations) || json_array_size(operations) > OPERATIONS_MAX)
		return (false);
	for (i = 0; i < json_array_size(operations); i++) {
		const char *name = json_string_value(json_array_get(operations, i));

		if (name == NULL)
			return (false);
		for (j = 0; j < i; j++)
			if (text_equal(name, json_string_value(json_array_get(operations, j))))
				return (false);
		has = has || text_equal(name, operation);
	}
	return (has);
}

bool
jwk_may(
    const json_t *jwk, const struct algorithm *algorithm, const char *operation, const char **error)
{
	const json_t *use = json_object_get(jwk, "use"), *alg = json_object_get(jwk, "alg");
	const json_t *operations = json_object_get(jwk, "key_ops");

	if (use != NULL && !text_equal(json_string_value(use), "sig"))
		*error = "use is not sig";
	else if (operations != NULL && !operations_have(operations, operation))
		*error = "key_ops does not allow it";
	else if (alg != NULL && !text_equal(json_string_value(alg), algorithm->name))
		*error = "alg is another algorithm";
	else
		return (true);
	return (false);
}

bool
jwk_has_private(const json_t *jwk)
{
	/* RFC 7518, 6.2.2, 6.3.2 and 6.4.1; RFC 8037, 2. */
	static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(jwk, members[i]) != NULL)
			return (true);
	return (false);
}

EVP_PKEY *
jwk_read(
    const json_t *jwk, const struct algorithm *algorithm, enum jwk_kind kind, const char **error)
{
	struct jwk_reading reading = {.jwk = jwk, .kind = kind};
	EVP_PKEY *pkey;

	reading.scratch = arena_create(SCRATCH_BYTES);
	pkey = algorithm->type->read(&reading, algorithm);
	if (pkey == NULL && reading.error == NULL)
		reading.error = "its members make no key";
	if (pkey != NULL && !is_sound(pkey, kind))
		pkey = jwk_refuse(&reading, pkey, "the key is not sound");
	arena_destroy(reading.scratch);
	/* What OpenSSL noted while it read hostile bytes must not be found by the next TLS call. */
	ERR_clear_error();
	if (pkey == NULL)
		*error = reading.error;
	return (pkey);
}

struct jose_key *
jose_key_from_jwk(const json_t *jwk, enum jose_algorithm algorithm, const char **error)
{
	EVP_PKEY *pkey;
	const struct algorithm *row = &algorithms[algorithm];

	if (jwk_has_private(jwk)) {
		*error = "it holds a private member";
		return (NULL);
	}
	if (!jwk_is_of_type(jwk, row, error) || !jwk_may(jwk, row, "verify", error) ||
	    (pkey = jwk_read(jwk, row, JWK_PUBLIC, error)) == NULL)
		return (NULL);
	return (key_wrap(algorithm, pkey, false));
}

struct jose_key *
jose_key_from_private_jwk(const json_t *jwk, enum jose_algorithm algorithm, const char **error)
{
	EVP_PKEY *pkey;
	const struct algorithm *row = &algorithms[algorithm];

	if (!jwk_is_of_type(jwk, row, error) || !jwk_may(jwk, row, "sign", error) ||
	    (pkey = jwk_read(jwk, row, JWK_PRIVATE, error)) == NULL)
		return (NULL);
	return (key_wrap(algorithm, pkey, true));
}

char *
jose_jwk_thumbprint(struct arena *arena, const json_t *jwk, const char **error)
{
	int algorithm;
	char *thumbprint = NULL;
	EVP_PKEY *pkey;
	struct jose_key *key;

	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++)
		if (jwk_is_of_type(jwk, &algorithms[algorithm], error))
			break;
	if (algorithm == JOSE_ALGORITHMS) {
		*error = "kty and crv are not spoken here";
		return (NULL);
	}
	if ((pkey = jwk_read(jwk, &algorithms[algorithm], JWK_PUBLIC, error)) == NULL)
		return (NULL);
	key = key_wrap((enum jose_algorithm)algorithm, pkey, false);
	if (key != NULL)
		thumbprint = jose_key_thumbprint(arena, key);
	jose_key_free(key);
	return (thumbprint);
}
