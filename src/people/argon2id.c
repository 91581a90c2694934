/*
 * Argon2id by libargon2.
 */
#include "people/argon2id.h"

#include <argon2.h>
#include <string.h>
#include <sys/mman.h>

#include "base/secret.h"

/* What a thread keeps for its next hash; larger ones go back to the system. */
enum { KEPT_BYTES_MAX = 64 * 1024 * 1024 };

static __thread struct {
	uint8_t *memory;
	size_t bytes;
} kept;

void
argon2id_start(void)
{
}

static int
memory_take(uint8_t **memory, size_t bytes)
{
	void *fresh;

	if (kept.memory != NULL && kept.bytes == bytes) {
		*memory = kept.memory;
		return (0);
	}
	if (kept.memory != NULL) {
		munmap(kept.memory, kept.bytes);
		kept.memory = NULL;
	}
	fresh = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fresh == MAP_FAILED)
		return (-1);
	kept.memory = fresh;
	kept.bytes = bytes;
	*memory = fresh;
	return (0);
}

static void
memory_give(uint8_t *memory, size_t bytes)
{
	if (bytes <= KEPT_BYTES_MAX)
		return;
	munmap(memory, bytes);
	kept.memory = NULL;
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
	    .allocate_cbk = memory_take,
	    .free_cbk = memory_give,
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
