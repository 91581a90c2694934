/* Authorization codes: sealed, no row until they are redeemed; redeeming inserts the id once and
 * starts the grant in the same statement. */
#ifndef GRANTS_CODES_H
#define GRANTS_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "clients/clients.h"
#include "grants/grants.h"

struct authorization_code {
	struct uuid id;	    /* UUIDv7; also the id of the grant it starts */
	struct uuid client; /* struct client.id */
	struct uuid user;
	struct uuid session;
	const char *redirect_uri; /* as in the authorization request; NULL when it had none */
	const char *scope;
	const char *nonce;	    /* NULL when none */
	const char *code_challenge; /* S256; NULL when none */
	const char *acr, *amr;
	const char *id_token_claims, *userinfo_claims; /* as in struct grant */
	int64_t auth_time;			       /* microseconds since 1970 */
	int64_t expires_at;			       /* microseconds since 1970, database time */
};

/* "lk_ac_...". Fills id. Waits for the realm's secret only. */
enum result codes_issue(struct call *, struct authorization_code *, const char **text);
/* false: not a code of this realm. */
bool codes_open(struct call *, const char *text, struct authorization_code *out);

enum redeem_verdict {
	REDEEM_OK,
	REDEEM_USED,
	REDEEM_EXPIRED,
	REDEEM_NOT_ALLOWED /* user disabled, session over */,
	REDEEM_FAILED
};
/*
 * Exactly one caller in the world gets REDEEM_OK for a code. REDEEM_USED has revoked what the
 * winner got (RFC 6749, 4.1.2), with a statement and snapshot of its own. The grant of a client
 * that may refresh is kept for its refresh lifetimes, else for one access token.
 */
enum redeem_verdict codes_redeem(
    struct call *, const struct authorization_code *, const struct client *, struct grant *out);
/* A redemption with a wrong binding: the code can never be used again. */
enum result codes_burn(struct call *, const struct authorization_code *, const char *reason);

#endif
