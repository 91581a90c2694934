/* Redirect URIs: what may be registered (R-02, R-04, R-05), and what matches (R-01, R-03). */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "clients/clients.h"

struct uri {
	size_t scheme_length;
	bool has_authority;
	bool has_userinfo;
	const char *host; /* with brackets when IPv6 */
	size_t host_length;
	const char *port; /* digits, NULL when there is no colon */
	size_t port_length;
	const char *rest; /* path and query */
};

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

static bool
is_letter(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

static bool
is_span(const char *at, size_t length, const char *text)
{
	return (length == strlen(text) && memcmp(at, text, length) == 0);
}

static void
parse_authority(const char *at, struct uri *uri)
{
	const char *end = at + strcspn(at, "/?#");

	uri->has_authority = true;
	uri->rest = end;
	uri->has_userinfo = memchr(at, '@', (size_t)(end - at)) != NULL;
	uri->host = at;
	if (*at == '[')
		while (at < end && *at != ']')
			at++;
	while (at < end && *at != ':')
		at++;
	uri->host_length = (size_t)(at - uri->host);
	if (at < end) {
		uri->port = at + 1;
		uri->port_length = (size_t)(end - uri->port);
	}
}

/* Cuts into parts; judges nothing but the form of the scheme. */
static bool
parse_uri(const char *text, struct uri *out)
{
	struct uri uri = {0};
	const char *at;

	if (!is_letter(text[0]))
		return (false);
	for (at = text; is_letter(*at) || is_digit(*at) || *at == '+' || *at == '-' || *at == '.';)
		at++;
	if (*at != ':')
		return (false);
	uri.scheme_length = (size_t)(at - text);
	uri.rest = ++at;
	if (at[0] == '/' && at[1] == '/')
		parse_authority(at + 2, &uri);
	*out = uri;
	return (true);
}

/* The literals, nothing that resolves to them. */
static bool
is_loopback_address(const struct uri *uri)
{
	return (is_span(uri->host, uri->host_length, "127.0.0.1") ||
		is_span(uri->host, uri->host_length, "[::1]"));
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

/* The byte at *at, percent-decoded, and moves on. The form was checked before. */
static char
next_decoded(const char **at)
{
	const char *c = *at;

	if (c[0] != '%') {
		*at += 1;
		return (c[0]);
	}
	*at += 3;
	return ((char)(hex_value(c[1]) << 4 | hex_value(c[2])));
}

static const char *
character_error(const char *text)
{
	const char *at;
	int value;

	for (at = text; *at != '\0'; at++) {
		if (*at <= 0x20 || *at >= 0x7f || strchr("\"<>\\^`{|}", *at) != NULL)
			return ("has a character that a URI cannot have");
		if (*at == '#')
			return ("has a fragment");
		if (*at != '%')
			continue;
		if (hex_value(at[1]) < 0 || hex_value(at[2]) < 0)
			return ("has a percent sign without two hexadecimal digits");
		value = hex_value(at[1]) << 4 | hex_value(at[2]);
		if (value < 0x20 || value == 0x7f || value == '\\')
			return ("has an encoded control character or backslash");
	}
	return (NULL);
}

/* Encoded or not: a path that a browser or server would shorten. */
static bool
has_dot_segment(const char *path)
{
	const char *end = path + strcspn(path, "?"), *at = path;
	size_t dots = 0, others = 0;
	char c;

	while (at < end) {
		c = next_decoded(&at);
		if (c == '/') {
			if (others == 0 && (dots == 1 || dots == 2))
				return (true);
			dots = others = 0;
		} else if (c == '.') {
			dots++;
		} else {
			others++;
		}
	}
	return (others == 0 && (dots == 1 || dots == 2));
}

/* A name whose last label looks like a number is an address to a browser: then only four plain
 * numbers will do. */
static bool
is_host_name(const char *host, size_t length)
{
	char text[256];
	struct in_addr address;
	const char *last = host;
	size_t label = 0, i;

	if (length == 0 || length >= sizeof(text))
		return (false);
	for (i = 0; i < length; i++) {
		if (host[i] == '.') {
			if (label == 0)
				return (false);
			label = 0;
			last = host + i + 1;
			continue;
		}
		if (!is_letter(host[i]) && !is_digit(host[i]) && host[i] != '-' && host[i] != '_')
			return (false);
		label++;
	}
	if (label == 0)
		return (false);
	if (!is_digit(*last))
		return (true);
	memcpy(text, host, length);
	text[length] = '\0';
	return (inet_pton(AF_INET, text, &address) == 1);
}

static bool
is_ipv6_literal(const char *host, size_t length)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (length < 4 || length - 2 >= sizeof(text) || host[length - 1] != ']')
		return (false);
	memcpy(text, host + 1, length - 2);
	text[length - 2] = '\0';
	return (inet_pton(AF_INET6, text, &address) == 1);
}

static bool
is_port(const char *digits, size_t length)
{
	unsigned value = 0;
	size_t i;

	if (length == 0 || length > 5 || digits[0] == '0')
		return (false);
	for (i = 0; i < length; i++) {
		if (!is_digit(digits[i]))
			return (false);
		value = value * 10 + (unsigned)(digits[i] - '0');
	}
	return (value <= 65535);
}

static const char *
authority_error(const struct uri *uri)
{
	if (!uri->has_authority)
		return ("has no host");
	if (uri->has_userinfo)
		return ("has a user name before the host");
	if (uri->host_length == 0)
		return ("has an empty host");
	if (uri->host[0] == '[' ? !is_ipv6_literal(uri->host, uri->host_length)
				: !is_host_name(uri->host, uri->host_length))
		return ("has a host that is not a plain name or address");
	if (uri->port != NULL && !is_port(uri->port, uri->port_length))
		return ("has a port that is not a number from 1 to 65535");
	return (NULL);
}

static const char *
scheme_error(const char *text, const struct uri *uri, bool is_native)
{
	const char *error;
	size_t i;

	for (i = 0; i < uri->scheme_length; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			return ("has a scheme with capital letters");
	if (is_span(text, uri->scheme_length, "https"))
		return (authority_error(uri));
	if (is_span(text, uri->scheme_length, "http")) {
		error = authority_error(uri);
		if (error == NULL && !is_loopback_address(uri) &&
		    !is_span(uri->host, uri->host_length, "localhost"))
			error = "uses http to a host that is not a loopback address";
		return (error);
	}
	if (memchr(text, '.', uri->scheme_length) == NULL)
		return ("has a scheme that is not allowed");
	if (!is_native)
		return ("has a private-use scheme, which is for native applications");
	if (text[uri->scheme_length + 1] != '/')
		return ("has no path after its scheme");
	return (uri->has_userinfo ? "has a user name before the host" : NULL);
}

const char *
redirect_uri_error(const char *text, bool is_native)
{
	const char *error;
	struct uri uri;

	if (text[0] == '\0')
		return ("is empty");
	if (strnlen(text, CLIENT_URI_BYTES_MAX + 1) > CLIENT_URI_BYTES_MAX)
		return ("is longer than 2048 bytes");
	error = character_error(text);
	if (error != NULL)
		return (error);
	if (!parse_uri(text, &uri))
		return ("has no scheme");
	error = scheme_error(text, &uri, is_native);
	if (error == NULL && has_dot_segment(uri.rest))
		error = "has a dot segment in its path";
	return (error);
}

/* RFC 8252, 7.3: a native application listens on whatever port it gets. */
static bool
matches_but_for_port(const char *registered, const char *asked)
{
	struct uri ours, theirs;

	return (parse_uri(registered, &ours) && parse_uri(asked, &theirs) &&
		is_span(registered, ours.scheme_length, "http") &&
		is_span(asked, theirs.scheme_length, "http") && ours.has_authority &&
		theirs.has_authority && is_loopback_address(&ours) &&
		ours.host_length == theirs.host_length &&
		memcmp(ours.host, theirs.host, ours.host_length) == 0 &&
		strcmp(ours.rest, theirs.rest) == 0);
}

static bool
is_registered(const struct client *client, const char *const *list, size_t count, const char *uri)
{
	size_t i;

	if (redirect_uri_error(uri, client->is_native) != NULL)
		return (false);
	for (i = 0; i < count; i++)
		if (strcmp(list[i], uri) == 0 ||
		    (client->is_native && matches_but_for_port(list[i], uri)))
			return (true);
	return (false);
}

bool
clients_has_redirect_uri(const struct client *client, const char *uri)
{
	return (is_registered(client, client->redirect_uris, client->redirect_uri_count, uri));
}

bool
clients_has_post_logout_redirect_uri(const struct client *client, const char *uri)
{
	return (is_registered(client, client->post_logout_redirect_uris,
	    client->post_logout_redirect_uri_count, uri));
}
