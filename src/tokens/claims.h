/* Inside the room: what both kinds of token say. */
#ifndef TOKENS_CLAIMS_H
#define TOKENS_CLAIMS_H

#include "base/json.h"
#include "tokens/tokens.h"

#define TYP_ACCESS_TOKEN "at+jwt"
#define TYP_ID_TOKEN "JWT"

/* With a header and the longest signature it still fits into JOSE_TOKEN_MAX; a person with all that
 * may be set fits into it (CLAIMS_OF_PERSON_MAX). */
enum { CLAIMS_BYTES_MAX = 11264 };

const char *claims_subject(struct call *, const struct token_order *);
/* auth_time, acr, amr, and sid when there is a session. */
void claims_write_sign_in(struct json_writer *, const struct grant *);
/* What was asked for the ID token by name (OpenID Connect Core, 5.5), with the person's present
 * values, as far as the client is still registered for it. Waits for the database only when there
 * is any. */
enum result claims_write_requested(struct call *, struct json_writer *, const struct token_order *);

#endif
