/*
 * Argon2id at m=19456 KiB, t=2, p=1: hashes per CPU second of libargon2 and libsodium, one thread.
 *   gcc -O2 -o /tmp/argon2_bench docs/decisions/0001_argon2_implementation.c -largon2 -lsodium
 *   /tmp/argon2_bench 60
 */
#include <argon2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MEMORY_KIB = 19456, PASSES = 2, TAG = 32 };

static uint8_t *reused;
static const char password[] = "correct horse battery staple";
static const uint8_t salt[16] = "0123456789abcde";

static int
reuse(uint8_t **memory, size_t bytes)
{
	if (reused == NULL)
		reused =
		    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*memory = reused;
	return (0);
}

static void
keep(uint8_t *memory, size_t bytes)
{
	(void)memory;
	(void)bytes;
}

static void
with_libargon2(uint8_t *out, int arena)
{
	uint8_t copy[sizeof(password)], salt_copy[sizeof(salt)];
	argon2_context context = {.out = out,
	    .outlen = TAG,
	    .pwd = copy,
	    .pwdlen = sizeof(password) - 1,
	    .salt = salt_copy,
	    .saltlen = sizeof(salt),
	    .t_cost = PASSES,
	    .m_cost = MEMORY_KIB,
	    .lanes = 1,
	    .threads = 1,
	    .version = ARGON2_VERSION_13,
	    .allocate_cbk = arena ? reuse : NULL,
	    .free_cbk = arena ? keep : NULL};

	memcpy(copy, password, sizeof(password));
	memcpy(salt_copy, salt, sizeof(salt));
	if (argon2id_ctx(&context) != ARGON2_OK)
		abort();
}

static void
libargon2_plain(uint8_t *out)
{
	with_libargon2(out, 0);
}

static void
libargon2_arena(uint8_t *out)
{
	with_libargon2(out, 1);
}

static void
libsodium(uint8_t *out)
{
	if (crypto_pwhash(out, TAG, password, sizeof(password) - 1, salt, PASSES,
		(size_t)MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort();
}

static double
seconds(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return ((double)now.tv_sec + (double)now.tv_nsec / 1e9);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*hash)(uint8_t *);
	} candidates[] = {{"libargon2", libargon2_plain},
	    {"libargon2, arena kept", libargon2_arena}, {"libsodium", libsodium}};
	double spent[3] = {0};
	int rounds = argc > 1 ? atoi(argv[1]) : 60;
	uint8_t out[3][TAG];

	if (sodium_init() < 0)
		return (1);
	/* Interleaved, so that a noisy neighbour disturbs all alike. */
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < 3; i++) {
			double began = seconds(CLOCK_PROCESS_CPUTIME_ID);

			candidates[i].hash(out[i]);
			spent[i] += seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
		}
	}
	for (size_t i = 0; i < 3; i++)
		printf("%-24s %6.1f hashes per CPU second%s\n", candidates[i].name,
		    rounds / spent[i], memcmp(out[i], out[0], TAG) == 0 ? "" : "  OUTPUT DIFFERS");
	return (0);
}
