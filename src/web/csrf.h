/* Cross-site request forgery: a token in every form, bound to the browser's cookie, and the
 * browser's own word (Sec-Fetch-Site, Origin). */
#ifndef WEB_CSRF_H
#define WEB_CSRF_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "web/form.h"

enum { CSRF_KEY_BYTES = 32 };

/* binding: the value of the cookie that this browser holds (session or flow). HMAC over binding and
 * purpose under a key derived for this. */
const char *csrf_token(
    struct call *, const uint8_t key[CSRF_KEY_BYTES], const char *binding, const char *purpose);
/* The form's field "csrf" is right, and csrf_is_same_origin(). */
bool csrf_is_valid(struct call *, const struct form *, const uint8_t key[CSRF_KEY_BYTES],
    const char *binding, const char *purpose, const char *own_origin);
/*
 * Sec-Fetch-Site (if sent) is same-origin or none, Origin (if sent) is own_origin:
 * scheme://host[:port] of the issuer. Our pages say Referrer-Policy: no-referrer, which makes
 * browsers send "Origin: null" with their forms: that is fine only beside "Sec-Fetch-Site:
 * same-origin". Either header sent twice is refused.
 */
bool csrf_is_same_origin(struct call *, const char *own_origin);

#endif
