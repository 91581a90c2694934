/*
 * Argon2id: libsodium, which picks wide vectors at run time, where it can express the parameters
 * (one lane, a salt of 16 bytes), libargon2 for the rest.
 */
#include "people/argon2id.h"

#include <argon2.h>
#include <sodium.h>
#include <string.h>

#include "base/fatal.h"
#include "base/secret.h"

void
argon2id_start(void)
{
	if (sodium_init() < 0)
		fatal("libsodium cannot start");
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
	if (phc->cost.lanes != 1 || phc->salt_length != crypto_pwhash_SALTBYTES)
		return (argon2id_compute_reference(phc, secret, length));
	return (
	    crypto_pwhash(phc->tag, phc->tag_length, secret, length, phc->salt, phc->cost.passes,
		(size_t)phc->cost.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0);
}
