/*
 * Argon2id by libargon2.
 */
#include "people/argon2id.h"

#include <argon2.h>
#include <string.h>

#include "base/secret.h"

void
argon2id_start(void)
{
}

bool
argon2id_compute_reference(struct phc *phc, const void *secret, size_t length)
{
	uint8_t copy[PHC_SECRET_MAX];
	argon2_context context = {
	    .out = phc->tag,
	    .outlen = (uint32_t)phc->tag_length,
	    .pwd = copy,
	    .pwdlen = (uint32_t)length,
	    .salt = phc->salt,
	    .saltlen = (uint32_t)phc->salt_length,
	    .t_cost = phc->cost.passes,
	    .m_cost = phc->cost.memory_kib,
	    .lanes = phc->cost.lanes,
	    .threads = 1,
	    .version = ARGON2_VERSION_13,
	};
	int result;

	if (length > sizeof(copy))
		return (false);
	memcpy(copy, secret, length);
	result = argon2id_ctx(&context);
	secret_wipe(copy, sizeof(copy));
	return (result == ARGON2_OK);
}

bool
argon2id_compute(struct phc *phc, const void *secret, size_t length)
{
	return (argon2id_compute_reference(phc, secret, length));
}
