/* The one way to sign. */
#include <string.h>

#include "keys/key_sets.h"

enum result
keys_sign(struct call *call, enum jose_algorithm algorithm, const char *typ,
    const struct text *payload, const char **token)
{
	enum result result;
	const char *made;
	const struct key_set *set;
	const struct jose_key *key;
	struct key_material *material;

	if ((result = key_sets_find(call, &set)) != RESULT_OK)
		return (result);
	if (payload->overflowed)
		return (call_fail(call, RESULT_FAILED, "a token's claims are too large"));
	if ((material = key_set_active(set, algorithm)) == NULL)
		return (call_fail(call, RESULT_FAILED, "the realm has no active signing key"));
	if ((key = key_material_private(call, material)) == NULL)
		return (call->failure);
	made = jws_sign(call->arena, key, typ, material->kid, payload->data, payload->length);
	if (strlen(made) > JOSE_TOKEN_MAX)
		return (call_fail(call, RESULT_FAILED, "a token is too large"));
	*token = made;
	return (RESULT_OK);
}
