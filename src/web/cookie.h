/* Cookies: exact names, every Cookie header scanned, a name that is there twice counts as absent
 * (S-02). */
#ifndef WEB_COOKIE_H
#define WEB_COOKIE_H

#include <stdbool.h>

#include "async/call.h"
#include "web/reply.h"

enum cookie_state { COOKIE_ABSENT, COOKIE_PRESENT, COOKIE_AMBIGUOUS };

/* out: the value in the call's arena, only for COOKIE_PRESENT. */
enum cookie_state cookie_read(struct call *, const char *name, const char **out);
/* __Host- cookie: Secure; HttpOnly; Path=/; SameSite=Lax. max_age in seconds, 0: until the browser
 * closes, -1: delete it. */
void cookie_set(struct call *, struct reply *, const char *name, const char *value, int max_age);

#endif
