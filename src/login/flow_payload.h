/* What a sealed flow holds: a version, the browser it is bound to, its expiry and the request. */
#ifndef LOGIN_FLOW_PAYLOAD_H
#define LOGIN_FLOW_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "login/flow.h"

/* out must be initialised; the caller asks for out->overflowed. flow->expires_at is written as is.
 */
void flow_payload_write(const struct flow *, const char *browser, struct text *out);

/* false: another version, a member that is missing, of the wrong type or not ours, another browser
 * (compared in constant time), or expires_at <= now. Strings of out are copied into the arena. */
bool flow_payload_read(struct arena *, const char *payload, size_t length, const char *browser,
    int64_t now, struct flow *out);

#endif
