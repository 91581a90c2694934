/* When the server of a client's keys may be asked, and how long its answer is good. */
#include "clients/client_keys.h"

enum { AGAIN_MS = 60 * 1000, GOOD_SECONDS_MAX = 3600 };

bool
client_keys_are_good(const struct client_keys_state *state, uint64_t now_ms)
{
	return (state->good_until_ms > now_ms);
}

static bool
is_long_ago(uint64_t then_ms, uint64_t now_ms)
{
	return (then_ms == 0 || now_ms >= then_ms + AGAIN_MS);
}

bool
client_keys_may_fetch(const struct client_keys_state *state, bool is_key_missing, uint64_t now_ms)
{
	if (state->has_failed || !client_keys_are_good(state, now_ms))
		return (is_long_ago(state->tried_ms, now_ms));
	return (is_key_missing && is_long_ago(state->asked_again_ms, now_ms));
}

unsigned
client_keys_retry_after(const struct client_keys_state *state, bool is_key_missing, uint64_t now_ms)
{
	bool has_asked_again = is_key_missing && !state->has_failed;
	uint64_t again_ms = (has_asked_again ? state->asked_again_ms : state->tried_ms) + AGAIN_MS;

	return (now_ms < again_ms ? (unsigned)((again_ms - now_ms) / 1000 + 1) : 1);
}

/* Not for less than a minute: then it would not be asked again anyway. */
void
client_keys_renewed(struct client_keys_state *state, long max_age, uint64_t now_ms)
{
	uint64_t good_ms = GOOD_SECONDS_MAX * 1000;

	if (max_age >= 0 && max_age < GOOD_SECONDS_MAX)
		good_ms = (uint64_t)max_age * 1000;
	if (good_ms < AGAIN_MS)
		good_ms = AGAIN_MS;
	state->good_until_ms = now_ms + good_ms;
	state->has_failed = false;
}
