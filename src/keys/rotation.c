/* The life of signing keys: next, active, retired. What decides is in the statements; unique
 * indexes make many at once into one (Z-03). */
#include "async/threads.h"
#include "db/db.h"
#include "keys/key_sets.h"
#include "keys/realm_secrets.h"
#include "keys/wrapping.h"
#include "realms/realms.h"

/* A new pair, ready to be a row. */
struct new_key {
	const char *kid;
	const uint8_t *public_der, *sealed_private;
	size_t public_length, sealed_length;
};

struct generation {
	enum jose_algorithm algorithm;
	struct jose_key *key;
};

static void
generate(void *argument)
{
	struct generation *generation = argument;

	generation->key = jose_key_generate(generation->algorithm);
}

/* RSA takes long: on a thread. */
static enum result
make_key(struct call *call, enum jose_algorithm algorithm, struct new_key *out)
{
	enum result result;
	size_t length;
	uint8_t *der;
	struct jose_key *key;
	struct generation generation = {.algorithm = algorithm};

	if ((result = thread_run(call, generate, &generation)) != RESULT_OK)
		return (call_fail(call, result, "no thread is free to make a key"));
	key = generation.key;
	out->kid = jose_key_thumbprint(call->arena, key);
	out->public_der = jose_key_public_der(call->arena, key, &out->public_length);
	der = jose_key_private_der(call->arena, key, &length);
	out->sealed_private = wrapping_seal(call->arena, "signing_keys", &call->realm->id, out->kid,
	    der, length, &out->sealed_length);
	secret_wipe(der, length);
	jose_key_free(key);
	return (RESULT_OK);
}

static enum result
insert_values(
    struct call *call, enum jose_algorithm algorithm, enum key_state state, struct db_value out[6])
{
	enum result result;
	struct new_key key;

	if ((result = make_key(call, algorithm, &key)) != RESULT_OK)
		return (result);
	out[0] = db_uuid(&call->realm->id);
	out[1] = db_text(key.kid);
	out[2] = db_text(jose_algorithm_name(algorithm));
	out[3] = db_text(key_state_name(state));
	out[4] = db_bytes(key.public_der, key.public_length);
	out[5] = db_bytes(key.sealed_private, key.sealed_length);
	return (RESULT_OK);
}

static enum result
insert_key(struct call *call, enum jose_algorithm algorithm, enum key_state state)
{
	enum result result;
	struct db_rows rows;
	struct db_value values[6];

	if ((result = insert_values(call, algorithm, state, values)) != RESULT_OK)
		return (result);
	result = db_run(call, STATEMENT_keys_insert, values, 6, &rows);
	key_sets_drop(call);
	return (result);
}

static bool
has_key(const struct key_summary *list, size_t count, enum jose_algorithm algorithm,
    enum key_state state)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (text_equal(list[i].algorithm, jose_algorithm_name(algorithm)) &&
		    text_equal(list[i].state, key_state_name(state)))
			return (true);
	}
	return (false);
}

enum result
keys_ensure(struct call *call)
{
	static const enum key_state wanted[] = {KEY_ACTIVE, KEY_NEXT};
	int algorithm;
	unsigned i;
	size_t count;
	enum result result;
	struct key_summary *list;

	if ((result = realm_secrets_ensure(call)) != RESULT_OK ||
	    (result = keys_list(call, &list, &count)) != RESULT_OK)
		return (result);
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++) {
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			if (has_key(list, count, (enum jose_algorithm)algorithm, wanted[i]))
				continue;
			result = insert_key(call, (enum jose_algorithm)algorithm, wanted[i]);
			if (result != RESULT_OK)
				return (result);
		}
	}
	return (RESULT_OK);
}

/* One algorithm. Of many at once one gets past the lock while the key is next; only that one then
 * makes the new next key. Should it not get so far, keys_ensure makes up for it. */
static enum result
rotate_one(struct call *call, enum jose_algorithm algorithm, const char *next, unsigned *rotated)
{
	enum result result;
	struct uuid event = uuid_create();
	const struct db_value realm = db_uuid(&call->realm->id);
	const struct db_value retire[] = {realm, db_text(next)};
	const struct db_value activate[] = {realm, db_text(next), db_uuid(&event)};
	struct db_step steps[] = {
	    {.statement = STATEMENT_keys_lock, .values = &realm, .count = 1},
	    {.statement = STATEMENT_keys_retire, .values = retire, .count = 2},
	    {.statement = STATEMENT_keys_activate, .values = activate, .count = 3},
	};

	result = db_run_batch(call, steps, sizeof(steps) / sizeof(steps[0]));
	if (result != RESULT_OK || steps[2].rows.count == 0)
		return (result);
	(*rotated)++;
	return (insert_key(call, algorithm, KEY_NEXT));
}

enum result
keys_rotate(struct call *call, bool now, unsigned *rotated)
{
	int row;
	unsigned count = 0;
	enum result result;
	enum jose_algorithm algorithm;
	struct db_rows rows;

	result = db_run(call, STATEMENT_keys_rotatable,
	    DB_VALUES(db_uuid(&call->realm->id), db_boolean(now),
		db_integer(call, KEYS_PUBLISH_SECONDS), db_integer(call, KEYS_ROTATED_SECONDS)),
	    &rows);
	for (row = 0; result == RESULT_OK && row < rows.count; row++) {
		if (!jose_algorithm_find(row_text(&rows, row, 0), &algorithm))
			continue;
		result = rotate_one(call, algorithm, row_text(&rows, row, 1), &count);
	}
	key_sets_drop(call);
	if (result == RESULT_OK)
		*rotated = count;
	return (result);
}

static const struct key_summary *
find_key(const struct key_summary *list, size_t count, const char *kid)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (text_equal(list[i].kid, kid) &&
		    !text_equal(list[i].state, key_state_name(KEY_REVOKED)))
			return (&list[i]);
	}
	return (NULL);
}

enum result
keys_revoke(struct call *call, const char *kid, const char *reason)
{
	size_t count;
	enum result result;
	enum jose_algorithm algorithm;
	const struct uuid event = uuid_create();
	const struct key_summary *key;
	const struct db_value realm = db_uuid(&call->realm->id);
	const struct db_value revoke[] = {realm, db_text(kid), db_uuid(&event), db_text(reason)};
	struct db_value insert[6];
	struct db_step steps[] = {
	    {.statement = STATEMENT_keys_lock, .values = &realm, .count = 1},
	    {.statement = STATEMENT_keys_revoke, .values = revoke, .count = 4},
	    {.statement = STATEMENT_keys_succeed, .values = revoke, .count = 2},
	    {.statement = STATEMENT_keys_insert, .values = insert, .count = 6},
	};
	struct key_summary *list;

	if ((result = keys_list(call, &list, &count)) != RESULT_OK)
		return (result);
	if ((key = find_key(list, count, kid)) == NULL ||
	    !jose_algorithm_find(key->algorithm, &algorithm))
		return (RESULT_NOT_FOUND);
	/* Where the next key stays, this one is not wanted. */
	if ((result = insert_values(call, algorithm, KEY_NEXT, insert)) != RESULT_OK)
		return (result);
	result = db_run_batch(call, steps, sizeof(steps) / sizeof(steps[0]));
	key_sets_drop(call);
	if (result == RESULT_OK && steps[1].rows.count == 0)
		return (RESULT_CONFLICT);
	return (result);
}
