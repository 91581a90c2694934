/* Browser sessions: a random 256-bit id in a __Host- cookie, its SHA-256 in the database, idle and
 * absolute limits. */
#ifndef SESSIONS_SESSIONS_H
#define SESSIONS_SESSIONS_H

#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "people/users.h"

struct session {
	struct uuid id; /* the sid of tokens */
	struct uuid user_id;
	int64_t auth_time; /* microseconds since 1970, database time */
	const char *amr;   /* space-separated, "pwd" */
	const char *acr;
};

/* What the browser's cookie stands for, in one statement. */
struct session_view {
	struct session session;
	struct user user;
	/* Database time, microseconds since 1970: compare auth_time with this (max_age). */
	int64_t now;
	/* What was agreed to for the given client; NULL: nothing, or no client was given. */
	const char *consented_scope;
};
/* RESULT_NOT_FOUND: no live session, or its user may not sign in. Once a tenth of the idle limit is
 * used up, it is extended in the background; this statement itself writes nothing. */
enum result sessions_find(
    struct call *, const char *cookie, const struct uuid *client, struct session_view *out);

/*
 * A new session with a new cookie value, at every rise of privilege; ends the one that the old
 * cookie stood for (S-01): the same person's apps stay signed in, another person's are signed out.
 * Writes the audit event in the same statement. user: as it was read when it was proven; when it
 * was disabled or got another password since then, RESULT_NOT_FOUND and nothing is written.
 * old_cookie: NULL when none. cookie: in the call's arena.
 */
enum result sessions_create(struct call *, const struct user *, const char *amr, const char *acr,
    const char *old_cookie, struct session *out, const char **cookie);
/* Ends the session and revokes its grants that are not offline, in one transaction (O-04).
 * Idempotent. */
enum result sessions_end(struct call *, const struct uuid *id, const char *reason);

#endif
