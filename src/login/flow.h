/*
 * A login in progress is no row: the validated authorization request travels sealed through the
 * login steps, bound to the browser by a cookie. This is the hub ("what next?") and the named door
 * between oauth/ and login/. Steps only ever return to it by URL:
 *   oauth/authorize.c     validates, seals, and sends the browser to flow_next's place
 *   login/..._page.c      open the flow, prove something, redirect to flow_step_url(FLOW_DONE)
 *   oauth/authorize.c     (GET /oauth2/authorize/continue) opens the flow, answers access_denied
 *                         when it was denied, else reads the session and decides again
 * What a step has to hand back (denied, consented_by, chosen_account, another account) it writes
 * into a flow that it seals anew; nothing a browser could add to a URL decides.
 */
#ifndef LOGIN_FLOW_H
#define LOGIN_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "clients/clients.h"
#include "sessions/sessions.h"
#include "web/reply.h"

enum { FLOW_LIFETIME_S = 3600, FLOW_SEALED_MAX = 8192 };

struct flow {
	const char *client_id;
	const char *redirect_uri;
	/* Granted subset of what was asked; "" for none. */
	const char *scope;
	/* NULL when none. */
	const char *state, *nonce, *code_challenge, *login_hint, *ui_locales;
	/* How the answer travels: a name in the table of oauth/authorize_reply.c. */
	const char *response_mode;
	/* The sub of id_token_hint, or those that the claims parameter asks for, space-separated:
	 * only one of these people gets a code. NULL when none. */
	const char *hinted_subject;
	/* Claims that were asked for one by one (OpenID Connect Core, 5.5; words of
	 * standard_claims.h), space-separated; NULL when none. */
	const char *id_token_claims, *userinfo_claims;
	/* The scopes that open those claims: to be agreed to beside `scope`, and not granted. NULL
	 * when none. */
	const char *claims_scope;
	/* acr as an essential claim: one of these, space-separated, of those that can be reached
	 * here; NULL: any will do. */
	const char *required_acr;
	/* Seconds; -1: none. */
	int64_t max_age;
	/* Then the token request must repeat it. */
	bool redirect_uri_was_sent;
	/* Needs a session other than started_session. */
	bool prompt_login;
	/* Consent is asked even if remembered, once. */
	bool prompt_consent;
	/* The person says with which account to go on, once. */
	bool prompt_account;
	/* The person refused: oauth/authorize.c answers access_denied and nothing else. */
	bool denied;
	/* The user who allowed it in this flow; zero: nobody yet. */
	struct uuid consented_by;
	/* The user that was chosen for this flow; zero: nobody yet. */
	struct uuid chosen_account;
	/* The live session when the flow began; zero for none. */
	struct uuid started_session;
	/* Seconds since 1970; set by flow_seal when 0. */
	int64_t expires_at;
};

/* Sealed for this realm and this browser. browser: what flow_browser gave. RESULT_FAILED that does
 * not stick: longer than FLOW_SEALED_MAX; the request is too large (invalid_request). */
enum result flow_seal(struct call *, const struct flow *, const char *browser, const char **sealed);
/* false: not ours, another browser's, expired. NULL for sealed or browser gives false. */
bool flow_open(struct call *, const char *sealed, const char *browser, struct flow *out);
/* The browser's binding: the value of the cookie "<cookie_prefix>.flow", or NULL when it has none
 * (or two). */
const char *flow_browser(struct call *);
/* Makes one, to be set on the reply by flow_browser_set. */
const char *flow_browser_create(struct call *);
void flow_browser_set(struct call *, struct reply *, const char *browser);
/* The value of the session cookie "<cookie_prefix>", or NULL. */
const char *flow_session_cookie(struct call *);

/* What is missing before a code may be issued? view: NULL without a live session. A denied flow is
 * never FLOW_DONE: ask for flow.denied first. */
enum flow_step { FLOW_SIGN_IN, FLOW_SELECT_ACCOUNT, FLOW_CONSENT, FLOW_DONE };
enum flow_step flow_next(
    const struct flow *, const struct client *, const struct session_view *view);
/* What the person is asked to agree to: scope and claims_scope, each word once. */
const char *flow_consent_scope(struct arena *, const struct flow *);
/* Is the session's acr one that the flow asks for? */
bool flow_accepts_acr(const struct flow *, const struct session_view *view);

/* Absolute paths within the realm: "/login?flow=...", "/select-account?flow=...",
 * "/consent?flow=...", "/oauth2/authorize/continue?flow=..." with the realm's prefix. */
const char *flow_step_url(struct call *, enum flow_step, const char *sealed);

#endif
