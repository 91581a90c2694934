/* A request as our handlers see it: checked by strict_http, copied into the call's arena by the
 * bridge, so it outlives the connection. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "async/call.h"

enum method {
	METHOD_GET = 0x01,
	METHOD_HEAD = 0x02,
	METHOD_POST = 0x04,
	METHOD_PUT = 0x08,
	METHOD_PATCH = 0x10,
	METHOD_DELETE = 0x20,
	METHOD_OPTIONS = 0x40
};

/* Which listener a request came in by. Operations: health and metrics, not for the public. */
enum listener_kind { LISTENER_PUBLIC, LISTENER_OPERATIONS };

struct header {
	const char *name, *value;
};

struct request {
	enum method method;
	const char *target_path; /* as sent, without the query; not decoded */
	const char *path;	 /* target_path without the realm's prefix; set by the router */
	const char *query;	 /* without '?'; NULL when there is none */
	const char *host;
	const struct header *headers; /* without Host */
	size_t header_count;
	const char *body; /* NUL-terminated; "" when there is none */
	size_t body_length;
	const char *id;		   /* X-Request-Id of ours, 22 characters */
	const char *peer;	   /* address of the socket's other end, as text */
	const struct route *route; /* set by the router; NULL before */
	uint64_t started_us;	   /* monotonic */
	enum listener_kind listener;
};

const char *request_header(
    const struct request *, const char *name); /* first of that name, or NULL */
size_t request_header_count(const struct request *, const char *name);
const char *method_name(enum method);

#endif
