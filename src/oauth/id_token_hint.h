/* An ID token of ours that a client sends back to say whom or which session it means. */
#ifndef OAUTH_ID_TOKEN_HINT_H
#define OAUTH_ID_TOKEN_HINT_H

#include <stdbool.h>

#include "async/call.h"

struct id_token_hint {
	const char *subject;
	const char *session;   /* sid; NULL when none */
	const char *client_id; /* the client it was issued to */
};

/* Our signature, our issuer, exactly one audience; expired is fine (A-09, O-03). May wait. */
bool id_token_hint_read(struct call *, const char *text, struct id_token_hint *out);

#endif
