/*
 * What the authorization endpoint must know again after the login steps beyond what struct flow
 * says: the response mode, the subject of id_token_hint, and the nonce. It travels in flow.nonce,
 * which no login step reads.
 */
#ifndef OAUTH_AUTHORIZE_MEMO_H
#define OAUTH_AUTHORIZE_MEMO_H

#include <stdbool.h>

#include "base/arena.h"
#include "oauth/authorize_checks.h"

/* The text for flow.nonce of the flow that is sealed. */
const char *authorize_memo_write(struct arena *, const struct authorize_plan *);
/* Takes plan->flow.nonce of an opened flow apart: mode, hinted_subject, and the nonce itself. */
bool authorize_memo_read(struct arena *, struct authorize_plan *);

#endif
