/* JSON Web Signatures, compact: RFC 7515. */
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "jose/algorithms.h"
#include "jose/jose.h"

enum { JWS_HEADER_MAX = 512 };

char *
jws_sign(struct arena *arena, const struct jose_key *key, const char *typ, const char *kid,
    const char *payload, size_t length)
{
	size_t n;
	uint8_t signature[SIGNATURE_MAX];
	struct text header, token;
	struct json_writer writer;

	text_init(&header, arena, JWS_HEADER_MAX);
	writer_init(&writer, &header);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "alg", algorithms[key->algorithm].name);
	writer_text_if(&writer, "typ", typ);
	writer_text_if(&writer, "kid", kid);
	writer_object_end(&writer);

	text_init(&token, arena, 2 * length + JOSE_TOKEN_MAX);
	text_add(&token, base64url_encode(arena, header.data, header.length));
	text_add_byte(&token, '.');
	text_add(&token, base64url_encode(arena, payload, length));
	/* The contexts inside the key change, the key does not. */
	if (header.overflowed || !key->has_private ||
	    !key_sign((struct jose_key *)(uintptr_t)key, token.data, token.length, signature, &n))
		fatal("a JWS cannot be signed with %s", algorithms[key->algorithm].name);
	text_add_byte(&token, '.');
	text_add(&token, base64url_encode(arena, signature, n));
	return (token.data);
}

static bool
is_foreign_kid(const char *kid)
{
	size_t length = strnlen(kid, JOSE_FOREIGN_KID_MAX + 1), i;

	for (i = 0; i < length; i++)
		if ((unsigned char)kid[i] < 0x20 || kid[i] == 0x7f)
			return (false);
	return (length > 0 && length <= JOSE_FOREIGN_KID_MAX);
}

static bool
is_kid(const char *kid)
{
	size_t length = strnlen(kid, JOSE_KID_MAX + 1);

	return (length > 0 && length <= JOSE_KID_MAX &&
		strspn(kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
		    length);
}

/* A text member, or NULL when absent. False when it is there but no string. */
static bool
header_text(struct arena *arena, const json_t *header, const char *name, const char **out)
{
	const json_t *value = json_object_get(header, name);

	*out = NULL;
	if (value == NULL)
		return (true);
	if (!json_is_string(value))
		return (false);
	*out = arena_substring(arena, json_string_value(value), json_string_length(value));
	return (true);
}

static bool
parse_header(struct arena *arena, const char *part, size_t length,
    bool (*kid_is_fine)(const char *), struct jws *out)
{
	bool is_fine;
	size_t n;
	uint8_t *bytes;
	const char *error;
	json_t *header;

	if (!base64url_decode(arena, part, length, &bytes, &n))
		return (false);
	if ((header = parse_json((const char *)bytes, n, &error)) == NULL)
		return (false);
	is_fine = json_is_object(header) && json_object_get(header, "crit") == NULL &&
		  header_text(arena, header, "alg", &out->alg) && out->alg != NULL &&
		  header_text(arena, header, "typ", &out->typ) &&
		  header_text(arena, header, "kid", &out->kid) &&
		  (out->kid == NULL || kid_is_fine(out->kid));
	json_decref(header);
	return (is_fine);
}

static bool
parse(struct arena *arena, const char *token, bool (*kid_is_fine)(const char *), struct jws *out)
{
	size_t length = strnlen(token, JOSE_TOKEN_MAX + 1);
	uint8_t *payload, *signature;
	const char *first, *second;
	struct jws jws = {0};

	if (length > JOSE_TOKEN_MAX || (first = strchr(token, '.')) == NULL ||
	    (second = strchr(first + 1, '.')) == NULL || strchr(second + 1, '.') != NULL)
		return (false);
	if (!parse_header(arena, token, (size_t)(first - token), kid_is_fine, &jws))
		return (false);
	if (!base64url_decode(
		arena, first + 1, (size_t)(second - first - 1), &payload, &jws.payload_length) ||
	    !base64url_decode(arena, second + 1, length - (size_t)(second + 1 - token), &signature,
		&jws.signature_length))
		return (false);
	jws.payload = payload;
	jws.signature = signature;
	jws.signing_input = token;
	jws.signing_input_length = (size_t)(second - token);
	*out = jws;
	return (true);
}

bool
jws_parse(struct arena *arena, const char *token, struct jws *out)
{
	return (parse(arena, token, is_kid, out));
}

bool
jws_parse_foreign(struct arena *arena, const char *token, struct jws *out)
{
	return (parse(arena, token, is_foreign_kid, out));
}

bool
jws_verify(const struct jws *jws, enum jose_algorithm expected, const struct jose_key *key)
{
	if (!text_equal(jws->alg, algorithms[expected].name) || key->algorithm != expected)
		return (false);
	return (key_verify((struct jose_key *)(uintptr_t)key, jws->signing_input,
	    jws->signing_input_length, jws->signature, jws->signature_length));
}
