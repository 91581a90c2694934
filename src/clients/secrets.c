/*
 * Client secrets. Those that we made are random, so a SHA-256 is enough and quick; an imported one
 * is hashed by Argon2id, and a digest of what verified is remembered for a short while (C-05).
 */
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "clients/clients.h"
#include "clients/secrets.h"
#include "db/db.h"
#include "people/phc.h"
#include "realms/realms.h"

enum { REMEMBERED = 256, REMEMBERED_MS = 60 * 1000, RANDOM_BYTES = 32 };

/* HMAC under a key of this worker over client, hash and presented secret; by its first byte. */
static struct {
	uint8_t proof[SHA256_BYTES];
	uint64_t until_ms;
} remembered[REMEMBERED];

static void
proof_of(const struct client *client, const char *phc, const char *secret, uint8_t *out)
{
	static uint8_t key[SHA256_BYTES];
	static bool has_key;
	uint8_t bound[UUID_BYTES + 2 * SHA256_BYTES];

	if (!has_key) {
		random_bytes(key, sizeof(key));
		has_key = true;
	}
	memcpy(bound, client->id.bytes, UUID_BYTES);
	sha256(phc, strlen(phc), bound + UUID_BYTES);
	sha256(secret, strlen(secret), bound + UUID_BYTES + SHA256_BYTES);
	hmac_sha256(key, sizeof(key), bound, sizeof(bound), out);
	secret_wipe(bound, sizeof(bound));
}

static enum client_secret_verdict
check_imported(struct call *call, const struct client *client, const char *hash, const char *secret)
{
	uint8_t proof[SHA256_BYTES];
	bool matches = false;
	struct phc phc;
	size_t slot;

	proof_of(client, hash, secret, proof);
	slot = proof[0];
	if (clock_monotonic_ms() < remembered[slot].until_ms &&
	    secret_equal(proof, sizeof(proof), remembered[slot].proof, sizeof(proof)))
		return (CLIENT_SECRET_RIGHT);
	if (!phc_parse(hash, &phc))
		return (CLIENT_SECRET_WRONG);
	if (phc_verify(call, &phc, secret, &matches) != RESULT_OK)
		return (CLIENT_SECRET_BUSY);
	if (!matches)
		return (CLIENT_SECRET_WRONG);
	memcpy(remembered[slot].proof, proof, sizeof(proof));
	remembered[slot].until_ms = clock_monotonic_ms() + REMEMBERED_MS;
	return (CLIENT_SECRET_RIGHT);
}

enum client_secret_verdict
clients_check_secret(struct call *call, const struct client *client, const char *secret)
{
	enum client_secret_verdict verdict = CLIENT_SECRET_WRONG;
	uint8_t digest[SHA256_BYTES];
	bool is_right = false;
	size_t i;

	if (strnlen(secret, PHC_SECRET_MAX + 1) > PHC_SECRET_MAX)
		return (CLIENT_SECRET_WRONG);
	sha256(secret, strlen(secret), digest);
	for (i = 0; i < client->secret_count; i++)
		if (client->secrets[i].phc == NULL)
			is_right |= secret_equal(
			    digest, sizeof(digest), client->secrets[i].digest, SHA256_BYTES);
	if (is_right)
		return (CLIENT_SECRET_RIGHT);
	for (i = 0; i < client->secret_count && verdict == CLIENT_SECRET_WRONG; i++)
		if (client->secrets[i].phc != NULL)
			verdict = check_imported(call, client, client->secrets[i].phc, secret);
	return (verdict);
}

bool
client_secret_is_ours(const char *secret)
{
	size_t prefix = strlen(CLIENT_SECRET_PREFIX), length;
	struct arena *arena;
	uint8_t *bytes;
	bool is_ours;

	if (!text_starts_with(secret, CLIENT_SECRET_PREFIX) || strlen(secret) > PHC_SECRET_MAX)
		return (false);
	arena = arena_create(PHC_SECRET_MAX * 4);
	is_ours =
	    base64url_decode(arena, secret + prefix, strlen(secret + prefix), &bytes, &length) &&
	    length == RANDOM_BYTES;
	arena_destroy(arena);
	return (is_ours);
}

enum result
client_secret_store(struct call *call, const char *secret, struct client_secret *out)
{
	if (!client_secret_is_ours(secret))
		return (phc_hash(call, secret, &out->phc));
	sha256(secret, strlen(secret), out->digest);
	return (RESULT_OK);
}

enum result
clients_add_secret(
    struct call *call, const struct client *client, int64_t overlap_seconds, const char **secret)
{
	const char *made = bearer_create(call->arena, CLIENT_SECRET_PREFIX);
	struct uuid event = uuid_create();
	uint8_t digest[SHA256_BYTES];
	const struct db_value values[] = {
	    db_uuid(&call->realm->id),
	    db_uuid(&client->id),
	    db_bytes(digest, sizeof(digest)),
	    db_integer(call, overlap_seconds),
	    db_uuid(&event),
	};
	struct db_step steps[] = {
	    {.statement = STATEMENT_clients_lock, .values = values, .count = 2},
	    {.statement = STATEMENT_clients_add_secret, .values = values, .count = 5},
	};
	enum result result;

	sha256(made, strlen(made), digest);
	result = db_run_batch(call, steps, sizeof(steps) / sizeof(steps[0]));
	if (result == RESULT_OK)
		*secret = made;
	return (result);
}
