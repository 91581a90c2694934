/* URLs are read more strictly than libcurl reads them, so that both see the same host in one. */
#include <netinet/in.h>
#include <string.h>

#include "async/fetch_policy.h"
#include "base/text.h"

enum { PORT_DIGITS_MAX = 5, PORT_HTTPS = 443, PORT_HTTP = 80, LABEL_MAX = 63 };

struct authority {
	char host[FETCH_HOST_MAX + 1]; /* lower case; IPv6 with its brackets */
	long long port;		       /* 0: any */
};

static struct authority allowed[FETCH_ALLOWED_MAX];
static size_t allowed_count;

/* What may never be called, IPv4. */
static const struct range4 {
	uint32_t prefix;
	unsigned bits;
} special4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8: this network */
    {0x0a000000, 8},  /* 10.0.0.0/8: private */
    {0x64400000, 10}, /* 100.64.0.0/10: shared by carriers */
    {0x7f000000, 8},  /* 127.0.0.0/8: loopback */
    {0xa9fe0000, 16}, /* 169.254.0.0/16: link-local */
    {0xac100000, 12}, /* 172.16.0.0/12: private */
    {0xc0000000, 24}, /* 192.0.0.0/24: protocol assignments */
    {0xc0000200, 24}, /* 192.0.2.0/24: documentation */
    {0xc0586300, 24}, /* 192.88.99.0/24: 6to4 relays */
    {0xc0a80000, 16}, /* 192.168.0.0/16: private */
    {0xc6120000, 15}, /* 198.18.0.0/15: benchmarks */
    {0xc6336400, 24}, /* 198.51.100.0/24: documentation */
    {0xcb007100, 24}, /* 203.0.113.0/24: documentation */
    {0xe0000000, 3},  /* 224.0.0.0/3: multicast, reserved, broadcast */
};

/* IPv6: nothing outside 2000::/3 is public (::, ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7,
 * fe80::/10, ff00::/8, ...), and of that not these. */
static const struct range6 {
	uint8_t prefix[16];
	unsigned bits;
} special6[] = {
    {{0x20, 0x01, 0x00}, 23},	    /* 2001::/23: protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* 2001:db8::/32: documentation */
    {{0x20, 0x02}, 16},		    /* 2002::/16: 6to4 */
    {{0x3f, 0xff, 0x00}, 20},	    /* 3fff::/20: documentation */
    {{0x3f, 0xfe}, 16},		    /* 3ffe::/16: what was the 6bone */
};

