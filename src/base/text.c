/* Growing text with a limit, and the few questions we ask of strings. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fatal.h"
#include "base/text.h"

enum { TEXT_FIRST = 128 };

void
text_init(struct text *text, struct arena *arena, size_t limit)
{
	memset(text, 0, sizeof(*text));
	text->arena = arena;
	text->limit = limit;
	text->capacity = limit < TEXT_FIRST ? limit : TEXT_FIRST;
	text->data = arena_alloc(arena, text->capacity + 1);
}

/* Room for so many bytes more, or as many as the limit leaves. Returns how many fit. */
static size_t
text_reserve(struct text *text, size_t length)
{
	size_t capacity, need;

	if (length > text->limit - text->length) {
		length = text->limit - text->length;
		text->overflowed = true;
	}
	need = text->length + length;
	if (need > text->capacity) {
		capacity = text->capacity * 2;
		if (capacity < need)
			capacity = need;
		if (capacity > text->limit)
			capacity = text->limit;
		text->data =
		    arena_resize(text->arena, text->data, text->capacity + 1, capacity + 1);
		text->capacity = capacity;
	}
	return (length);
}

void
text_add_bytes(struct text *text, const void *bytes, size_t length)
{
	if (text->overflowed)
		return;
	length = text_reserve(text, length);
	if (length > 0)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void
text_add(struct text *text, const char *string)
{
	if (string != NULL)
		text_add_bytes(text, string, strlen(string));
}

void
text_add_byte(struct text *text, char byte)
{
	text_add_bytes(text, &byte, 1);
}

void
text_addf(struct text *text, const char *format, ...)
{
	int wanted;
	size_t fits, room = text->capacity - text->length;
	va_list arguments;

	if (text->overflowed)
		return;
	va_start(arguments, format);
	wanted = vsnprintf(text->data + text->length, room + 1, format, arguments);
	va_end(arguments);
	if (wanted < 0)
		fatal("text: a format failed");
	if ((size_t)wanted <= room) {
		text->length += (size_t)wanted;
		return;
	}
	fits = text_reserve(text, (size_t)wanted);
	va_start(arguments, format);
	(void)vsnprintf(text->data + text->length, fits + 1, format, arguments);
	va_end(arguments);
	text->length += fits;
}

bool
text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == b);
	return (strcmp(a, b) == 0);
}

static char
lower(char c)
{
	return (c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
}

bool
text_equal_nocase(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == b);
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return (*a == '\0' && *b == '\0');
}

bool
text_starts_with(const char *string, const char *prefix)
{
	if (string == NULL || prefix == NULL)
		return (false);
	return (strncmp(string, prefix, strlen(prefix)) == 0);
}

/* What would be overlong, a surrogate or over U+10FFFF shows in the second byte. */
static bool
second_byte_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return (second >= 0xa0 && second <= 0xbf);
	case 0xed:
		return (second >= 0x80 && second <= 0x9f);
	case 0xf0:
		return (second >= 0x90 && second <= 0xbf);
	case 0xf4:
		return (second >= 0x80 && second <= 0x8f);
	default:
		return (second >= 0x80 && second <= 0xbf);
	}
}

size_t
text_utf8_length(const char *bytes, size_t length)
{
	const uint8_t *at = (const uint8_t *)bytes;
	size_t i, count;

	if (length == 0 || at[0] == 0)
		return (0);
	if (at[0] < 0x80)
		return (1);
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return (0);
	count = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (count > length)
		return (0);
	if (!second_byte_fits(at[0], at[1]))
		return (0);
	for (i = 2; i < count; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return (0);
	}
	return (count);
}

bool
text_is_utf8(const char *bytes, size_t length)
{
	size_t i, step;

	for (i = 0; i < length; i += step) {
		step = 1;
		if ((signed char)bytes[i] > 0)
			continue;
		if ((step = text_utf8_length(bytes + i, length - i)) == 0)
			return (false);
	}
	return (true);
}

bool
text_parse_integer(const char *string, long long min, long long max, long long *out)
{
	char *end;
	const char *digits;
	long long value;

	if (string == NULL)
		return (false);
	digits = *string == '-' ? string + 1 : string;
	if (*digits < '0' || *digits > '9')
		return (false);
	errno = 0;
	value = strtoll(string, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return (false);
	*out = value;
	return (true);
}

/* The next word of a list, in place. NULL at the end. */
static const char *
list_word(const char **cursor, size_t *length)
{
	const char *word;

	if (*cursor == NULL)
		return (NULL);
	word = *cursor + strspn(*cursor, " ");
	*length = strcspn(word, " ");
	*cursor = word + *length;
	return (*length > 0 ? word : NULL);
}

static bool
list_has(const char *list, const char *word, size_t length)
{
	size_t n;
	const char *at;

	while ((at = list_word(&list, &n)) != NULL) {
		if (n == length && memcmp(at, word, n) == 0)
			return (true);
	}
	return (false);
}

/* %x21 / %x23-5B / %x5D-7E */
static bool
is_word_byte(char c)
{
	return (c > 0x20 && c < 0x7f && c != '"' && c != '\\');
}

bool
text_list_is_well_formed(const char *list)
{
	size_t length = strlen(list), i;

	if (length == 0 || list[0] == ' ' || list[length - 1] == ' ')
		return (false);
	for (i = 0; i < length; i++) {
		if (list[i] == ' ' ? list[i + 1] == ' ' : !is_word_byte(list[i]))
			return (false);
	}
	return (true);
}

bool
text_list_has(const char *list, const char *word)
{
	return (word != NULL && list_has(list, word, strlen(word)));
}

bool
text_list_within(const char *list, const char *allowed)
{
	size_t length;
	const char *word;

	while ((word = list_word(&list, &length)) != NULL) {
		if (!list_has(allowed, word, length))
			return (false);
	}
	return (true);
}

char *
text_list_intersect(struct arena *arena, const char *list, const char *allowed)
{
	size_t length;
	const char *word;
	struct text out;

	text_init(&out, arena, list == NULL ? 0 : strlen(list));
	while ((word = list_word(&list, &length)) != NULL) {
		if (!list_has(allowed, word, length) || list_has(out.data, word, length))
			continue;
		if (out.length > 0)
			text_add_byte(&out, ' ');
		text_add_bytes(&out, word, length);
	}
	return (out.data);
}

void
text_list_add(struct text *list, const char *word)
{
	if (text_list_has(list->data, word))
		return;
	if (list->length > 0)
		text_add_byte(list, ' ');
	text_add(list, word);
}

char *
text_list_next(struct arena *arena, const char **cursor)
{
	size_t length;
	const char *word;

	if ((word = list_word(cursor, &length)) == NULL)
		return (NULL);
	return (arena_substring(arena, word, length));
}
