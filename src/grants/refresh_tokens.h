/* Refresh tokens: "lk_rt_" + family, generation, secret id and an HMAC over them. Rotation is one
 * UPDATE; the successor is derived. */
#ifndef GRANTS_REFRESH_TOKENS_H
#define GRANTS_REFRESH_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "clients/clients.h"
#include "grants/grants.h"

/* The token of that generation of the grant. The same every time it is asked for. */
enum result refresh_tokens_create(struct call *, const struct grant *, const char **text);

struct refresh_token {
	struct uuid grant;
	int32_t generation;
};
/* false: not a refresh token of this realm (form, HMAC). Waits for the realm's secret only. */
bool refresh_tokens_open(struct call *, const char *text, struct refresh_token *out);

enum refresh_verdict {
	REFRESH_OK,	 /* rotated: out->generation is the new one */
	REFRESH_RETRIED, /* the generation before, within the retry window: out is what the first
			    one got (F-02) */
	REFRESH_REUSED,	 /* a spent generation: the family is revoked, audited */
	REFRESH_REFUSED, /* unknown, revoked, expired, other client, user disabled, session over,
			    generation of the future; a spent one whose client has gone
			    away meanwhile */
	REFRESH_FAILED
};
/* What refresh_tokens_use would say now, in one statement that changes nothing. */
struct refresh_token_view {
	struct grant grant;
	/* Of the generation that is good now; microseconds since 1970. */
	int64_t issued_at, expires_at;
	const char *login; /* of the grant's user */
};
/* client NULL: whoever's it is. out: filled unless REFUSED or FAILED; with REUSED, the family
 * stands until somebody uses that token. */
enum refresh_verdict refresh_tokens_look(struct call *, const struct refresh_token *,
    const struct client *client, struct refresh_token_view *out);
/* A client whose policy does not rotate keeps its token. One statement when all is well. */
enum refresh_verdict refresh_tokens_use(
    struct call *, const struct refresh_token *, const struct client *client, struct grant *out);

#endif
