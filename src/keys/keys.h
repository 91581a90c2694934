/* Signing keys of a realm: sealed in the database, next -> active -> retired, published before use.
 * And the realm's own secrets. */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "jose/jose.h"

enum key_state { KEY_NEXT, KEY_ACTIVE, KEY_RETIRED, KEY_REVOKED };
const char *key_state_name(enum key_state);

/* key_encryption_key: 32 bytes, copied; wraps rows only. One that is not this database's shows in
 * keys_ensure: RESULT_FAILED. A row that cannot be opened fails its call with RESULT_FAILED, is
 * logged and audited, and never falls back to anything (SL-02). */
void keys_start(const struct secret *key_encryption_key);

/* Signs with the call's realm's active key of that algorithm. The one way to sign; may wait.
 * RESULT_OK or a failure that sticks. */
enum result keys_sign(struct call *, enum jose_algorithm, const char *typ,
    const struct text *payload, const char **token);

/* A token of the call's realm, signed by one of its keys that is published, with exactly this typ,
 * and iss equal to the realm's issuer. exp is NOT checked here (hints may be expired). */
enum key_verdict {
	KEY_VERDICT_OK,
	KEY_VERDICT_MALFORMED,
	KEY_VERDICT_WRONG_TYPE,
	KEY_VERDICT_UNKNOWN_KEY,
	KEY_VERDICT_BAD_SIGNATURE,
	KEY_VERDICT_WRONG_ISSUER,
	KEY_VERDICT_UNAVAILABLE
};
/* claims: lives until the call ends. Digests of tokens already verified are remembered per worker.
 */
enum key_verdict keys_verify(
    struct call *, const char *token, const char *typ, const json_t **claims);

/* The JWK Set of the call's realm: next, active and retired keys (RFC 7517, 5). Stale is fine.
 * Others may keep it for KEYS_JWKS_SECONDS. */
enum { KEYS_JWKS_SECONDS = 300 };
enum result keys_write_jwks(struct call *, struct text *out);

struct key_summary {
	const char *kid, *algorithm, *state;
	int64_t created_at, activated_at, retired_at; /* microseconds since 1970, 0: not yet */
};
enum result keys_list(struct call *, struct key_summary **out, size_t *count);
/* Makes what is missing (a first active key and a next one per algorithm). For realms_create's
 * caller, seed and serve. */
enum result keys_ensure(struct call *);
/* next becomes active, active retired, a new next is published. now: even if next has not been
 * published for KEYS_PUBLISH_SECONDS yet. An advisory lock and a unique index make many at once
 * into one (Z-03), and a call within KEYS_ROTATED_SECONDS of a rotation is that rotation: *rotated
 * is 0. */
enum { KEYS_PUBLISH_SECONDS = 3600, KEYS_ROTATED_SECONDS = 10 };
enum result keys_rotate(struct call *, bool now, unsigned *rotated);
/* Emergency (Z-02): the key leaves the JWK Set, and within 5 seconds no node takes its tokens any
 * more. The next key follows an active one at once, and a new next one is published. reason: for
 * the audit trail. RESULT_NOT_FOUND: no such key, or it is revoked already; RESULT_CONFLICT: it is
 * active and there is no next key. */
enum result keys_revoke(struct call *, const char *kid, const char *reason);

/* A key for one purpose, derived from the realm's newest secret. For HMACs whose text carries the
 * secret's id: *id tells which. realm_secret_derive_by_id finds an older one; RESULT_NOT_FOUND for
 * an unknown id. Cached. */
enum result realm_secret_derive(
    struct call *, const char *purpose, uint8_t *id, uint8_t out[SEAL_KEY_BYTES]);
enum result realm_secret_derive_by_id(
    struct call *, const char *purpose, uint8_t id, uint8_t out[SEAL_KEY_BYTES]);

/* Sealed text, base64url: what we hand to a browser and want back unread and unchanged. Bound to
 * realm and purpose. The caller's payload carries its own expiry. open returns false for anything
 * not sealed by this realm for this purpose. */
enum result sealed_create(
    struct call *, const char *purpose, const void *, size_t length, const char **text);
bool sealed_open(
    struct call *, const char *purpose, const char *text, uint8_t **out, size_t *length);

#endif
