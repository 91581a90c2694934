/*
 * Browsers withhold our SameSite=Lax cookies from a form that another site POSTs. They send them
 * when that POST is answered by a redirect to a GET, and with a form that a page of ours POSTs.
 * Without this, a person with a session would look like one without.
 */
#ifndef OAUTH_CROSS_SITE_H
#define OAUTH_CROSS_SITE_H

#include <stdbool.h>

#include "async/call.h"
#include "web/form.h"
#include "web/reply.h"

/* Bytes; a longer request comes again by POST. */
enum { CROSS_SITE_URL_MAX = 8000 };

struct cross_site {
	const char *path; /* of the endpoint, within the realm */
	const struct form *form;
	bool (*is_known)(const char *name); /* only these parameters come again */
	const char *return_to; /* where the answer may lead, checked; NULL: nowhere else */
};

/*
 * True for a POST from another site that came without a session cookie: *out makes the browser send
 * the same parameters to the same endpoint again, by a redirect or by a page that does it by
 * itself. It happens once: the page's form is marked.
 */
bool cross_site_again(struct call *, const struct cross_site *, struct reply *out);

#endif
