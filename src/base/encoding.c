/* base64url, base64, hex, percent-encoding and HTML escapes. */
#include <string.h>

#include "base/encoding.h"

static const char alphabet_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet_standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

static size_t
encode_whole(char *out, const uint8_t *in, size_t length, const char *alphabet)
{
	size_t i;
	uint32_t bits;
	char *at = out;

	for (i = 0; i + 3 <= length; i += 3) {
		bits = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
		*at++ = alphabet[bits >> 18];
		*at++ = alphabet[bits >> 12 & 63];
		*at++ = alphabet[bits >> 6 & 63];
		*at++ = alphabet[bits & 63];
	}
	if (length - i == 1) {
		*at++ = alphabet[in[i] >> 2];
		*at++ = alphabet[(in[i] & 3) << 4];
	} else if (length - i == 2) {
		*at++ = alphabet[in[i] >> 2];
		*at++ = alphabet[(in[i] & 3) << 4 | in[i + 1] >> 4];
		*at++ = alphabet[(in[i + 1] & 15) << 2];
	}
	*at = '\0';
	return ((size_t)(at - out));
}

char *
base64url_encode(struct arena *arena, const void *bytes, size_t length)
{
	char *out = arena_alloc(arena, length / 3 * 4 + 5);

	(void)encode_whole(out, bytes, length, alphabet_url);
	return (out);
}

char *
base64_encode(struct arena *arena, const void *bytes, size_t length)
{
	char *out = arena_alloc(arena, length / 3 * 4 + 5);
	size_t n = encode_whole(out, bytes, length, alphabet_standard);

	while (n % 4 != 0)
		out[n++] = '=';
	out[n] = '\0';
	return (out);
}

/* The six bits of a character, or -1. */
static int
sextet(char c, const char *alphabet)
{
	if (c >= 'A' && c <= 'Z')
		return (c - 'A');
	if (c >= 'a' && c <= 'z')
		return (c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (c - '0' + 52);
	if (c == alphabet[62])
		return (62);
	if (c == alphabet[63])
		return (63);
	return (-1);
}

/* Without padding; canonical or nothing. */
static bool
decode_whole(struct arena *arena, const char *in, size_t length, const char *alphabet,
    uint8_t **out, size_t *out_length)
{
	int value;
	size_t i, n = 0;
	unsigned bits = 0, count = 0;
	uint8_t *bytes;

	if (length % 4 == 1)
		return (false);
	bytes = arena_alloc(arena, length / 4 * 3 + 3);
	for (i = 0; i < length; i++) {
		if ((value = sextet(in[i], alphabet)) < 0)
			return (false);
		bits = (bits << 6 | (unsigned)value) & 0x3fff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			bytes[n++] = (uint8_t)(bits >> count);
		}
	}
	if ((bits & ((1u << count) - 1)) != 0)
		return (false);
	bytes[n] = 0;
	*out = bytes;
	*out_length = n;
	return (true);
}

bool
base64url_decode(
    struct arena *arena, const char *in, size_t length, uint8_t **out, size_t *out_length)
{
	return (decode_whole(arena, in, length, alphabet_url, out, out_length));
}

bool
base64_decode(struct arena *arena, const char *in, size_t length, uint8_t **out, size_t *out_length)
{
	if (length % 4 != 0)
		return (false);
	if (length > 0 && in[length - 1] == '=')
		length -= in[length - 2] == '=' ? 2 : 1;
	return (decode_whole(arena, in, length, alphabet_standard, out, out_length));
}

char *
hex_encode(struct arena *arena, const void *bytes, size_t length)
{
	size_t i;
	const uint8_t *in = bytes;
	char *out = arena_alloc(arena, 2 * length + 1);

	for (i = 0; i < length; i++) {
		out[2 * i] = hex_lower[in[i] >> 4];
		out[2 * i + 1] = hex_lower[in[i] & 15];
	}
	return (out);
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

bool
hex_decode(const char *in, size_t length, uint8_t *out, size_t out_length)
{
	int high, low;
	size_t i;

	if (length != 2 * out_length)
		return (false);
	for (i = 0; i < out_length; i++) {
		high = nibble(in[2 * i]);
		low = nibble(in[2 * i + 1]);
		if (high < 0 || low < 0)
			return (false);
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (true);
}

static bool
is_alphanumeric(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

static void
add_percent_byte(struct text *text, char c)
{
	char escape[3] = {'%', hex_upper[(uint8_t)c >> 4], hex_upper[(uint8_t)c & 15]};

	text_add_bytes(text, escape, sizeof(escape));
}

void
text_add_percent(struct text *text, const char *string)
{
	for (; string != NULL && *string != '\0'; string++) {
		if (is_alphanumeric(*string) || strchr("-._~", *string) != NULL)
			text_add_byte(text, *string);
		else
			add_percent_byte(text, *string);
	}
}

void
text_add_form(struct text *text, const char *string)
{
	for (; string != NULL && *string != '\0'; string++) {
		if (*string == ' ')
			text_add_byte(text, '+');
		else if (is_alphanumeric(*string) || strchr("-._*", *string) != NULL)
			text_add_byte(text, *string);
		else
			add_percent_byte(text, *string);
	}
}

void
text_add_html(struct text *text, const char *string)
{
	size_t plain;
	const char *escape;

	while (string != NULL && *string != '\0') {
		plain = strcspn(string, "&<>\"'");
		text_add_bytes(text, string, plain);
		string += plain;
		switch (*string) {
		case '&':
			escape = "&amp;";
			break;
		case '<':
			escape = "&lt;";
			break;
		case '>':
			escape = "&gt;";
			break;
		case '"':
			escape = "&quot;";
			break;
		case '\'':
			escape = "&#39;";
			break;
		default:
			return;
		}
		text_add(text, escape);
		string++;
	}
}

static bool
is_refused_control(uint8_t byte)
{
	return ((byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f);
}

/* Most of what comes, and the long of it, is tokens: visible ASCII without an escape. */
static bool
is_plain(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && (uint8_t)(text[i] - 0x21) < 0x7f - 0x21)
		i++;
	return (
	    i == length && memchr(text, '%', length) == NULL && memchr(text, '+', length) == NULL);
}

bool
percent_decode(char *text, size_t *length, bool plus_is_space)
{
	size_t i, n = 0;
	uint8_t byte;

	if (is_plain(text, *length))
		return (true);
	for (i = 0; i < *length; i++) {
		byte = (uint8_t)text[i];
		if (byte == '%') {
			if (*length - i < 3 || !hex_decode(text + i + 1, 2, &byte, 1))
				return (false);
			i += 2;
		} else if (byte == '+' && plus_is_space) {
			byte = ' ';
		}
		if (is_refused_control(byte))
			return (false);
		text[n++] = (char)byte;
	}
	if (!text_is_utf8(text, n))
		return (false);
	if (n < *length)
		text[n] = '\0';
	*length = n;
	return (true);
}
