/*
 * A login in progress is no row: the validated authorization request travels sealed through the login steps, bound to the browser by a
 * cookie. This is the hub ("what next?") and the named door between oauth/ and login/. Steps only ever return to it by URL:
 *   oauth/authorize.c   validates, seals, and sends the browser to flow_next's place
 *   login/*_page.c      opens the flow, proves something, redirects to flow_continue_url()
 *   oauth/authorize.c   (GET /oauth2/authorize/continue) opens the flow, reads the session, decides again
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
	const char	*client_id;
	const char	*redirect_uri;
	const char	*scope;			/* granted subset of what was asked; "" for none */
	const char	*state, *nonce, *code_challenge;	/* NULL when none */
	const char	*login_hint, *ui_locales;		/* NULL when none */
	int64_t		 max_age;		/* seconds; -1: none */
	bool		 redirect_uri_was_sent;	/* then the token request must repeat it */
	bool		 prompt_login;		/* needs a session other than started_session */
	bool		 prompt_consent;	/* consent is asked even if remembered, once */
	bool		 has_consented;		/* set by the consent page for prompt_consent and clients that always ask */
	struct uuid	 started_session;	/* the live session when the flow began; zero for none */
	int64_t		 expires_at;		/* seconds since 1970; set by flow_seal when 0 */
};

/* Sealed for this realm and this browser. browser: what flow_browser gave. */
enum result	 flow_seal(struct call *, const struct flow *, const char *browser, const char **sealed);
/* false: not ours, another browser's, expired. */
bool		 flow_open(struct call *, const char *sealed, const char *browser, struct flow *out);
/* The browser's binding: the value of the cookie "<cookie_prefix>-flow", or NULL when it has none (or two). */
const char	*flow_browser(struct call *);
/* Makes one and sets its cookie on the reply. */
const char	*flow_browser_create(struct call *);
void		 flow_browser_set(struct call *, struct reply *, const char *browser);
/* The value of the session cookie "<cookie_prefix>", or NULL. */
const char	*flow_session_cookie(struct call *);

/* What is missing before a code may be issued? view: NULL without a live session. */
enum flow_step { FLOW_SIGN_IN, FLOW_CONSENT, FLOW_DONE };
enum flow_step	 flow_next(const struct flow *, const struct client *, const struct session_view *view);

/* Absolute paths within the realm: "/login?flow=...", "/consent?flow=...", "/oauth2/authorize/continue?flow=..." with the realm's prefix. */
const char	*flow_step_url(struct call *, enum flow_step, const char *sealed);

#endif
