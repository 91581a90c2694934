/* The answer of a handler, a value. The bridge adds Date, X-Request-Id and the standard envelope,
 * and sends it. */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"
#include "base/text.h"

struct reply_header {
	const char *name, *value;
	struct reply_header *next;
};

struct reply {
	int status;		  /* 0: no answer was made */
	const char *content_type; /* NULL: no body */
	const void *body;
	size_t length;
	struct reply_header *headers; /* in the call's arena, in the order of adding */
	const char *csp;   /* Content-Security-Policy; NULL: the strictest ("default-src 'none';
			      frame-ancestors 'none'") */
	bool is_cacheable; /* false: Cache-Control: no-store is added */
};

struct reply reply_empty(int status);
struct reply reply_text(
    struct call *, int status, const char *text); /* text/plain; charset=utf-8 */
struct reply reply_json(struct call *, int status, const struct text *json); /* application/json */
struct reply reply_redirect(struct call *, int status, const char *url);     /* 302 or 303 */
/* A refusal that nobody else words: the page "error" for who accepts text/html, else {"error":
 * "not_found"}. 400 and above. */
struct reply reply_error(struct call *, int status);
/* reply_error(503) with Retry-After. */
struct reply reply_unavailable(struct call *, unsigned retry_after_seconds);
/* fatal() on CR, LF or NUL in the value: values are ours or encoded before. */
void reply_header(struct call *, struct reply *, const char *name, const char *value);
const char *reply_header_value(
    const struct reply *, const char *name); /* first of that name, or NULL */

#endif
