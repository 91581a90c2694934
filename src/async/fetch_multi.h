/* libcurl's multi handle on our loop. Only fetch.c uses it. */
#ifndef ASYNC_FETCH_MULTI_H
#define ASYNC_FETCH_MULTI_H

#include <curl/curl.h>
#include <stdbool.h>

#include "async/wait.h"

/* CURLOPT_PRIVATE of the easy handle points at it. */
struct fetch_transfer {
	struct fetch_transfer *next, **link; /* private */
	struct wait wait;		     /* done when curl is done */
	bool is_public_only;		     /* connects to public addresses, no others */
	const char *problem;		     /* then: NULL, or constant text */
};

/* False when FETCHES_MAX are under way, or none may begin any more. From a fiber; curl runs on the
 * loop's own stack. */
bool transfer_begin(struct fetch_transfer *, CURL *easy);
void transfer_end(struct fetch_transfer *, CURL *easy); /* done or not */

#endif
