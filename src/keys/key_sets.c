/* The signing keys of a realm in memory. */
#include <string.h>

#include "base/fatal.h"
#include "keys/key_sets.h"
#include "keys/snapshots.h"
#include "keys/wrapping.h"
#include "realms/realms.h"

enum { SET_BYTES_MAX = 131072, REALMS_MAX = 256, PUBLISHED_FRESH_MS = 4000 };
/* Z-02: a revoked key is published for no more than 5 seconds. */
_Static_assert(PUBLISHED_FRESH_MS < 5000, "a revoked key is published for too long");
/* Z-01: who asked just before a key was published has asked again before it signs. */
_Static_assert(PUBLISHED_FRESH_MS / 1000 + KEYS_JWKS_SECONDS < KEYS_PUBLISH_SECONDS,
    "a key signs before everybody can have read it");

static const char *const state_names[] = {
    [KEY_NEXT] = "next",
    [KEY_ACTIVE] = "active",
    [KEY_RETIRED] = "retired",
    [KEY_REVOKED] = "revoked",
};

const char *
key_state_name(enum key_state state)
{
	return (state_names[state]);
}

static enum key_state
state_of(const char *name)
{
	unsigned i;

	for (i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++) {
		if (text_equal(name, state_names[i]))
			return ((enum key_state)i);
	}
	fatal("a signing key is in the state %s", name);
}

static void
material_release(struct key_material *material)
{
	if (--material->references > 0)
		return;
	jose_key_free(material->public_key);
	jose_key_free(material->private_key);
	arena_destroy(material->arena);
}

static void
set_release(void *object)
{
	size_t i;
	struct key_set *set = object;

	for (i = 0; i < set->count; i++)
		material_release(set->keys[i].material);
}

static struct key_material *
material_create(const struct db_rows *rows, int row, enum jose_algorithm algorithm)
{
	size_t public_length, sealed_length;
	const char *kid = row_text(rows, row, 0);
	const uint8_t *public_der = row_bytes(rows, row, 3, &public_length);
	const uint8_t *sealed = row_bytes(rows, row, 4, &sealed_length);
	struct arena *arena;
	struct key_material *material;

	arena = arena_create(sizeof(*material) + strlen(kid) + public_length + sealed_length +
			     8 * sizeof(*material));
	material = arena_alloc(arena, sizeof(*material));
	material->arena = arena;
	material->algorithm = algorithm;
	material->kid = arena_string(arena, kid);
	material->public_der = arena_copy(arena, public_der, public_length);
	material->public_length = public_length;
	material->sealed_private = arena_copy(arena, sealed, sealed_length);
	material->sealed_length = sealed_length;
	return (material);
}

static void *
set_build(struct call *call, const struct uuid *realm, const struct db_rows *rows,
    struct arena *arena, const void *previous)
{
	int row;
	enum jose_algorithm algorithm;
	struct key_material *material;
	struct key_set *set = arena_alloc(arena, sizeof(*set));

	(void)call;
	(void)realm;
	set->published = arena_alloc(arena, sizeof(*set->published));
	set->published->arena = arena;
	set->keys = arena_alloc(arena, (size_t)rows->count * sizeof(set->keys[0]));
	arena_defer(arena, set_release, set);
	for (row = 0; row < rows->count; row++) {
		/* A key for what only a newer release knows. */
		if (!jose_algorithm_find(row_text(rows, row, 1), &algorithm))
			continue;
		material =
		    previous == NULL ? NULL : key_set_by_kid(previous, row_text(rows, row, 0));
		if (material == NULL)
			material = material_create(rows, row, algorithm);
		material->references++;
		set->keys[set->count].state = state_of(row_text(rows, row, 2));
		set->keys[set->count].material = material;
		set->count++;
	}
	return (set);
}

static struct snapshots sets = {
    .realms_max = REALMS_MAX,
    .bytes_max = SET_BYTES_MAX,
    .statement = STATEMENT_keys_of_realm,
    .build = set_build,
};

static const struct freshness for_use = {500, 1000, 5000};
static const struct freshness for_newer = {200, 200, 5000};
static const struct freshness for_publishing = {1000, PUBLISHED_FRESH_MS, 3600000};

enum result
key_sets_find(struct call *call, const struct key_set **out)
{
	return (snapshots_find(call, &sets, &for_use, (const void **)out));
}

enum result
key_sets_find_newer(struct call *call, const struct key_set **out)
{
	return (snapshots_find(call, &sets, &for_newer, (const void **)out));
}

enum result
key_sets_find_published(struct call *call, const struct key_set **out)
{
	return (snapshots_find(call, &sets, &for_publishing, (const void **)out));
}

void
key_sets_drop(struct call *call)
{
	snapshots_drop(call, &sets);
}

struct key_material *
key_set_by_kid(const struct key_set *set, const char *kid)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (text_equal(set->keys[i].material->kid, kid))
			return (set->keys[i].material);
	}
	return (NULL);
}

struct key_material *
key_set_active(const struct key_set *set, enum jose_algorithm algorithm)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (set->keys[i].state == KEY_ACTIVE &&
		    set->keys[i].material->algorithm == algorithm)
			return (set->keys[i].material);
	}
	return (NULL);
}

const struct jose_key *
key_material_private(struct call *call, struct key_material *material)
{
	size_t length;
	uint8_t *der;

	if (material->private_key != NULL)
		return (material->private_key);
	if (!wrapping_open(call, "signing_keys", &call->realm->id, material->kid,
		material->sealed_private, material->sealed_length, &der, &length))
		return (NULL);
	/* Reporting a refusal may wait; opening does not, so nobody else has made it meanwhile. */
	material->private_key = jose_key_from_private_der(material->algorithm, der, length);
	secret_wipe(der, length);
	if (material->private_key == NULL)
		(void)call_fail(call, RESULT_FAILED, "a signing key is not of its algorithm");
	return (material->private_key);
}

const struct jose_key *
key_material_public(struct key_material *material)
{
	if (material->public_key == NULL)
		material->public_key = jose_key_from_public_der(
		    material->algorithm, material->public_der, material->public_length);
	return (material->public_key);
}
