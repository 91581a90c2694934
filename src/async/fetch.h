/*
 * Outgoing HTTP by libcurl's multi interface on our loop. Caps are here; who may be called when a
 * stranger chose the address is in fetch_policy.h.
 */
#ifndef ASYNC_FETCH_H
#define ASYNC_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "async/call.h"

enum { FETCH_BYTES_MAX = 256 * 1024, FETCH_TIMEOUT_MS = 3000, FETCHES_MAX = 64 };

struct fetch_request {
	const char *method;	    /* "GET", "POST" */
	const char *url;	    /* http or https, without user name and password */
	const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
	const char *body;	    /* NULL for none */
	size_t body_length;
	size_t bytes_max;    /* less than FETCH_BYTES_MAX; 0: that */
	unsigned timeout_ms; /* less than FETCH_TIMEOUT_MS; 0: that */
	bool is_guarded;     /* a stranger chose the URL: fetch_policy.h decides whether it is
			      * called */
};

struct fetch_answer {
	long status;
	const char *content_type; /* NULL when absent */
	long max_age;		  /* seconds, of Cache-Control; -1 when absent */
	const char *body;	  /* NUL-terminated, in the call's arena */
	size_t body_length;
	const char *problem; /* constant text for the log when RESULT_UNAVAILABLE */
};

/* No redirects, no proxy of the environment, no cookies. RESULT_UNAVAILABLE for every failure of
 * the other side, when the policy refuses a guarded URL or the address behind it, and when
 * FETCHES_MAX are under way or none may begin; that does not stick to the call. A header with a
 * control byte in it is RESULT_FAILED, and sticks. */
enum result fetch_run(struct call *, const struct fetch_request *, struct fetch_answer *out);
void fetch_start(void); /* once per process that fetches, after loop_*_start */
/* Ends what is under way, which is then UNAVAILABLE. Not from a fiber. */
void fetch_stop(void);

#endif
