/*
 * Checks a raw HTTP/1.1 request head strictly before any other parser sees it (RFC 9112): what two
 * parsers could read in two ways is refused (H-01 to H-08). Pure: a buffer in, a verdict out.
 */
#ifndef WEB_STRICT_HTTP_H
#define WEB_STRICT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
	STRICT_HEAD_MAX = 32768,   /* bytes, request line to the empty line */
	STRICT_TARGET_MAX = 12288, /* bytes */
	STRICT_FIELDS_MAX = 100,   /* header lines, Host among them */
	STRICT_COOKIES_MAX = 100,  /* pairs in all Cookie headers together */
	STRICT_HOST_MAX = 253	   /* bytes, with the port */
};

enum strict_verdict {
	STRICT_FINE,
	STRICT_INCOMPLETE, /* the head has not ended yet; nothing wrong so far */
	STRICT_BAD_BYTE,   /* NUL or another control byte */
	STRICT_BARE_CR,
	STRICT_BARE_LF,
	STRICT_BAD_REQUEST_LINE,
	STRICT_BAD_TARGET,
	STRICT_TARGET_TOO_LONG,
	STRICT_UNKNOWN_METHOD,
	STRICT_BAD_VERSION,
	STRICT_METHOD_NEEDS_HTTP_11,
	STRICT_BAD_FIELD_NAME, /* not a token, white space before the colon, no colon */
	STRICT_FOLDED_FIELD,
	STRICT_BAD_FIELD_VALUE, /* TAB or 8-bit in a header that decides something */
	STRICT_FIELD_TWICE,
	STRICT_TOO_MANY_FIELDS,
	STRICT_TOO_MANY_COOKIES,
	STRICT_HEAD_TOO_LARGE,
	STRICT_HOST_MISSING,
	STRICT_HOST_MALFORMED,
	STRICT_HOST_LOOKALIKE, /* "HostX:" */
	STRICT_HOST_UNKNOWN,
	STRICT_AUTHORITY_DIFFERS, /* absolute-form with another authority than Host */
	STRICT_TRANSFER_ENCODING,
	STRICT_LENGTH_MALFORMED,
	STRICT_LENGTH_REQUIRED,
	STRICT_BODY_NOT_ALLOWED,
	STRICT_BODY_TOO_LARGE,
	STRICT_MORE_THAN_LENGTH, /* bytes after the body: over-read or pipelining */
	STRICT_EXPECTATION_UNKNOWN,
	STRICT_VERDICTS
};

struct strict_rules {
	size_t body_max;
	const char *const *hosts; /* allowed values of Host, ended by NULL; NULL: any */
};

struct strict_head {
	size_t head_length; /* bytes with the empty line, after rewriting */
	size_t body_length; /* Content-Length, or 0 */
	bool is_http_10;
	bool wants_close;      /* Connection: close, or HTTP/1.0 */
	bool expects_continue; /* Expect: 100-continue, and there is a body to send */
};

/*
 * buffer holds *length bytes received so far: the head and what follows it. *seen is 0 at first and
 * belongs to this function: bytes below it were looked at by an earlier call for the same request.
 * out is written for STRICT_FINE only. For STRICT_FINE the head may have been rewritten in place,
 * and *length reduced: absolute-form becomes origin-form, headers without a value are dropped, TAB
 * and 8-bit bytes in values that decide nothing become ' ' and '?'.
 */
enum strict_verdict strict_http_read(char *buffer, size_t *length, size_t *seen,
    const struct strict_rules *, struct strict_head *out);

/* For refusals: the status to answer with, and the reason code for log and counters
 * ("strict.bare_cr"). */
int strict_status(enum strict_verdict);
const char *strict_reason(enum strict_verdict);

#endif
