/* base64url, base64, hex, percent-encoding and HTML escapes. Decoders are strict: canonical input
 * or nothing. */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* RFC 4648, 5, without padding. The decoder refuses padding, white space, length 4n+1 and non-zero
 * trailing bits (J-10). */
char *base64url_encode(struct arena *, const void *, size_t length);
bool base64url_decode(
    struct arena *, const char *, size_t length, uint8_t **out, size_t *out_length);

/* RFC 4648, 4, with padding, for HTTP Basic only. */
char *base64_encode(struct arena *, const void *, size_t length);
bool base64_decode(struct arena *, const char *, size_t length, uint8_t **out, size_t *out_length);

char *hex_encode(struct arena *, const void *, size_t length); /* lower case */
bool hex_decode(
    const char *, size_t length, uint8_t *out, size_t out_length); /* length == 2 * out_length */

/* Percent-encode all but RFC 3986 unreserved characters. */
void text_add_percent(struct text *, const char *);
/* As application/x-www-form-urlencoded asks (WHATWG URL): space becomes '+'. */
void text_add_form(struct text *, const char *);
/* & < > " ' become entities: right in text and in quoted attributes. */
void text_add_html(struct text *, const char *);
/* In place. '+' becomes a space if plus_is_space. Refuses bad % sequences, NUL, other control bytes
 * but TAB CR LF, invalid UTF-8. */
bool percent_decode(char *, size_t *length, bool plus_is_space);

#endif
