/* UUIDv7: RFC 9562, 5.7. */
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/secret.h"

struct uuid
uuid_create(void)
{
	int i;
	uint64_t ms = (uint64_t)(clock_now_us() / 1000);
	struct uuid uuid;

	random_bytes(uuid.bytes + 6, UUID_BYTES - 6);
	for (i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	uuid.bytes[6] = (uint8_t)(0x70 | (uuid.bytes[6] & 0x0f));
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
	return (uuid);
}

int64_t
uuid_time_ms(const struct uuid *uuid)
{
	int i;
	int64_t ms = 0;

	for (i = 0; i < 6; i++)
		ms = ms << 8 | uuid->bytes[i];
	return (ms);
}

bool
uuid_parse(const char *text, struct uuid *out)
{
	static const uint8_t starts[5] = {0, 9, 14, 19, 24};
	static const uint8_t bytes[5] = {4, 2, 2, 2, 6};
	int group;
	uint8_t *at;
	struct uuid uuid;

	if (strnlen(text, UUID_TEXT) != UUID_TEXT - 1)
		return (false);
	at = uuid.bytes;
	for (group = 0; group < 5; group++) {
		if (group > 0 && text[starts[group] - 1] != '-')
			return (false);
		if (!hex_decode(text + starts[group], 2 * (size_t)bytes[group], at, bytes[group]))
			return (false);
		at += bytes[group];
	}
	*out = uuid;
	return (true);
}

void
uuid_format(const struct uuid *uuid, char out[UUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	int i;
	char *at = out;

	for (i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[uuid->bytes[i] >> 4];
		*at++ = digits[uuid->bytes[i] & 0x0f];
	}
	*at = '\0';
}

char *
uuid_string(struct arena *arena, const struct uuid *uuid)
{
	char *text = arena_alloc(arena, UUID_TEXT);

	uuid_format(uuid, text);
	return (text);
}

bool
uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return (memcmp(a->bytes, b->bytes, UUID_BYTES) == 0);
}

bool
uuid_is_zero(const struct uuid *uuid)
{
	static const struct uuid zero;

	return (uuid_equal(uuid, &zero));
}
