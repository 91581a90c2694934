/* Verifying our own tokens, with a memory of digests: a token that is seen again costs one hash. */
#include <string.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "keys/key_sets.h"
#include "realms/realms.h"

/* About 3 KiB each with its claims. Nothing that we sign for bearers lives longer than
 * REMEMBERED_MS by default. */
enum { VERIFIED_MAX = 16384, REMEMBERED_MS = 600000, VERIFIED_BYTES_MAX = 512 };

struct verified {
	struct uuid realm;
	const char *typ;
	const char *kid;
	json_t *claims;
};

static struct cache *verified_tokens;

static void
release_claims(void *object)
{
	json_decref(object);
}

static const char *
digest_name(struct arena *arena, const char *token, size_t length)
{
	uint8_t digest[SHA256_BYTES];

	sha256(token, length, digest);
	return (base64url_encode(arena, digest, sizeof(digest)));
}

/* The claims if this very token was verified before, for this realm and type. Its key must be
 * published still (Z-02). */
static const json_t *
recall(struct call *call, const struct key_set *set, const char *name, const char *typ)
{
	const struct verified *verified;
	struct cache_entry *entry = cache_find(verified_tokens, name, 0);

	if (entry == NULL)
		return (NULL);
	verified = entry->value;
	if (!uuid_equal(&verified->realm, &call->realm->id) || !text_equal(verified->typ, typ) ||
	    key_set_by_kid(set, verified->kid) == NULL)
		return (NULL);
	(void)call_borrow(call, entry);
	return (verified->claims);
}

static void
remember(struct call *call, const char *name, const struct jws *jws, json_t *claims)
{
	uint64_t now = clock_monotonic_ms();
	struct arena *arena = arena_create(VERIFIED_BYTES_MAX);
	struct verified *verified = arena_alloc(arena, sizeof(*verified));

	verified->realm = call->realm->id;
	verified->typ = arena_string(arena, jws->typ);
	verified->kid = arena_string(arena, jws->kid);
	verified->claims = claims;
	arena_defer(arena, release_claims, claims);
	if (now > REMEMBERED_MS)
		cache_trim(verified_tokens, now - REMEMBERED_MS);
	(void)call_borrow(call, cache_put(verified_tokens, name, arena, verified, now));
}

static enum key_verdict
check(struct call *call, const struct key_set *set, const struct jws *jws)
{
	const struct jose_key *key;
	struct key_material *material;

	if (jws->kid == NULL)
		return (KEY_VERDICT_UNKNOWN_KEY);
	material = key_set_by_kid(set, jws->kid);
	if (material == NULL) {
		/* Signed with a key that this worker has not read yet? */
		if (key_sets_find_newer(call, &set) != RESULT_OK)
			return (KEY_VERDICT_UNAVAILABLE);
		material = key_set_by_kid(set, jws->kid);
	}
	if (material == NULL || (key = key_material_public(material)) == NULL)
		return (KEY_VERDICT_UNKNOWN_KEY);
	if (!jws_verify(jws, material->algorithm, key))
		return (KEY_VERDICT_BAD_SIGNATURE);
	return (KEY_VERDICT_OK);
}

enum key_verdict
keys_verify(struct call *call, const char *token, const char *typ, const json_t **claims)
{
	enum key_verdict verdict;
	const char *name, *error;
	const json_t *known;
	const struct key_set *set;
	struct jws jws;
	json_t *tree;
	size_t length = strnlen(token, JOSE_TOKEN_MAX + 1);

	if (length > JOSE_TOKEN_MAX)
		return (KEY_VERDICT_MALFORMED);
	if (key_sets_find(call, &set) != RESULT_OK)
		return (KEY_VERDICT_UNAVAILABLE);
	if (verified_tokens == NULL)
		verified_tokens = cache_create(VERIFIED_MAX);
	name = digest_name(call->arena, token, length);
	if ((known = recall(call, set, name, typ)) != NULL) {
		*claims = known;
		return (KEY_VERDICT_OK);
	}
	if (!jws_parse(call->arena, token, &jws))
		return (KEY_VERDICT_MALFORMED);
	if (!text_equal(jws.typ, typ))
		return (KEY_VERDICT_WRONG_TYPE);
	if ((verdict = check(call, set, &jws)) != KEY_VERDICT_OK)
		return (verdict);
	tree = parse_json((const char *)jws.payload, jws.payload_length, &error);
	if (!json_is_object(tree)) {
		json_decref(tree);
		return (KEY_VERDICT_MALFORMED);
	}
	if (!text_equal(member_text(tree, "iss"), call->realm->issuer)) {
		json_decref(tree);
		return (KEY_VERDICT_WRONG_ISSUER);
	}
	remember(call, name, &jws, tree);
	*claims = tree;
	return (KEY_VERDICT_OK);
}
