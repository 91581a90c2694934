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
	const char *acr;
	size_t i;

	text_init(&list, arena, ACRS_MAX);
	for (i = 0; i < factors_count; i++) {
		acr = factors_acr(arena, factors[i]->strength);
		if (text_list_has(list.data, acr))
			continue;
		if (list.length > 0)
			text_add_byte(&list, ' ');
		text_add(&list, acr);
	}
	return (list.data);
}
