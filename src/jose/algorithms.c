/* JSON Web Algorithms (RFC 7518, 3.1): the table. */
#include <string.h>

#include "jose/algorithms.h"

const struct algorithm algorithms[JOSE_ALGORITHMS] = {
    [JOSE_ES256] = {"ES256", "EC", 2 * P256_BYTES},
    [JOSE_RS256] = {"RS256", "RSA", 0},
};

const char *
jose_algorithm_name(enum jose_algorithm algorithm)
{
	return (algorithms[algorithm].name);
}

bool
jose_algorithm_find(const char *name, enum jose_algorithm *out)
{
	int i;

	for (i = 0; i < JOSE_ALGORITHMS; i++) {
		if (text_equal(name, algorithms[i].name)) {
			*out = (enum jose_algorithm)i;
			return (true);
		}
	}
	return (false);
}
