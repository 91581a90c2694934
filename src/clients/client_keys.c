/*
 * Sets of keys, parsed once. What a jwks_uri served is fetched by a call of its own, on which all
 * that need it wait: it goes on when the request that wanted it first has gone.
 */
#include "clients/client_keys.h"

#include <stdio.h>
#include <string.h>

#include "async/fetch.h"
#include "async/wait.h"
#include "base/cache.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"

enum {
	SETS_CACHED_MAX = 1024,
	SET_ARENA_MAX = 1024 * 1024,
	WAITING_MAX = 256 /* for one fetch */
};

/* The value of a cache entry. Immutable but for its state. */
struct known_keys {
	const struct jwk_set *set; /* NULL: none was ever had */
	struct client_keys_state state;
};

struct waiting {
	struct wait wait;
	struct waiting *next, **link;
};

/* A fetch that is under way. In the arena of its call. */
struct fetching {
	struct fetching *next, **link;
	const char *name; /* of the cache entry it is for */
	const char *uri, *client_id;
	struct waiting *waiting;
	size_t waiting_count;
};

static struct cache *cached;
static struct fetching *under_way;

static struct known_keys *
known_find(const char *name)
{
	struct cache_entry *entry;

	if (cached == NULL)
		cached = cache_create(SETS_CACHED_MAX);
	entry = cache_find(cached, name, 0);
	return (entry != NULL ? entry->value : NULL);
}

/* Takes the arena over. */
static struct known_keys *
known_put(const char *name, struct arena *arena, const struct known_keys *known)
{
	struct known_keys *copy = arena_copy(arena, known, sizeof(*known));

	cache_put(cached, name, arena, copy, clock_monotonic_ms());
	return (copy);
}

/* By client and by what its metadata says now: another address, or another set, is another entry.
 */
static const char *
name_of(struct call *call, const struct client *client)
{
	const char *source = client->jwks_uri != NULL ? client->jwks_uri : client->jwks;
	char id[UUID_TEXT];
	uint8_t digest[SHA256_BYTES];

	uuid_format(&client->id, id);
	sha256(source, strlen(source), digest);
	return (arena_format(call->arena, "%s%s%s", id, client->jwks_uri != NULL ? "@" : "=",
	    base64url_encode(call->arena, digest, sizeof(digest))));
}

static void
fetch_failed(const struct fetching *fetching, const char *problem)
{
	struct known_keys *known = known_find(fetching->name);
	char place[CLIENT_URI_BYTES_MAX + 1];

	/* A query may hold what is not for logs. */
	snprintf(place, sizeof(place), "%.*s", (int)strcspn(fetching->uri, "?"), fetching->uri);
	log_warning("the keys of a client cannot be had", FIELD("client_id", fetching->client_id),
	    FIELD("jwks_uri", place), FIELD("problem", problem));
	if (known != NULL)
		known->state.has_failed = true;
}

static void
fetch_succeeded(const struct fetching *fetching, const struct fetch_answer *answer,
    struct arena *arena, const struct jwk_set *set)
{
	struct known_keys *before = known_find(fetching->name);
	struct known_keys known = {.set = set};

	if (before != NULL)
		known.state = before->state;
	client_keys_renewed(&known.state, answer->max_age, clock_monotonic_ms());
	known_put(fetching->name, arena, &known);
}

static void
fetch_keys(struct call *call, const struct fetching *fetching)
{
	static const char *const headers[] = {
	    "Accept: application/jwk-set+json, application/json", NULL};
	struct fetch_request request = {
	    .method = "GET",
	    .url = fetching->uri,
	    .headers = headers,
	    .bytes_max = JWK_SET_BYTES_MAX,
	    .is_guarded = true,
	};
	struct fetch_answer answer = {0};
	const struct jwk_set *set;
	struct arena *arena;
	const char *problem = NULL;

	if (fetch_run(call, &request, &answer) != RESULT_OK) {
		fetch_failed(fetching, answer.problem);
		return;
	}
	if (answer.status != 200) {
		fetch_failed(fetching, "the answer is not 200");
		return;
	}
	arena = arena_create(SET_ARENA_MAX);
	set = jwk_set_parse(arena, answer.body, answer.body_length, false, &problem);
	if (set == NULL) {
		arena_destroy(arena);
		fetch_failed(fetching, problem);
		return;
	}
	fetch_succeeded(fetching, &answer, arena, set);
}

static void
fetching_run(struct call *call, void *argument)
{
	fetch_keys(call, argument);
}

static void
fetching_finished(struct call *call)
{
	struct fetching *fetching = call->owner;
	struct waiting *waiting;

	if ((*fetching->link = fetching->next) != NULL)
		fetching->next->link = fetching->link;
	for (waiting = fetching->waiting; waiting != NULL; waiting = waiting->next)
		wait_done(&waiting->wait);
	/* Who waits may wake after the arena that holds the list is gone. */
	while ((waiting = fetching->waiting) != NULL) {
		fetching->waiting = waiting->next;
		waiting->link = NULL;
	}
}

static struct fetching *
fetching_find(const char *name)
{
	struct fetching *fetching;

	for (fetching = under_way; fetching != NULL; fetching = fetching->next)
		if (text_equal(fetching->name, name))
			return (fetching);
	return (NULL);
}

