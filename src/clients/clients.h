/* Clients (applications) of a realm: RFC 7591 metadata, secrets, redirect URIs. Cached per worker
 * for a second. */
#ifndef CLIENTS_CLIENTS_H
#define CLIENTS_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/secret.h"
#include "jose/jose.h"

#define CLIENT_GRANT_AUTHORIZATION_CODE 0x1
#define CLIENT_GRANT_REFRESH_TOKEN 0x2
#define CLIENT_GRANT_CLIENT_CREDENTIALS 0x4

enum client_auth_method { CLIENT_AUTH_NONE, CLIENT_AUTH_SECRET_BASIC, CLIENT_AUTH_SECRET_POST };
enum {
	CLIENT_SECRETS_MAX = 2,
	CLIENT_URIS_MAX = 50,
	CLIENT_URI_BYTES_MAX = 2048,
	CLIENT_ID_MAX = 255
};

struct client_secret {
	uint8_t digest[SHA256_BYTES]; /* of a secret that we made */
	const char *phc;	      /* Argon2id of a weak imported one; then digest is unused */
	int64_t expires_at;	      /* microseconds since 1970; 0: never */
};

/* Seconds; without seconds of its own a client has its realm's. */
struct own_lifetime {
	bool is_own;
	int64_t seconds;
};

/* What differs between profiles (first party, certification, high security) is data of the client,
 * not code. All zero is the strictest. The names in its registration, and their table, are in
 * client_policy.c. */
struct client_policy {
	bool may_skip_pkce;	   /* confidential clients only */
	bool may_skip_nonce;	   /* when it skips PKCE: else a nonce is asked for instead */
	bool skip_consent;	   /* first party */
	bool keeps_refresh_tokens; /* no rotation; confidential clients only */
	enum jose_algorithm access_token_alg;
	/* clients_lifetimes() has what counts. */
	struct own_lifetime access_token, id_token;
	struct own_lifetime refresh_idle, refresh_absolute, refresh_retry_window;
};

/* Immutable; borrowed from the cache until the call ends. */
struct client {
	struct uuid id;	       /* ours; what tables refer to */
	const char *client_id; /* what the client says */
	const char *name;      /* client_name, or client_id */
	bool is_enabled;
	enum client_auth_method auth_method; /* token_endpoint_auth_method */
	unsigned grants;		     /* CLIENT_GRANT_* */
	const char **redirect_uris;
	size_t redirect_uri_count;
	const char **post_logout_redirect_uris;
	size_t post_logout_redirect_uri_count;
	const char *scope; /* allowed scopes, space-separated */
	bool is_native;	   /* application_type "native" */
	struct client_policy policy;
	enum jose_algorithm id_token_alg; /* id_token_signed_response_alg: RS256 by default */
	bool signs_userinfo;		  /* has a userinfo_signed_response_alg */
	enum jose_algorithm userinfo_alg; /* then */
	const char *client_uri, *policy_uri, *tos_uri; /* NULL when none */
	struct client_secret secrets[CLIENT_SECRETS_MAX];
	size_t secret_count;
};

/* RESULT_NOT_FOUND also for a disabled one. */
enum result clients_find(struct call *, const char *client_id, const struct client **out);
enum result clients_find_by_uuid(struct call *, const struct uuid *, const struct client **out);

/* Seconds: the client's own where it has them, else the realm's. */
struct lifetimes {
	int64_t access_token, id_token;
	int64_t refresh_idle, refresh_absolute, refresh_retry_window;
};
struct lifetimes clients_lifetimes(const struct realm *, const struct client *);

enum client_secret_verdict { CLIENT_SECRET_RIGHT, CLIENT_SECRET_WRONG, CLIENT_SECRET_BUSY };
/* Against every live secret, in constant time. May wait (imported secrets are hashed on a thread).
 */
enum client_secret_verdict clients_check_secret(
    struct call *, const struct client *, const char *secret);

/* Exact match, byte by byte; any port for http://127.0.0.1 and http://[::1] (RFC 8252, 7.3). http
 * is for loopback only, also at run time. */
bool clients_has_redirect_uri(const struct client *, const char *uri);
bool clients_has_post_logout_redirect_uri(const struct client *, const char *uri);

/* Registration from RFC 7591 metadata. client_id and client_secret are taken as they are when
 * given, else made. */
struct client_registration {
	const char *client_id;
	const char *client_secret; /* shown once; NULL for a public client */
	struct uuid id;
	const char *error; /* "invalid_redirect_uri", "invalid_client_metadata"; NULL when fine */
	const char *error_description;
};
/* metadata: borrowed. RESULT_CONFLICT: client_id is taken. RESULT_OK with out->error set: nothing
 * was written. */
enum result clients_register(
    struct call *, const json_t *metadata, struct client_registration *out);
/* The client's metadata as one JSON object, without secrets. */
enum result clients_write_metadata(struct call *, const char *client_id, struct text *out);

/* NULL when fine, else a sentence that says what is wrong. */
const char *redirect_uri_error(const char *uri, bool is_native);

#endif
