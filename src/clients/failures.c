/* A place is one 64-bit word, so that workers need no lock: tag, second of the first failure,
 * count.
 */
#include "clients/failures.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fatal.h"
#include "base/secret.h"

enum {
	SETS = 16384,
	WAYS = 4,
	WINDOW_SECONDS = 60,
	COUNT_BITS = 8,
	SECOND_BITS = 28, /* of the machine's uptime */
	TAG_BITS = 64 - COUNT_BITS - SECOND_BITS
};

struct place {
	uint64_t tag, second;
	unsigned count;
};

static struct {
	uint8_t key[SHA256_BYTES];
	_Atomic uint64_t words[SETS][WAYS];
} * table;
static unsigned most;

void
client_failures_prepare(unsigned limit)
{
	most = limit < CLIENT_FAILURES_MAX ? limit : CLIENT_FAILURES_MAX;
	if (most == 0 || table != NULL)
		return;
	table =
	    mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		fatal("no memory for failed authentications");
	random_bytes(table->key, sizeof(table->key));
}

static uint64_t
pack(struct place place)
{
	return (place.tag << (SECOND_BITS + COUNT_BITS) | place.second << COUNT_BITS | place.count);
}

static struct place
unpack(uint64_t word)
{
	return ((struct place){
	    .tag = word >> (SECOND_BITS + COUNT_BITS),
	    .second = word >> COUNT_BITS & ((UINT64_C(1) << SECOND_BITS) - 1),
	    .count = (unsigned)(word & ((1U << COUNT_BITS) - 1)),
	});
}

static bool
is_live(struct place place, uint64_t second)
{
	return (place.count > 0 && second < place.second + WINDOW_SECONDS);
}

/* The set of places for it, and its tag there. */
static _Atomic uint64_t *
set_of(const struct client_attempt *attempt, uint64_t *tag)
{
	const char *const parts[] = {attempt->issuer, attempt->client_id, attempt->peer};
	uint8_t digests[3][SHA256_BYTES], digest[SHA256_BYTES];
	uint64_t numbers[2];
	size_t i;

	for (i = 0; i < 3; i++)
		sha256(parts[i], strlen(parts[i]), digests[i]);
	hmac_sha256(table->key, sizeof(table->key), digests, sizeof(digests), digest);
	memcpy(numbers, digest, sizeof(numbers));
	*tag = numbers[0] >> (64 - TAG_BITS);
	return (table->words[numbers[1] % SETS]);
}

unsigned
client_failures_wait(const struct client_attempt *attempt, uint64_t now_ms)
{
	uint64_t tag, second = now_ms / 1000;
	_Atomic uint64_t *set;
	struct place place;
	size_t i;

	if (most == 0)
		return (0);
	set = set_of(attempt, &tag);
	for (i = 0; i < WAYS; i++) {
		place = unpack(set[i]);
		if (place.tag == tag && is_live(place, second) && place.count >= most)
			return ((unsigned)(place.second + WINDOW_SECONDS - second));
	}
	return (0);
}

/* Its own place; else one that is free; else that of the fewest failures. */
static size_t
place_choose(const uint64_t *words, uint64_t tag, uint64_t second)
{
	size_t chosen = 0, i;
	unsigned count, least = UINT32_MAX;
	struct place place;

	for (i = 0; i < WAYS; i++) {
		place = unpack(words[i]);
		if (is_live(place, second) && place.tag == tag)
			return (i);
		count = is_live(place, second) ? place.count : 0;
		if (count < least) {
			least = count;
			chosen = i;
		}
	}
	return (chosen);
}

void
client_failures_count(const struct client_attempt *attempt, uint64_t now_ms)
{
	uint64_t words[WAYS], tag, second = now_ms / 1000;
	_Atomic uint64_t *set;
	struct place place;
	size_t i, chosen;

	if (most == 0)
		return;
	set = set_of(attempt, &tag);
	do {
		for (i = 0; i < WAYS; i++)
			words[i] = set[i];
		chosen = place_choose(words, tag, second);
		place = unpack(words[chosen]);
		if (!is_live(place, second) || place.tag != tag)
			place = (struct place){.tag = tag, .second = second};
		if (place.count < most)
			place.count++;
	} while (!atomic_compare_exchange_weak(&set[chosen], &words[chosen], pack(place)));
}
