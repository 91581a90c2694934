/* Reading and setting cookies (RFC 6265, 5.2 and 5.4). */
#include "web/cookie.h"

#include <string.h>

#include "base/fatal.h"
#include "base/text.h"
#include "web/request.h"

/* One "name=value" of a header; blanks around it are cut, the name compares exactly. */
static bool
pair_has_name(const char *pair, size_t length, const char *name, const char **value, size_t *rest)
{
	const char *equals = memchr(pair, '=', length);
	size_t name_length;

	if (equals == NULL)
		return (false);
	*value = equals + 1;
	*rest = length - (size_t)(equals + 1 - pair);
	while (equals > pair && (equals[-1] == ' ' || equals[-1] == '\t'))
		equals--;
	name_length = (size_t)(equals - pair);
	return (name_length == strlen(name) && memcmp(pair, name, name_length) == 0);
}

/* Counts the pairs of that name in one header; *out is the first one's value. */
static unsigned
header_scan(struct call *call, const char *header, const char *name, const char **out)
{
	const char *value;
	size_t length, rest;
	unsigned found = 0;

	while (*header != '\0') {
		header += strspn(header, " \t;");
		length = strcspn(header, ";");
		if (pair_has_name(header, length, name, &value, &rest) && found++ == 0) {
			while (rest > 0 && (value[rest - 1] == ' ' || value[rest - 1] == '\t'))
				rest--;
			*out = arena_substring(call->arena, value, rest);
		}
		header += length;
	}
	return (found);
}

enum cookie_state
cookie_read(struct call *call, const char *name, const char **out)
{
	const struct request *request = call->request;
	const char *value = NULL;
	unsigned found = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, "cookie"))
			found += header_scan(call, request->headers[i].value, name, &value);
	}
	if (found == 0)
		return (COOKIE_ABSENT);
	if (found > 1)
		return (COOKIE_AMBIGUOUS);
	*out = value;
	return (COOKIE_PRESENT);
}

/* cookie-octet of RFC 6265, 4.1.1. */
static bool
value_is_clean(const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value <= 0x20 || *value >= 0x7f || strchr("\",;\\", *value) != NULL)
			return (false);
	}
	return (true);
}

void
cookie_set(struct call *call, struct reply *reply, const char *name, const char *value, int max_age)
{
	const char *attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";

	if (!text_starts_with(name, "__Host-") || !value_is_clean(value))
		fatal("cookie: %s is not a __Host- cookie of clean bytes", name);
	if (max_age < 0) {
		value = "";
		max_age = 0;
		attributes = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
	}
	if (max_age > 0)
		attributes = arena_format(call->arena, "%s; Max-Age=%d", attributes, max_age);
	reply_header(call, reply, "Set-Cookie",
	    arena_format(call->arena, "%s=%s; %s", name, value, attributes));
}
