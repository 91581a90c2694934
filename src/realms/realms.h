/* Realms: an issuer with its own users, clients, keys and settings. Cached per worker for a second;
 * costs rows, not memory. */
#ifndef REALMS_REALMS_H
#define REALMS_REALMS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"

enum { REALM_NAME_MAX = 63 };

/* Immutable; borrowed from the cache until the call ends. Lifetimes in seconds. */
struct realm {
	struct uuid id;
	const char *name;	   /* "main" is the first */
	const char *display_name;  /* what people read on pages */
	const char *path_prefix;   /* "" for the first, "/realms/acme" for others */
	const char *issuer;	   /* base URL + path_prefix, without a trailing slash */
	const char *origin;	   /* scheme://host[:port] of the issuer */
	const char *cookie_prefix; /* "__Host-lk-main": ".flow" is added for the flow's cookie */
	bool is_enabled;
	int64_t access_token_lifetime;	   /* default 300 */
	int64_t id_token_lifetime;	   /* 300 */
	int64_t refresh_idle_lifetime;	   /* 14 days */
	int64_t refresh_absolute_lifetime; /* 90 days */
	int64_t refresh_retry_window;	   /* 10 */
	int64_t session_idle_lifetime;	   /* 8 hours */
	int64_t session_absolute_lifetime; /* 24 hours */
	int64_t code_lifetime;		   /* 60 */
	bool userinfo_token_in_body;	   /* false: userinfo reads the Authorization header only */
	const char *scopes;		   /* what may be asked for here, space-separated */
};

/* base_url: the setting, without a trailing slash. */
void realms_start(const char *base_url);
/* name "" is the first realm. stale_is_fine: any cached row will do, a background read renews it.
 * RESULT_NOT_FOUND also for a disabled one. */
enum result realms_find(
    struct call *, const char *name, bool stale_is_fine, const struct realm **out);
/* May a lifetime of this name ("access_token_lifetime", ...) be that long? false also for an
 * unknown name. Seconds. */
bool realms_lifetime_is_allowed(const char *name, int64_t seconds);
/* [a-z0-9-], 1 to REALM_NAME_MAX, no hyphen at either end. */
bool realms_name_is_valid(const char *name);
/* For the command line. name must be valid. RESULT_CONFLICT if taken. The first realm of all
 * becomes the one at the base URL. */
enum result realms_create(
    struct call *, const char *name, const char *display_name, struct uuid *id);
/* Sets one setting of the call's realm; json NULL: its default again. Audited in the same
 * statement, with the setting's name. json must come from realm_settings_complaint. */
enum result realms_set(struct call *, const char *setting, const char *json);
/* All, disabled ones too, by name; in the call's arena. */
enum result realms_list(struct call *, const struct realm ***out, size_t *count);

#endif
