/* Access tokens (RFC 9068), ID tokens (OpenID Connect Core, 2), and reading them back. */
#ifndef TOKENS_TOKENS_H
#define TOKENS_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "base/json.h"
#include "clients/clients.h"
#include "grants/grants.h"
#include "people/users.h"

/* Who and what for. grant is NULL for client credentials: then the subject is the client. */
struct token_order {
	const struct client *client;
	const struct grant *grant;
	const char *scope; /* of this token: within the grant's */
	const char *nonce; /* for the ID token; NULL when none */
};

struct access_token_made {
	const char *text;
	int64_t expires_in; /* seconds */
};
/* typ at+jwt, ES256 unless the client has another: iss sub aud client_id scope iat exp jti, and sid
 * grant auth_time acr amr for people. aud is the issuer until APIs exist. */
enum result tokens_make_access(
    struct call *, const struct token_order *, struct access_token_made *out);
/* typ JWT: iss sub aud azp exp iat auth_time nonce acr amr at_hash sid, and what the grant's
 * id_token_claims ask for: only then it reads the person. access_token may be NULL. */
enum result tokens_make_id(
    struct call *, const struct token_order *, const char *access_token, const char **text);

struct access_token {
	struct grant_question question; /* for grants_are_active */
	const char *subject, *client_id, *scope, *audience;
	int64_t issued_at, expires_at; /* seconds since 1970 */
	/* What the database told, when it was asked; NULL else. login: tokens_read_access, of a
	 * person's token. userinfo_claims: tokens_find_user. */
	const char *login, *userinfo_claims;
	const json_t *claims;
};
enum token_verdict { TOKEN_OK, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_UNAVAILABLE };
/* Signature, typ, issuer, exp; then, if ask_database, everything it stands for. call->reason says
 * what was wrong. */
enum token_verdict tokens_read_access(
    struct call *, const char *text, bool ask_database, struct access_token *out);
/* Is everything still good that a person's token stands for, and who is the person? One statement.
 * token: read without asking, question.user is not zero. Never TOKEN_INVALID or TOKEN_EXPIRED. */
enum token_verdict tokens_find_user(struct call *, struct access_token *, struct user *out);
/* An ID token of ours as a hint: signature, typ and issuer; expired is fine. */
bool tokens_read_id_hint(struct call *, const char *text, const json_t **claims);

/* The subject of a client by itself never equals a user's (T-07): "client:" + client_id. */
const char *tokens_client_subject(struct call *, const struct client *);

#endif
