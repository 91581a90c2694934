/*
 * Who may be called when a stranger chose the address: a client's jwks_uri, say (D-02, D-03). Only
 * https, port 443, a host name; and only public addresses, which is asked of the very address that
 * a connection goes to, so that a name that resolves otherwise the next time helps nobody. What
 * stands in the setting outgoing_allow may be called all the same.
 */
#ifndef ASYNC_FETCH_POLICY_H
#define ASYNC_FETCH_POLICY_H

#include <stdbool.h>
#include <sys/socket.h>

enum { FETCH_ALLOWED_MAX = 32, FETCH_HOST_MAX = 253, FETCH_URL_MAX = 2048 };

/* Words "host:port" or "host:*", separated by spaces; IPv6 in brackets. Replaces what was allowed.
 * False for what is none of these, or too many; then nothing is allowed. */
bool fetch_policy_allow(const char *list);

enum fetch_verdict {
	FETCH_REFUSED,
	FETCH_PUBLIC, /* https to public addresses: fetch_policy_address_is_public() has to agree */
	FETCH_ALLOWED /* by the setting: http or https, whatever its address */
};
/* *problem: why it is refused, constant text. */
enum fetch_verdict fetch_policy_url(const char *url, const char **problem);
/* Neither loopback, private, link-local, shared (RFC 6598), multicast, reserved nor for
 * documentation; nor IPv6 that carries an IPv4 address. (IANA's special-purpose registries, RFC
 * 6890.) */
bool fetch_policy_address_is_public(const struct sockaddr *);

#endif
