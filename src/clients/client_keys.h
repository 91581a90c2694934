/*
 * The keys of a client: registered with it (jwks) or served by it (jwks_uri). A set that was
 * fetched is used for an hour at most, for less when its server says so by Cache-Control. A key
 * that it has not is looked for at once in a newer one, but once a minute at most, whoever asks how
 * often (DS-06); a failure is remembered for that minute, too. Per worker.
 */
#ifndef CLIENTS_CLIENT_KEYS_H
#define CLIENTS_CLIENT_KEYS_H

#include "clients/clients.h"

enum client_keys_verdict {
	CLIENT_KEYS_VERIFIED,
	CLIENT_KEYS_NO_KEY,
	CLIENT_KEYS_BAD_SIGNATURE,
	CLIENT_KEYS_UNAVAILABLE /* its server gave none, or may not be asked yet; or the call
				   failed */
};

/* *retry_after: seconds, with CLIENT_KEYS_UNAVAILABLE. May wait. */
enum client_keys_verdict client_keys_verify(struct call *, const struct client *,
    const struct jws *, enum jose_algorithm, unsigned *retry_after);

/* What a worker knows of a jwks_uri; milliseconds of the monotonic clock, 0: never. */
struct client_keys_state {
	uint64_t tried_ms;	 /* the last fetch began */
	uint64_t asked_again_ms; /* the last one for a key that was not there */
	uint64_t good_until_ms;	 /* of the set at hand; 0: there is none */
	bool has_failed;	 /* the last fetch brought none */
};
/* Is a set at hand that may be used? */
bool client_keys_are_good(const struct client_keys_state *, uint64_t now_ms);
/* May the server be asked now? is_key_missing: the set at hand is good, but has not the key. */
bool client_keys_may_fetch(const struct client_keys_state *, bool is_key_missing, uint64_t now_ms);
/* Seconds until it may; at least 1. */
unsigned client_keys_retry_after(
    const struct client_keys_state *, bool is_key_missing, uint64_t now_ms);
/* After a fetch that brought a set. max_age: seconds, -1: unknown. */
void client_keys_renewed(struct client_keys_state *, long max_age, uint64_t now_ms);

#endif
