/* Sealed text: what a browser keeps for us unread and unchanged. One byte tells which secret, the
 * box follows. */
#include <string.h>

#include "base/encoding.h"
#include "keys/keys.h"
#include "realms/realms.h"

enum { SEALED_BYTES_MAX = 65536 };

static const char *
place_of(struct call *call, const char *purpose)
{
	char realm[UUID_TEXT];

	uuid_format(&call->realm->id, realm);
	return (arena_format(call->arena, "sealed|%s|%s", realm, purpose));
}

enum result
sealed_create(
    struct call *call, const char *purpose, const void *bytes, size_t length, const char **text)
{
	enum result result;
	size_t box_length;
	uint8_t id, key[SEAL_KEY_BYTES], *box, *whole;

	if (length > SEALED_BYTES_MAX - SEAL_OVERHEAD - 1)
		return (call_fail(call, RESULT_FAILED, "what is to be sealed is too large"));
	if ((result = realm_secret_derive(call, purpose, &id, key)) != RESULT_OK)
		return (result);
	box = seal(call->arena, key, place_of(call, purpose), bytes, length, &box_length);
	secret_wipe(key, sizeof(key));
	whole = arena_alloc(call->arena, box_length + 1);
	whole[0] = id;
	memcpy(whole + 1, box, box_length);
	*text = base64url_encode(call->arena, whole, box_length + 1);
	return (RESULT_OK);
}

bool
sealed_open(struct call *call, const char *purpose, const char *text, uint8_t **out, size_t *length)
{
	bool is_ours;
	size_t n;
	uint8_t key[SEAL_KEY_BYTES], *whole;

	n = strnlen(text, 2 * SEALED_BYTES_MAX);
	if (n > SEALED_BYTES_MAX / 3 * 4 || !base64url_decode(call->arena, text, n, &whole, &n) ||
	    n < 1 + SEAL_OVERHEAD)
		return (false);
	if (realm_secret_derive_by_id(call, purpose, whole[0], key) != RESULT_OK)
		return (false);
	is_ours =
	    seal_open(call->arena, key, place_of(call, purpose), whole + 1, n - 1, out, length);
	secret_wipe(key, sizeof(key));
	return (is_ours);
}
