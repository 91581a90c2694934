/* What every page of a login in progress begins with: the flow, its client, the live session. */
#ifndef LOGIN_STEP_H
#define LOGIN_STEP_H

#include <stdbool.h>

#include "async/call.h"
#include "base/secret.h"
#include "login/flow.h"
#include "web/form.h"
#include "web/reply.h"
#include "web/template.h"

struct step {
	struct form form; /* the query of a GET, the body of a POST */
	struct flow flow;
	const char *sealed;  /* of flow, as it came */
	const char *browser; /* value of the flow cookie */
	const struct client *client;
	bool is_signed_in; /* then view holds who */
	struct session_view view;
};

/* false: *refusal is a page that says what to do, or the answer of an outage. */
bool step_open(struct call *, struct step *out, struct reply *refusal);
/* As step_open, and true only when that step is what is missing, so that what comes before it is
 * there: after FLOW_SIGN_IN, step.view. Else *elsewhere leads on. */
bool step_open_at(struct call *, enum flow_step, struct step *out, struct reply *elsewhere);
/* The same of a form that a page for one person sent: that person is still who is signed in, and it
 * is genuine. Before anything leads on: what somebody pressed on an old page is not what another
 * one wants. */
bool step_submit_at(
    struct call *, enum flow_step, const char *path, struct step *out, struct reply *elsewhere);
/* 303 to another step, with the flow as it came. */
struct reply step_redirect(struct call *, const struct step *, enum flow_step);
/* 303 back to the hub after an answer, which is in step->flow: it is sealed anew. */
struct reply step_answer(struct call *, struct step *);

/* Anti-forgery: bound to the flow's cookie, the page's path and, where the page asks somebody in
 * particular, to that user (NULL: anybody). Writes action, flow and csrf into the page. false:
 * outage. */
bool step_protect(
    struct call *, const struct step *, const char *path, const struct uuid *user, struct page *);
/* The form carries the token of step_protect for the same path and user, from our own origin
 * (A-13). */
bool step_is_genuine(struct call *, const struct step *, const char *path, const struct uuid *user,
    struct reply *refusal);

/* The page's form may end at the client's redirect URI. */
void step_allow_client(struct call *, const struct step *, struct page *);
/* What a Content-Security-Policy can name of a redirect URI: "https://app.example:8443", or
 * "com.example.app:" where there is no host that it could name. NULL: nothing. */
const char *redirect_uri_source(struct arena *, const char *uri);

#endif
