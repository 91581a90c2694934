/* Assertions by which clients have authenticated: each is good once (C-03). */
#ifndef CLIENTS_USED_ASSERTIONS_H
#define CLIENTS_USED_ASSERTIONS_H

#include "clients/clients.h"

enum { ASSERTION_JTI_MAX = 255 };

/* A UUIDv7 whose time is that of the expiry and whose rest is taken from a digest of client and
 * jti: the same assertion has the same one, on every node. Of jti
 * ASSERTION_JTI_MAX bytes count: the caller refuses longer ones. */
struct uuid used_assertion_id(const struct uuid *client, const char *jti, int64_t expires_at_ms);
/* RESULT_CONFLICT: it was used before. Any other failure sticks: an assertion that cannot be
 * remembered is not accepted. */
enum result used_assertions_add(
    struct call *, const struct client *, const char *jti, int64_t expires_at_ms);

#endif
