/*
 * What a sealed code holds: a version, four UUIDs, two times (8 bytes, big endian), then the texts,
 * each with its length in two bytes, all ones for NULL.
 */
#include "grants/code_payload.h"

#include <string.h>

/* Version 2 has two texts more; what can do without them is written as the release before reads it.
 */
enum { VERSION = 1, VERSION_WITH_CLAIMS = 2, ABSENT = 0xffff };

struct reader {
	struct arena *arena;
	const uint8_t *at, *end;
	bool is_short;
};

static void
write_number(struct text *out, uint64_t value, unsigned bytes)
{
	while (bytes-- > 0)
		text_add_byte(out, (char)(value >> (8 * bytes) & 0xff));
}

static void
write_string(struct text *out, const char *string)
{
	size_t length = string != NULL ? strlen(string) : 0;

	if (length >= ABSENT) {
		out->overflowed = true;
		return;
	}
	write_number(out, string != NULL ? length : ABSENT, 2);
	text_add_bytes(out, string != NULL ? string : "", length);
}

bool
code_payload_write(struct arena *arena, const struct authorization_code *code, struct text *out)
{
	bool has_claims = code->id_token_claims != NULL || code->userinfo_claims != NULL;

	text_init(out, arena, CODE_PAYLOAD_MAX);
	write_number(out, has_claims ? VERSION_WITH_CLAIMS : VERSION, 1);
	text_add_bytes(out, code->id.bytes, UUID_BYTES);
	text_add_bytes(out, code->client.bytes, UUID_BYTES);
	text_add_bytes(out, code->user.bytes, UUID_BYTES);
	text_add_bytes(out, code->session.bytes, UUID_BYTES);
	write_number(out, (uint64_t)code->auth_time, 8);
	write_number(out, (uint64_t)code->expires_at, 8);
	write_string(out, code->redirect_uri);
	write_string(out, code->scope);
	write_string(out, code->nonce);
	write_string(out, code->code_challenge);
	write_string(out, code->acr);
	write_string(out, code->amr);
	if (has_claims) {
		write_string(out, code->id_token_claims);
		write_string(out, code->userinfo_claims);
	}
	return (!out->overflowed);
}

static const uint8_t *
take(struct reader *reader, size_t length)
{
	const uint8_t *at = reader->at;

	if ((size_t)(reader->end - at) < length) {
		reader->is_short = true;
		return (NULL);
	}
	reader->at += length;
	return (at);
}

static uint64_t
read_number(struct reader *reader, unsigned bytes)
{
	const uint8_t *at = take(reader, bytes);
	uint64_t value = 0;

	while (at != NULL && bytes-- > 0)
		value = value << 8 | *at++;
	return (value);
}

static struct uuid
read_uuid(struct reader *reader)
{
	const uint8_t *at = take(reader, UUID_BYTES);
	struct uuid id = {{0}};

	if (at != NULL)
		memcpy(id.bytes, at, UUID_BYTES);
	return (id);
}

static const char *
read_string(struct reader *reader)
{
	uint64_t length = read_number(reader, 2);
	const uint8_t *at;

	if (length == ABSENT)
		return (NULL);
	at = take(reader, (size_t)length);
	return (
	    at == NULL ? NULL : arena_substring(reader->arena, (const char *)at, (size_t)length));
}

bool
code_payload_read(
    struct arena *arena, const uint8_t *bytes, size_t length, struct authorization_code *out)
{
	struct reader reader = {.arena = arena, .at = bytes, .end = bytes + length};
	struct authorization_code code = {0};
	uint64_t version = read_number(&reader, 1);

	if (version != VERSION && version != VERSION_WITH_CLAIMS)
		return (false);
	code.id = read_uuid(&reader);
	code.client = read_uuid(&reader);
	code.user = read_uuid(&reader);
	code.session = read_uuid(&reader);
	code.auth_time = (int64_t)read_number(&reader, 8);
	code.expires_at = (int64_t)read_number(&reader, 8);
	code.redirect_uri = read_string(&reader);
	code.scope = read_string(&reader);
	code.nonce = read_string(&reader);
	code.code_challenge = read_string(&reader);
	code.acr = read_string(&reader);
	code.amr = read_string(&reader);
	if (version == VERSION_WITH_CLAIMS) {
		code.id_token_claims = read_string(&reader);
		code.userinfo_claims = read_string(&reader);
	}
	if (reader.is_short || reader.at != reader.end)
		return (false);
	*out = code;
	return (true);
}
