/* The points of edwards25519: RFC 8032, 5.1. */
#include <openssl/bn.h>
#include <string.h>

#include "base/fatal.h"
#include "jose/ed25519.h"

/* -x^2 + y^2 = 1 + d x^2 y^2 modulo p = 2^255 - 19, with d = -121665/121666. */
struct field {
	BN_CTX *context;
	BIGNUM *p, *d;
};

static bool
field_start(struct field *field)
{
	BIGNUM *denominator;

	BN_CTX_start(field->context);
	field->p = BN_CTX_get(field->context);
	field->d = BN_CTX_get(field->context);
	denominator = BN_CTX_get(field->context);
	return (denominator != NULL && BN_set_bit(field->p, 255) == 1 &&
		BN_sub_word(field->p, 19) == 1 && BN_set_word(denominator, 121666) == 1 &&
		BN_mod_inverse(field->d, denominator, field->p, field->context) != NULL &&
		BN_mul_word(field->d, 121665) == 1 && BN_sub(field->d, field->p, field->d) == 1 &&
		BN_nnmod(field->d, field->d, field->p, field->context) == 1);
}

/* x^2 = u/v with u = y^2 - 1 and v = d y^2 + 1 has a root if u v is a square. A point has the order
 * 1 or 2 if u is 0, 4 if y is 0, and 8 if doubling it gives y = 0: x^2 = -y^2, or
 * d y^4 + 2 y^2 = 1, which is y^2 v = -u. */
static int
field_judges(const struct field *field, const BIGNUM *y)
{
	BN_CTX *context = field->context;
	BIGNUM *square = BN_CTX_get(context), *u = BN_CTX_get(context), *v = BN_CTX_get(context);
	BIGNUM *product = BN_CTX_get(context), *sum = BN_CTX_get(context);

	if (sum == NULL || BN_mod_sqr(square, y, field->p, context) != 1 ||
	    BN_mod_sub(u, square, BN_value_one(), field->p, context) != 1 ||
	    BN_mod_mul(v, field->d, square, field->p, context) != 1 ||
	    BN_mod_add(v, v, BN_value_one(), field->p, context) != 1 ||
	    BN_mod_mul(product, u, v, field->p, context) != 1 ||
	    BN_mod_mul(sum, square, v, field->p, context) != 1 ||
	    BN_mod_add(sum, sum, u, field->p, context) != 1)
		return (-1);
	if (BN_is_zero(y) || BN_is_zero(u) || BN_is_zero(sum))
		return (0);
	return (BN_kronecker(product, field->p, context) == 1);
}

bool
ed25519_is_sound(const uint8_t point[ED25519_BYTES])
{
	int is_sound = -1;
	uint8_t bytes[ED25519_BYTES];
	BIGNUM *y;
	struct field field = {.context = BN_CTX_new()};

	memcpy(bytes, point, sizeof(bytes));
	bytes[ED25519_BYTES - 1] &= 0x7f; /* the sign of x */
	y = BN_lebin2bn(bytes, sizeof(bytes), NULL);
	if (field.context != NULL && y != NULL && field_start(&field)) {
		is_sound = BN_cmp(y, field.p) >= 0 ? 0 : field_judges(&field, y);
		BN_CTX_end(field.context);
	}
	BN_free(y);
	BN_CTX_free(field.context);
	if (is_sound < 0)
		fatal("out of memory for a point");
	return (is_sound == 1);
}
