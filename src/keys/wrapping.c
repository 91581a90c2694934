/* Rows sealed under the key-encryption key. */
#include <string.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "base/secret.h"
#include "events/events.h"
#include "keys/keys.h"
#include "keys/wrapping.h"

enum { INCIDENT_EVERY_MS = 60000 };

static uint8_t key_encryption_key[SEAL_KEY_BYTES];
static bool is_started;

void
keys_start(const struct secret *key)
{
	if (key->length != sizeof(key_encryption_key))
		fatal("the key-encryption key has %zu bytes instead of 32", key->length);
	memcpy(key_encryption_key, key->bytes, sizeof(key_encryption_key));
	is_started = true;
}

static const char *
place_of(struct arena *arena, const char *table, const struct uuid *realm, const char *id)
{
	char text[UUID_TEXT];

	if (!is_started)
		fatal("keys are used before keys_start()");
	uuid_format(realm, text);
	return (arena_format(arena, "%s|%s|%s", table, text, id));
}

uint8_t *
wrapping_seal(struct arena *arena, const char *table, const struct uuid *realm, const char *id,
    const void *bytes, size_t length, size_t *out_length)
{
	const char *place = place_of(arena, table, realm, id);

	return (seal(arena, key_encryption_key, place, bytes, length, out_length));
}

/* In the log each time, in the audit trail once a minute: a broken realm must not fill it. */
static void
report_incident(struct call *call, const char *place)
{
	static uint64_t last_ms;
	uint64_t now = clock_monotonic_ms();
	struct event event = {.kind = "keys.sealed_row_refused", .reason = place};

	log_error(
	    "a sealed row cannot be opened: the key-encryption key is not this database's, or "
	    "the row was changed",
	    FIELD("row", place));
	if (call->realm == NULL || (last_ms != 0 && now - last_ms < INCIDENT_EVERY_MS))
		return;
	last_ms = now;
	(void)events_write(call, &event);
}

bool
wrapping_open(struct call *call, const char *table, const struct uuid *realm, const char *id,
    const void *bytes, size_t length, uint8_t **out, size_t *out_length)
{
	const char *place = place_of(call->arena, table, realm, id);

	if (seal_open(call->arena, key_encryption_key, place, bytes, length, out, out_length))
		return (true);
	report_incident(call, place);
	(void)call_fail(call, RESULT_FAILED, "a sealed row cannot be opened");
	return (false);
}