static char
lower(char c)
{
	return (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
}

static bool
is_alphanumeric(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
}

/* host ends where length says. */
static bool
host_copy(struct authority *out, const char *host, size_t length)
{
	size_t i;

	if (length == 0 || length > FETCH_HOST_MAX)
		return (false);
	for (i = 0; i < length; i++)
		out->host[i] = lower(host[i]);
	out->host[length] = '\0';
	return (true);
}

/* 1-65535, digits only, no zero in front. */
static bool
port_read(const char *text, size_t length, long long *out)
{
	char digits[PORT_DIGITS_MAX + 1] = "";

	if (length == 0 || length > PORT_DIGITS_MAX || text[0] < '1' || text[0] > '9')
		return (false);
	memcpy(digits, text, length);
	return (text_parse_integer(digits, 1, 65535, out));
}

/* [0-9a-f:.] in brackets. */
static size_t
literal_length(const char *text, size_t length)
{
	size_t inside;

	if (length == 0 || text[0] != '[')
		return (0);
	inside = strspn(text + 1, "0123456789abcdefABCDEF:.");
	return (inside > 0 && inside + 2 <= length && text[inside + 1] == ']' ? inside + 2 : 0);
}

/* "host", "host:port"; without a port it is what otherwise says. */
static bool
authority_read(const char *text, size_t length, long long otherwise, struct authority *out)
{
	size_t host = literal_length(text, length);

	if (host == 0)
		host = strcspn(text, ":") < length ? strcspn(text, ":") : length;
	if (!host_copy(out, text, host))
		return (false);
	out->port = otherwise;
	if (host == length)
		return (true);
	return (text[host] == ':' && port_read(text + host + 1, length - host - 1, &out->port));
}

static bool
allowed_read(const char *word, size_t length, struct authority *out)
{
	bool is_any = length > 2 && memcmp(word + length - 2, ":*", 2) == 0;

	if (is_any)
		length -= 2;
	if (!authority_read(word, length, 0, out) || is_any != (out->port == 0))
		return (false);
	return (out->host[0] == '[' ||
		strspn(out->host, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(out->host));
}

bool
fetch_policy_allow(const char *list)
{
	size_t count = 0, length;

	allowed_count = 0;
	for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
		length = strcspn(list, " ");
		if (count == FETCH_ALLOWED_MAX || !allowed_read(list, length, &allowed[count]))
			return (false);
		count++;
		list += length;
	}
	allowed_count = count;
	return (true);
}

static bool
is_allowed(const struct authority *authority)
{
	size_t i;

	for (i = 0; i < allowed_count; i++)
		if (text_equal(allowed[i].host, authority->host) &&
		    (allowed[i].port == 0 || allowed[i].port == authority->port))
			return (true);
	return (false);
}

/* Labels of letters, digits and hyphens between dots, two at least; the last one begins with a
 * letter, so it is no address in any of its forms: 127.1, 0x7f.1, 2130706433, 0177.0.0.1. */
static bool
is_domain_name(const char *host)
{
	size_t labels = 0, length;

	for (;; host += length + 1) {
		length = strcspn(host, ".");
		if (length == 0 || length > LABEL_MAX || !is_alphanumeric(host[0]) ||
		    !is_alphanumeric(host[length - 1]) ||
		    strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-") < length)
			return (false);
		labels++;
		if (host[length] == '\0')
			return (labels > 1 && host[0] >= 'a');
	}
}

/* Where the authority begins; NULL when it is no http or https URL of plain characters. */
static const char *
scheme_read(const char *url, bool *is_https)
{
	size_t i;

	for (i = 0; url[i] != '\0'; i++)
		if (i == FETCH_URL_MAX || url[i] <= 0x20 || url[i] >= 0x7f ||
		    strchr("\"<>\\^`{|}#", url[i]) != NULL)
			return (NULL);
	*is_https = text_starts_with(url, "https://");
	if (!*is_https && !text_starts_with(url, "http://"))
		return (NULL);
	return (url + (*is_https ? strlen("https://") : strlen("http://")));
}

static enum fetch_verdict
refuse(const char **problem, const char *text)
{
	*problem = text;
	return (FETCH_REFUSED);
}

enum fetch_verdict
fetch_policy_url(const char *url, const char **problem)
{
	struct authority authority;
	const char *at;
	size_t length;
	bool is_https;

	if ((at = scheme_read(url, &is_https)) == NULL)
		return (refuse(problem, "is no https address"));
	length = strcspn(at, "/?");
	if (memchr(at, '@', length) != NULL)
		return (refuse(problem, "holds a user name"));
	if (!authority_read(at, length, is_https ? PORT_HTTPS : PORT_HTTP, &authority))
		return (refuse(problem, "has no host, or a port that is none"));
	if (is_allowed(&authority))
		return (FETCH_ALLOWED);
	if (!is_https)
		return (refuse(problem, "is no https address"));
	if (!is_domain_name(authority.host))
		return (refuse(problem, "has a host that is no domain name"));
	if (authority.port != PORT_HTTPS)
		return (refuse(problem, "has a port other than 443"));
	return (FETCH_PUBLIC);
}

static bool
is_public4(uint32_t address)
{
	size_t i;

	for (i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
		if ((address ^ special4[i].prefix) >> (32 - special4[i].bits) == 0)
			return (false);
	return (true);
}

static bool
within6(const uint8_t *address, const struct range6 *range)
{
	unsigned bytes = range->bits / 8, rest = range->bits % 8;

	return (memcmp(address, range->prefix, bytes) == 0 &&
		(rest == 0 || (address[bytes] ^ range->prefix[bytes]) >> (8 - rest) == 0));
}

static bool
is_public6(const uint8_t *address)
{
	static const struct range6 unicast = {{0x20}, 3};
	size_t i;

	if (!within6(address, &unicast))
		return (false);
	for (i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
		if (within6(address, &special6[i]))
			return (false);
	return (true);
}

bool
fetch_policy_address_is_public(const struct sockaddr *address)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&in, address, sizeof(in));
		return (is_public4(ntohl(in.sin_addr.s_addr)));
	case AF_INET6:
		memcpy(&in6, address, sizeof(in6));
		return (is_public6(in6.sin6_addr.s6_addr));
	default:
		return (false);
	}
}
