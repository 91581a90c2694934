/* What the values of standard claims look like: OpenID Connect Core 1.0, 5.1. */
#include "people/claim_forms.h"

#include <string.h>

#include "base/text.h"
#include "people/users.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum { PHONE_DIGITS_LEAST = 4, PHONE_DIGITS_MOST = 15, SUBTAG_MOST = 8, ZONE_PARTS_MOST = 3 };

bool
claim_form_is_line(const char *text)
{
	size_t length = strlen(text), i;

	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return (false);
	return (
	    length > 0 && text[0] != ' ' && text[length - 1] != ' ' && text_is_utf8(text, length));
}

static bool
is_email(const char *text)
{
	return (users_email_error(text) == NULL);
}

static bool
is_url(const char *text)
{
	static const char allowed[] = LETTERS DIGITS "-._~:/?#[]@!$&'()*+,;=%";
	size_t scheme = text_starts_with(text, "https://")  ? strlen("https://")
			: text_starts_with(text, "http://") ? strlen("http://")
							    : 0;

	return (scheme > 0 && strcspn(text + scheme, "/?#") > 0 &&
		strspn(text, allowed) == strlen(text));
}

/* The two digits there as a number. */
static int
two_digits(const char *text)
{
	return (10 * (text[0] - '0') + text[1] - '0');
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool
is_date(const char *text)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (strspn(text, DIGITS) != 4)
		return (false);
	year = 100 * two_digits(text) + two_digits(text + 2);
	text += 4;
	if (text[0] == '\0')
		return (year > 0);
	if (strlen(text) != strlen("-MM-DD") || text[0] != '-' || text[3] != '-' ||
	    strspn(text + 1, DIGITS) != 2 || strspn(text + 4, DIGITS) != 2)
		return (false);
	month = two_digits(text + 1);
	day = two_digits(text + 4);
	return (month >= 1 && month <= 12 && day >= 1 &&
		day <= days[month - 1] + (month == 2 && is_leap(year)));
}

static bool
is_zone(const char *text)
{
	size_t length;
	int parts;

	for (parts = 1; parts <= ZONE_PARTS_MOST; parts++) {
		length = strspn(text, LETTERS DIGITS "_+-");
		if (strchr(LETTERS, text[0]) == NULL || length == 0)
			return (false);
		if (text[length] == '\0')
			return (true);
		if (text[length] != '/')
			return (false);
		text += length + 1;
	}
	return (false);
}

static bool
is_language(const char *text)
{
	size_t length = strspn(text, LETTERS);

	if (length == 0 || text[length] != '-')
		return (length >= 2 && length <= SUBTAG_MOST && text[length] == '\0');
	while (length > 0 && length <= SUBTAG_MOST && text[length] == '-') {
		text += length + 1;
		length = strspn(text, LETTERS DIGITS);
	}
	return (length > 0 && length <= SUBTAG_MOST && text[length] == '\0');
}

static bool
is_phone(const char *text)
{
	static const char mark[] = ";ext=";
	size_t length = strcspn(text, ";"), digits = 0, i;
	const char *extension = text + length;

	if (text[0] != '+' || length < 2 || strchr(" )-.", text[length - 1]) != NULL)
		return (false);
	for (i = 1; i < length; i++) {
		if (strchr(DIGITS " ().-", text[i]) == NULL)
			return (false);
		digits += strchr(DIGITS, text[i]) != NULL;
	}
	if (digits < PHONE_DIGITS_LEAST || digits > PHONE_DIGITS_MOST)
		return (false);
	if (extension[0] == '\0')
		return (true);
	if (!text_starts_with(extension, mark))
		return (false);
	extension += strlen(mark);
	return (extension[0] != '\0' && extension[strspn(extension, DIGITS)] == '\0');
}

const struct claim_form claim_form_line = {claim_form_is_line, "is not one line of text"};
const struct claim_form claim_form_email = {is_email, "is not an address"};
const struct claim_form claim_form_url = {is_url, "is not a URL of http or https"};
const struct claim_form claim_form_date = {
    is_date, "is not a date: YYYY-MM-DD, 0000-MM-DD or YYYY"};
const struct claim_form claim_form_zone = {
    is_zone, "is not the name of a time zone, such as Europe/Paris"};
const struct claim_form claim_form_language = {
    is_language, "is not a language tag, such as en or pt-BR"};
const struct claim_form claim_form_phone = {
    is_phone, "is not a number with its country, such as +1 202 555 0123"};