/* From inside a fiber, so it has not begun yet when this returns. NULL: no fiber is to be had. */
static struct fetching *
fetching_start(const char *name, const struct client *client)
{
	struct arena *arena = arena_create(CALL_ARENA_MAX);
	struct fetching *fetching = arena_alloc(arena, sizeof(*fetching));

	fetching->name = arena_string(arena, name);
	fetching->uri = arena_string(arena, client->jwks_uri);
	fetching->client_id = arena_string(arena, client->client_id);
	if (call_start_with(arena, NULL, fetching_run, fetching, fetching_finished, fetching) ==
	    NULL)
		return (NULL);
	if ((fetching->next = under_way) != NULL)
		under_way->link = &fetching->next;
	fetching->link = &under_way;
	under_way = fetching;
	return (fetching);
}

static void
fetching_wait(struct call *call, struct fetching *fetching)
{
	struct waiting waiting = {.link = &fetching->waiting};

	if (fetching->waiting_count == WAITING_MAX || wait_may_begin(call) != RESULT_OK)
		return;
	if ((waiting.next = fetching->waiting) != NULL)
		waiting.next->link = &waiting.next;
	fetching->waiting = &waiting;
	fetching->waiting_count++;
	(void)wait_until_done(call, &waiting.wait, true);
	if (waiting.link == NULL)
		return;
	if ((*waiting.link = waiting.next) != NULL)
		waiting.next->link = waiting.link;
	fetching->waiting_count--;
}

/* Waits for a newer set when one may be fetched, or is. False: not now. */
static bool
keys_renew(struct call *call, const struct client *client, const char *name)
{
	struct fetching *fetching = fetching_find(name);
	struct known_keys *known = known_find(name);
	static const struct known_keys nothing;
	uint64_t now = clock_monotonic_ms();
	bool is_key_missing;

	if (fetching == NULL) {
		if (known == NULL)
			known = known_put(name, arena_create(SET_ARENA_MAX), &nothing);
		is_key_missing = client_keys_are_good(&known->state, now);
		if (!client_keys_may_fetch(&known->state, is_key_missing, now) ||
		    (fetching = fetching_start(name, client)) == NULL)
			return (false);
		known->state.tried_ms = now;
		if (is_key_missing)
			known->state.asked_again_ms = now;
	}
	fetching_wait(call, fetching);
	return (true);
}

static enum client_keys_verdict
set_verify(const struct jwk_set *set, const struct jws *jws, enum jose_algorithm algorithm)
{
	switch (jwk_set_verify(set, jws, algorithm)) {
	case JWK_SET_VERIFIED:
		return (CLIENT_KEYS_VERIFIED);
	case JWK_SET_NO_KEY:
		return (CLIENT_KEYS_NO_KEY);
	case JWK_SET_BAD_SIGNATURE:
		break;
	}
	return (CLIENT_KEYS_BAD_SIGNATURE);
}

/* By what is at hand. */
static enum client_keys_verdict
fetched_verify(
    const char *name, const struct jws *jws, enum jose_algorithm algorithm, unsigned *retry_after)
{
	const struct known_keys *known = known_find(name);
	bool is_under_way = fetching_find(name) != NULL;
	uint64_t now = clock_monotonic_ms();
	enum client_keys_verdict verdict = CLIENT_KEYS_UNAVAILABLE;

	*retry_after = 1;
	if (known != NULL && !is_under_way)
		*retry_after = client_keys_retry_after(
		    &known->state, client_keys_are_good(&known->state, now), now);
	if (known != NULL && client_keys_are_good(&known->state, now))
		verdict = set_verify(known->set, jws, algorithm);
	/* A newer set may have it, but cannot be had, or not yet. */
	if (verdict == CLIENT_KEYS_NO_KEY && (known->state.has_failed || is_under_way))
		verdict = CLIENT_KEYS_UNAVAILABLE;
	return (verdict);
}

/* Without a kid any key of a newer set may be the one. */
static bool
may_be_in_newer(enum client_keys_verdict verdict, const struct jws *jws)
{
	return (verdict == CLIENT_KEYS_NO_KEY || verdict == CLIENT_KEYS_UNAVAILABLE ||
		(verdict == CLIENT_KEYS_BAD_SIGNATURE && jws->kid == NULL));
}

static enum client_keys_verdict
registered_verify(const char *name, const struct client *client, const struct jws *jws,
    enum jose_algorithm algorithm)
{
	struct known_keys *known = known_find(name), parsed = {NULL};
	struct arena *arena;
	const char *problem = NULL;

	if (known == NULL) {
		arena = arena_create(SET_ARENA_MAX);
		parsed.set =
		    jwk_set_parse(arena, client->jwks, strlen(client->jwks), false, &problem);
		known = known_put(name, arena, &parsed);
	}
	if (known->set == NULL)
		return (CLIENT_KEYS_NO_KEY);
	return (set_verify(known->set, jws, algorithm));
}

enum client_keys_verdict
client_keys_verify(struct call *call, const struct client *client, const struct jws *jws,
    enum jose_algorithm algorithm, unsigned *retry_after)
{
	enum client_keys_verdict verdict;
	const char *name;
	bool has_asked;

	*retry_after = 0;
	if (client->jwks_uri == NULL && client->jwks == NULL)
		return (CLIENT_KEYS_NO_KEY);
	name = name_of(call, client);
	if (client->jwks_uri == NULL)
		return (registered_verify(name, client, jws, algorithm));
	verdict = fetched_verify(name, jws, algorithm, retry_after);
	if (!may_be_in_newer(verdict, jws))
		return (verdict);
	has_asked = keys_renew(call, client, name);
	if (call->failure != RESULT_OK)
		return (CLIENT_KEYS_UNAVAILABLE);
	verdict = fetched_verify(name, jws, algorithm, retry_after);
	/* Whoever used up the minute must not make this a key that does not exist. */
	if (!has_asked && may_be_in_newer(verdict, jws))
		verdict = CLIENT_KEYS_UNAVAILABLE;
	return (verdict);
}
