/* Pieces of a buffer without a NUL behind them: for strict_http, and for settings that it goes by.
 */
#ifndef WEB_STRICT_SPAN_H
#define WEB_STRICT_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	char *start;
	size_t length;
};

bool is_token_byte(char); /* RFC 9110, 5.6.2 */
bool is_printable(char);  /* ASCII without controls and DEL */
bool is_control(char);
bool is_digit(char);

bool span_is(struct span, const char *); /* ASCII, without case */
struct span span_trim(struct span);	 /* spaces and TABs at both ends */
/* The next element of a comma-separated list; false at its end. */
bool span_next(struct span *list, struct span *out);
/* Name, IPv4 or [IPv6], with a port or without. */
bool span_is_host(struct span);

#endif
