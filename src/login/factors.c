/* THE TABLE of factors. */
#include "login/factors.h"

extern const struct factor factor_password;

const struct factor *const factors[] = {
    &factor_password,
};
const size_t factors_count = sizeof(factors) / sizeof(factors[0]);

const char *
factors_acr(struct call *call, int strength)
{
	return (arena_format(call->arena, "urn:latchkey:acr:%d", strength));
}
