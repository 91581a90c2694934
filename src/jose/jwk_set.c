/* JWK Sets of others: RFC 7517, 5. */
#include "base/fatal.h"
#include "jose/jwk.h"

/* One JWK, as a key for each algorithm that it may be used with. */
struct set_key {
	const char *kid; /* NULL when absent */
	struct jose_key *keys[JOSE_ALGORITHMS];
};

struct jwk_set {
	struct set_key keys[JWK_SET_KEYS_MAX];
	size_t count;
};

enum reading { READ, LEFT_OUT, UNSOUND };

static void
set_release(void *object)
{
	size_t i;
	int algorithm;
	struct jwk_set *set = object;

	for (i = 0; i < set->count; i++)
		for (algorithm = 0; algorithm < JOSE_ALGORITHMS; algorithm++)
			jose_key_free(set->keys[i].keys[algorithm]);
}

/* What must be right of every JWK, whatever key it is. */
static bool
is_well_formed(const json_t *jwk, const char **error)
{
	const json_t *kid = json_object_get(jwk, "kid");
	enum jose_algorithm algorithm;

	if (!json_is_object(jwk))
		*error = "a key is not an object";
	else if (jwk_has_private(jwk))
		*error = "a key holds a private member";
	else if (kid != NULL && !json_is_string(kid))
		*error = "kid is not a string";
	else if (member_text(jwk, "kty") == NULL)
		*error = "kty is missing or not a string";
	else if (jose_algorithm_find(member_text(jwk, "alg"), &algorithm))
		return (jwk_is_of_type(jwk, &algorithms[algorithm], error));
	else
		return (true);
	return (false);
}

/* The key is read and checked once, for all algorithms that share its type. */
static enum reading
read_key(struct arena *arena, const json_t *jwk, enum jwk_kind kind, struct set_key *out,
    const char **error)
{
	int algorithm;
	enum reading reading = LEFT_OUT;
	EVP_PKEY *pkey = NULL;

	if (!is_well_formed(jwk, error))
		return (UNSOUND);
	for (algorithm = 0; algorithm < JOSE_ALGORITHMS && reading != UNSOUND; algorithm++) {
		if (!jwk_is_of_type(jwk, &algorithms[algorithm], error) ||
		    !jwk_may(jwk, &algorithms[algorithm], "verify", error))
			continue;
		if (pkey == NULL)
			pkey = jwk_read(jwk, &algorithms[algorithm], kind, error);
		reading = pkey == NULL ? UNSOUND : READ;
		if (pkey != NULL && EVP_PKEY_up_ref(pkey) != 1)
			fatal("a key cannot be shared");
		out->keys[algorithm] = key_wrap((enum jose_algorithm)algorithm, pkey, false);
	}
	EVP_PKEY_free(pkey);
	out->kid = arena_string(arena, member_text(jwk, "kid"));
	return (reading);
}

static bool
read_keys(
    struct arena *arena, struct jwk_set *set, const json_t *list, bool strict, const char **error)
{
	size_t i;
	enum jwk_kind kind = strict ? JWK_PUBLIC : JWK_SERVED;

	for (i = 0; i < json_array_size(list); i++) {
		switch (
		    read_key(arena, json_array_get(list, i), kind, &set->keys[set->count], error)) {
		case READ:
			set->count++;
			break;
		case UNSOUND:
			if (strict)
				return (false);
			break;
		case LEFT_OUT:
			break;
		}
	}
	return (true);
}

struct jwk_set *
jwk_set_parse(struct arena *arena, const char *json, size_t length, bool strict, const char **error)
{
	const char *odd; /* of a key that was left out, perhaps */
	const json_t *list;
	struct jwk_set *set = NULL;
	json_t *tree;

	if (length > JWK_SET_BYTES_MAX) {
		*error = "larger than 65536 bytes";
		return (NULL);
	}
	if ((tree = parse_json(json, length, error)) == NULL)
		return (NULL);
	if ((list = member_array(tree, "keys")) == NULL) {
		*error = "keys is missing or not an array";
	} else if (json_array_size(list) > JWK_SET_KEYS_MAX) {
		*error = "more than 20 keys";
	} else {
		set = arena_alloc(arena, sizeof(*set));
		arena_defer(arena, set_release, set);
		if (!read_keys(arena, set, list, strict, &odd)) {
			*error = odd;
			set = NULL;
		}
	}
	json_decref(tree);
	return (set);
}

bool
jwk_set_has(const struct jwk_set *set, enum jose_algorithm algorithm)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (set->keys[i].keys[algorithm] != NULL)
			return (true);
	}
	return (false);
}

enum jwk_set_verdict
jwk_set_verify(const struct jwk_set *set, const struct jws *jws, enum jose_algorithm expected)
{
	size_t i;
	enum jwk_set_verdict verdict = JWK_SET_NO_KEY;

	if (!text_equal(jws->alg, algorithms[expected].name))
		return (JWK_SET_BAD_SIGNATURE);
	for (i = 0; i < set->count; i++) {
		if (set->keys[i].keys[expected] == NULL ||
		    (jws->kid != NULL && !text_equal(jws->kid, set->keys[i].kid)))
			continue;
		if (jws_verify(jws, expected, set->keys[i].keys[expected]))
			return (JWK_SET_VERIFIED);
		verdict = JWK_SET_BAD_SIGNATURE;
	}
	return (verdict);
}
