/* Inside the room: what both kinds of token say. */
#ifndef TOKENS_CLAIMS_H
#define TOKENS_CLAIMS_H

#include "base/json.h"
#include "tokens/tokens.h"

#define TYP_ACCESS_TOKEN "at+jwt"
#define TYP_ID_TOKEN "JWT"

enum { CLAIMS_BYTES_MAX = 8192 };

const char *claims_subject(struct call *, const struct token_order *);
/* auth_time, acr, amr, and sid when there is a session. */
void claims_write_sign_in(struct json_writer *, const struct grant *);

#endif
