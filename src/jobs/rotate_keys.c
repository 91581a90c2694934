/* Gives every realm the keys it lacks, and a fresh active key when the old one has served. */
#include "base/clock.h"
#include "base/log.h"
#include "jobs/kinds.h"
#include "keys/keys.h"
#include "realms/realms.h"

static const int64_t served_us = (int64_t)90 * 24 * 3600 * 1000000;

static bool
is_due(const struct key_summary *keys, size_t count, int64_t now_us)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (text_equal(keys[i].state, key_state_name(KEY_ACTIVE)) &&
		    now_us - keys[i].activated_at > served_us)
			return (true);
	return (false);
}

static void
rotate_keys_run(struct call *call)
{
	struct key_summary *keys;
	unsigned rotated;
	size_t count;

	if (keys_ensure(call) != RESULT_OK || keys_list(call, &keys, &count) != RESULT_OK)
		return;
	if (!is_due(keys, count, clock_now_us()))
		return;
	if (keys_rotate(call, false, &rotated) == RESULT_OK && rotated > 0)
		log_info("signing keys rotated", FIELD("realm", call->realm->name),
		    FIELD_NUMBER("count", rotated));
}

const struct job_kind job_rotate_keys = {
    .name = "rotate_keys",
    .every_s = 3600,
    .is_per_realm = true,
    .run = rotate_keys_run,
};
