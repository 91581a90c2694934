/* web/form against a reference that works byte by byte and shares no code with it (T-10). */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "web/form.h"

Suite *suite_web_form_differential(void);

enum { BODIES = 1000000, BODY_MAX = 24, PIECES_MAX = 16 };

/* What a body is made of: everything that two decoders have ever seen differently. */
static const char *const pieces[] = {"a", "b", "=", "=", "&", "&", "+", "%", "%3D", "%26", "%3d",
    "%2B", "%25", "%0A", "%0d", "%09", "%00", "%01", "%7f", "%20", "%e2%82%ac", "\xe2\x82\xac",
    "\xe2", "\x82", "%e2", "%82", "%ac", "%c0%af", "%c0", "%ed%a0%80", "%f0%9f%98%80",
    "%f4%90%80%80", "%f8", "\xff", "\n", "\t", "\r", "\x01", "\x7f", " ", "%zz", "%4", "%u0041",
    "0", ";", "\0"};

struct reference {
	char out[2 * BODY_MAX * 8]; /* names and values, each with its NUL */
	size_t length, begin, fields;
	bool has_equals, has_any, is_refused;
};

/* The code point is complete in bytes[0..n); true if that is the only right way to write it. */
static bool
point_is_right(const uint8_t *bytes, size_t n)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point = bytes[0] & (0xffu >> (n + 1));
	size_t i;

	for (i = 1; i < n; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return (false);
		point = point << 6 | (bytes[i] & 0x3f);
	}
	return (point >= least[n] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
}

static bool
is_clean(const uint8_t *bytes, size_t length)
{
	size_t n;

	for (; length > 0; bytes += n, length -= n) {
		n = 1;
		if (bytes[0] < 0x80) {
			if (bytes[0] == 0x7f || (bytes[0] < 0x20 && bytes[0] != '\t' &&
						    bytes[0] != '\r' && bytes[0] != '\n'))
				return (false);
			continue;
		}
		n = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
		if (bytes[0] < 0xc0 || bytes[0] >= 0xf8 || n > length || !point_is_right(bytes, n))
			return (false);
	}
	return (true);
}

static void
part_end(struct reference *reference)
{
	const uint8_t *part = (const uint8_t *)reference->out + reference->begin;

	if (!is_clean(part, reference->length - reference->begin))
		reference->is_refused = true;
	reference->out[reference->length++] = '\0';
	reference->begin = reference->length;
}

static void
field_end(struct reference *reference)
{
	if (reference->has_any) {
		part_end(reference);
		if (!reference->has_equals)
			part_end(reference);
		reference->fields++;
	}
	reference->has_any = reference->has_equals = false;
}

static int
digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return (at == NULL ? -1 : (int)((at - digits) % 16));
}

static void
decode(struct reference *reference, const char *body, size_t length)
{
	size_t i;
	char c;

	memset(reference, 0, sizeof(*reference));
	for (i = 0; i < length; i++) {
		c = body[i];
		if (c == '&') {
			field_end(reference);
			continue;
		}
		reference->has_any = true;
		if (c == '=' && !reference->has_equals) {
			reference->has_equals = true;
			part_end(reference);
			continue;
		}
		if (c == '%') {
			if (i + 2 >= length || digit(body[i + 1]) < 0 || digit(body[i + 2]) < 0) {
				reference->is_refused = true;
				return;
			}
			c = (char)(digit(body[i + 1]) << 4 | digit(body[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		reference->out[reference->length++] = c;
	}
	field_end(reference);
}

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return ((uint32_t)(*state >> 33));
}

static size_t
body_make(uint64_t *state, char *body)
{
	size_t length = 0, i, n = next_random(state) % PIECES_MAX, step;
	const char *piece;

	for (i = 0; i < n; i++) {
		piece = pieces[next_random(state) % (sizeof(pieces) / sizeof(pieces[0]))];
		step = *piece == '\0' ? 1 : strlen(piece);
		if (length + step > BODY_MAX)
			break;
		memcpy(body + length, piece, step);
		length += step;
	}
	return (length);
}

static bool
is_same(const struct reference *reference, const struct form *form)
{
	size_t i;
	const char *at = reference->out;

	if (form->count != reference->fields)
		return (false);
	for (i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, at) != 0)
			return (false);
		at += strlen(at) + 1;
		if (strcmp(form->fields[i].value, at) != 0)
			return (false);
		at += strlen(at) + 1;
	}
	return (true);
}

/* T-10: a million bodies, of which both make the same or nothing. */
START_TEST(t10_as_the_reference_or_refused)
{
	int i, taken = 0;
	char body[BODY_MAX];
	size_t length;
	uint64_t state = 1;
	struct arena *arena;
	struct form form;
	struct reference reference;
	enum form_error error;
	bool is_fine;

	for (i = 0; i < BODIES; i++) {
		length = body_make(&state, body);
		decode(&reference, body, length);
		arena = arena_create(1 << 16);
		error = form_parse(arena, body, length, &form);
		is_fine = error == (reference.is_refused ? FORM_BAD_ENCODING : FORM_OK) &&
			  (error != FORM_OK || is_same(&reference, &form));
		if (!is_fine)
			ck_abort_msg("%.*s", (int)length, body);
		taken += error == FORM_OK;
		arena_destroy(arena);
	}
	ck_assert_int_gt(taken, BODIES / 20);
	ck_assert_int_lt(taken, BODIES - BODIES / 20);
}
END_TEST

Suite *
suite_web_form_differential(void)
{
	Suite *suite = suite_create("web/form_differential");
	TCase *tests = tcase_create("form_differential");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, t10_as_the_reference_or_refused);
	suite_add_tcase(suite, tests);
	return (suite);
}
