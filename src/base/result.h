/* What an operation of ours came to. What a caller did wrong has types of its own (struct
 * oauth_error, enum form_error, ...). */
#ifndef BASE_RESULT_H
#define BASE_RESULT_H

enum result {
	RESULT_OK,
	RESULT_NOT_FOUND,   /* the row that was asked for is not there */
	RESULT_CONFLICT,    /* a unique key is taken */
	RESULT_CANCELLED,   /* the client went away; unwind */
	RESULT_UNAVAILABLE, /* a dependency is down or too slow: 503 with Retry-After */
	RESULT_FAILED	    /* we are wrong: 500 */
};

#endif
