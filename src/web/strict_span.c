/* Bytes and pieces of a request head. */
#include <string.h>
#include <strings.h>

#include "web/strict_span.h"

bool
is_token_byte(char byte)
{
	if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9'))
		return (true);
	return (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

bool
is_printable(char byte)
{
	return ((unsigned char)byte >= ' ' && (unsigned char)byte < 0x7f);
}

bool
is_control(char byte)
{
	return ((unsigned char)byte < ' ' || byte == 0x7f);
}

bool
is_digit(char byte)
{
	return (byte >= '0' && byte <= '9');
}

bool
span_is(struct span span, const char *text)
{
	return (span.length == strlen(text) && strncasecmp(span.start, text, span.length) == 0);
}

struct span
span_trim(struct span span)
{
	while (span.length > 0 && (*span.start == ' ' || *span.start == '\t'))
		span.start++, span.length--;
	while (span.length > 0 &&
	       (span.start[span.length - 1] == ' ' || span.start[span.length - 1] == '\t'))
		span.length--;
	return (span);
}

bool
span_next(struct span *list, struct span *out)
{
	const char *comma;

	if (list->length == 0)
		return (false);
	comma = memchr(list->start, ',', list->length);
	out->start = list->start;
	out->length = comma == NULL ? list->length : (size_t)(comma - list->start);
	list->start += out->length + (comma != NULL);
	list->length -= out->length + (comma != NULL);
	*out = span_trim(*out);
	return (true);
}

/* Bytes of the name in front of a port: reg-name, IPv4, or an IPv6 literal in brackets. 0:
 * malformed. */
static size_t
host_name_length(struct span value)
{
	size_t i;

	if (value.length > 0 && value.start[0] == '[') {
		for (i = 1; i < value.length && value.start[i] != ']'; i++)
			if (strchr("0123456789abcdefABCDEF:.", value.start[i]) == NULL)
				return (0);
		return (i == value.length || i < 3 ? 0 : i + 1);
	}
	for (i = 0; i < value.length && value.start[i] != ':'; i++)
		if (!is_token_byte(value.start[i]) ||
		    strchr("!#$%&'*+^`|~", value.start[i]) != NULL)
			return (0);
	return (i);
}

/* ":1" to ":99999", without leading zeros; or nothing. */
static bool
port_is_right(struct span port)
{
	size_t i;

	if (port.length == 0)
		return (true);
	if (port.length < 2 || port.length > 6 || port.start[0] != ':' || port.start[1] == '0')
		return (false);
	for (i = 1; i < port.length; i++)
		if (!is_digit(port.start[i]))
			return (false);
	return (true);
}

bool
span_is_host(struct span value)
{
	size_t name = host_name_length(value);

	return (name > 0 && port_is_right((struct span){value.start + name, value.length - name}));
}
