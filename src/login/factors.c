/* THE TABLE of factors. */
#include "login/factors.h"

#include "base/text.h"

extern const struct factor factor_password;

const struct factor *const factors[] = {
    &factor_password,
};
const size_t factors_count = sizeof(factors) / sizeof(factors[0]);

enum { ACRS_MAX = 256 };

const char *
factors_acr(struct arena *arena, int strength)
{
	return (arena_format(arena, "urn:latchkey:acr:%d", strength));
}

const char *
factors_acrs(struct arena *arena)
{
	struct text list;
	size_t i;

	text_init(&list, arena, ACRS_MAX);
	for (i = 0; i < factors_count; i++)
		text_list_add(&list, factors_acr(arena, factors[i]->strength));
	return (list.data);
}
