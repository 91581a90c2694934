/*
 * Browsers withhold our SameSite=Lax cookies from a form that another site POSTs, but send them
 * when that POST is answered by a redirect to a GET. Without this, a person with a session would
 * look like one without.
 */
#ifndef OAUTH_CROSS_SITE_H
#define OAUTH_CROSS_SITE_H

#include <stdbool.h>

#include "async/call.h"
#include "web/form.h"
#include "web/reply.h"

enum { CROSS_SITE_URL_MAX = 8000 };

/* True, with *out = 303 to the same endpoint with the same parameters: a POST from another site
 * that came without a session cookie. */
bool cross_site_again(struct call *, const struct form *, const char *path, struct reply *out);

#endif
