/* Argon2id hashes as PHC strings, computed on threads. */
#include "people/phc.h"

#include <string.h>

#include "async/threads.h"
#include "base/log.h"
#include "base/secret.h"
#include "people/argon2id.h"

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct password_cost cost_of_new = {.memory_kib = 19456, .passes = 2, .lanes = 1};

void
phc_start(const struct password_cost *cost)
{
	cost_of_new = *cost;
	argon2id_start();
}

const struct password_cost *
phc_cost(void)
{
	return (&cost_of_new);
}

/* A decimal number without leading zeros after `prefix`, up to the byte `end`. NULL: it is not. */
static const char *
parse_number(const char *at, const char *prefix, char end, unsigned most, unsigned *out)
{
	uint64_t value = 0;
	size_t digits = 0;

	if (strncmp(at, prefix, strlen(prefix)) != 0)
		return (NULL);
	at += strlen(prefix);
	if (*at == '0')
		return (NULL);
	for (; *at >= '0' && *at <= '9' && digits < 10; at++, digits++)
		value = value * 10 + (uint64_t)(*at - '0');
	if (digits == 0 || *at != end || value > most)
		return (NULL);
	*out = (unsigned)value;
	return (at + 1);
}

/* RFC 4648, 4, without padding; non-zero trailing bits are refused. */
static bool
parse_base64(const char *at, size_t length, uint8_t *out, size_t most, size_t *out_length)
{
	uint32_t bits = 0;
	unsigned held = 0;
	const char *digit;
	size_t i, made = 0;

	if (length % 4 == 1)
		return (false);
	for (i = 0; i < length; i++) {
		digit = memchr(base64_alphabet, at[i], sizeof(base64_alphabet) - 1);
		if (digit == NULL)
			return (false);
		bits = bits << 6 | (uint32_t)(digit - base64_alphabet);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (made == most)
			return (false);
		out[made++] = (uint8_t)(bits >> held);
		bits &= (1U << held) - 1;
	}
	*out_length = made;
	return (bits == 0);
}

static char *
add_base64(char *at, const uint8_t *bytes, size_t length)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		bits = bits << 8 | bytes[i];
		for (held += 8; held >= 6; held -= 6)
			*at++ = base64_alphabet[bits >> (held - 6) & 0x3f];
		bits &= (1U << held) - 1;
	}
	if (held > 0)
		*at++ = base64_alphabet[bits << (6 - held) & 0x3f];
	return (at);
}

bool
phc_parse(const char *text, struct phc *out)
{
	static const char head[] = "$argon2id$v=19$";
	struct phc phc = {0};
	const char *at, *salt;
	size_t length;

	if (strnlen(text, PHC_TEXT_MAX + 1) > PHC_TEXT_MAX ||
	    strncmp(text, head, sizeof(head) - 1) != 0)
		return (false);
	at = text + sizeof(head) - 1;
	at = parse_number(at, "m=", ',', PHC_MEMORY_KIB_MAX, &phc.cost.memory_kib);
	if (at != NULL)
		at = parse_number(at, "t=", ',', PHC_PASSES_MAX, &phc.cost.passes);
	if (at != NULL)
		at = parse_number(at, "p=", '$', PHC_LANES_MAX, &phc.cost.lanes);
	if (at == NULL || phc.cost.memory_kib < 8 * phc.cost.lanes)
		return (false);
	salt = at;
	length = strcspn(salt, "$");
	if (salt[length] != '$' ||
	    !parse_base64(salt, length, phc.salt, sizeof(phc.salt), &phc.salt_length))
		return (false);
	at = salt + length + 1;
	if (!parse_base64(at, strlen(at), phc.tag, sizeof(phc.tag), &phc.tag_length))
		return (false);
	if (phc.salt_length < PHC_SALT_MIN || phc.tag_length < PHC_TAG_MIN)
		return (false);
	*out = phc;
	return (true);
}

char *
phc_format(struct arena *arena, const struct phc *phc)
{
	char salt[PHC_SALT_MAX * 4 / 3 + 4], tag[PHC_TAG_MAX * 4 / 3 + 4];

	*add_base64(salt, phc->salt, phc->salt_length) = '\0';
	*add_base64(tag, phc->tag, phc->tag_length) = '\0';
	return (arena_format(arena, "$argon2id$v=19$m=%u,t=%u,p=%u$%s$%s", phc->cost.memory_kib,
	    phc->cost.passes, phc->cost.lanes, salt, tag));
}

bool
phc_compute(struct phc *phc, const void *secret, size_t length)
{
	return (length <= PHC_SECRET_MAX && argon2id_compute(phc, secret, length));
}

/* What a thread works on; touches nothing else. */
struct phc_work {
	struct phc phc;
	const char *secret;
	size_t length;
	bool is_computed;
};

static void
work_run(void *argument)
{
	struct phc_work *work = argument;

	work->is_computed = phc_compute(&work->phc, work->secret, work->length);
}

static enum result
work_wait(struct call *call, const struct phc *phc, const char *secret, struct phc_work **out)
{
	struct phc_work *work = arena_alloc(call->arena, sizeof(*work));
	enum result result;

	work->phc = *phc;
	work->length = strlen(secret);
	work->secret = arena_copy(call->arena, secret, work->length + 1);
	result = thread_run(call, work_run, work);
	if (result != RESULT_OK)
		return (result);
	if (!work->is_computed) {
		log_error("argon2id failed", FIELD_NUMBER("memory_kib", phc->cost.memory_kib));
		return (call_fail(call, RESULT_FAILED, "argon2id failed"));
	}
	*out = work;
	return (RESULT_OK);
}

enum result
phc_hash(struct call *call, const char *secret, const char **text)
{
	struct phc phc = {.cost = cost_of_new, .salt_length = PHC_SALT, .tag_length = PHC_TAG};
	struct phc_work *work;
	enum result result;

	random_bytes(phc.salt, phc.salt_length);
	result = work_wait(call, &phc, secret, &work);
	if (result == RESULT_OK)
		*text = phc_format(call->arena, &work->phc);
	return (result);
}

enum result
phc_verify(struct call *call, const struct phc *phc, const char *secret, bool *matches)
{
	struct phc_work *work;
	enum result result;

	result = work_wait(call, phc, secret, &work);
	if (result == RESULT_OK)
		*matches =
		    secret_equal(work->phc.tag, work->phc.tag_length, phc->tag, phc->tag_length);
	return (result);
}
