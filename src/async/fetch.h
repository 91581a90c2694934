/* Outgoing HTTP by libcurl's multi interface on our loop. Policy (who may be called) is the caller's; caps are here. */
#ifndef ASYNC_FETCH_H
#define ASYNC_FETCH_H

#include <stddef.h>

#include "async/call.h"

enum { FETCH_BYTES_MAX = 256 * 1024, FETCH_TIMEOUT_MS = 3000 };

struct fetch_request {
	const char	 *method;		/* "GET", "POST" */
	const char	 *url;			/* http or https */
	const char *const *headers;		/* "Name: value", NULL-terminated, or NULL */
	const char	 *body;			/* NULL for none */
	size_t		  body_length;
};

struct fetch_answer {
	long		 status;
	const char	*content_type;		/* NULL when absent */
	const char	*body;			/* NUL-terminated, in the call's arena */
	size_t		 body_length;
};

/* No redirects, no proxy of the environment, at most FETCH_BYTES_MAX and FETCH_TIMEOUT_MS. RESULT_UNAVAILABLE for every failure of the
 * other side; that does not stick to the call. */
enum result	fetch_run(struct call *, const struct fetch_request *, struct fetch_answer *out);
void		fetch_start(void);		/* once per process that fetches */
void		fetch_stop(void);

#endif
