/* Grants: what a person let a client do, one row each; also the family of its refresh tokens. */
#ifndef GRANTS_GRANTS_H
#define GRANTS_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "db/db.h"
#include "people/users.h"

struct grant {
	struct uuid id;
	struct uuid client; /* struct client.id */
	struct uuid user;
	struct uuid session; /* zero for none */
	const char *scope;
	const char *acr, *amr;
	int64_t auth_time;  /* microseconds since 1970 */
	int32_t generation; /* of the refresh token that is good now */
	bool is_offline;    /* outlives the browser session */
	/* Claims that were asked for one by one (OpenID Connect Core, 5.5; words of
	 * standard_claims.h), space-separated; NULL for none. */
	const char *id_token_claims, *userinfo_claims;
};

/* Idempotent. reason reaches the audit trail. */
enum result grants_revoke(struct call *, const struct uuid *id, const char *reason);
/* The same under another kind of event: what was done to it, "code.reused". */
enum result grants_revoke_as(
    struct call *, const struct uuid *id, const char *kind, const char *reason);
/* Reads a grant out of a row that begins with the columns of refresh_tokens_rotate. Returns the
 * next column. */
int grant_from_row(const struct db_rows *, int row, struct grant *out);

/*
 * Is what an access token stands for still good? One statement: grant, session, user, client and
 * the token's own id. Zero ids are not asked. With a grant, session is not asked by itself: the
 * grant knows which one it hangs on now, if any. When the token's own time is over is the caller's
 * to see.
 */
struct grant_question {
	struct uuid grant, session, user, client, token;
};
/* RESULT_OK: *is_active says; else a failure that sticks. login (may be NULL): of the person of an
 * active grant; NULL when no grant was asked. */
enum result grants_are_active(
    struct call *, const struct grant_question *, bool *is_active, const char **login);
/* The same question of a person's token, answered with the person as they are now, and the grant's
 * userinfo_claims. No id of it may be zero but the session, which is not asked. RESULT_NOT_FOUND:
 * not active. */
enum result grants_find_active_user(
    struct call *, const struct grant_question *, struct user *out, const char **userinfo_claims);
/* A single access token, until it would have expired anyway. token: its jti, a UUIDv7 of ours; the
 * audit trail is told its user, client and session. expires_at: seconds since 1970. */
enum result grants_revoke_token(
    struct call *, const struct grant_question *token, int64_t expires_at);

#endif
