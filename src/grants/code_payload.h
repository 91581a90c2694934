/* Inside the room: what a sealed code holds, as bytes. */
#ifndef GRANTS_CODE_PAYLOAD_H
#define GRANTS_CODE_PAYLOAD_H

#include "base/arena.h"
#include "base/text.h"
#include "grants/codes.h"

enum { CODE_PAYLOAD_MAX = 6144 };

/* False: longer than CODE_PAYLOAD_MAX. */
bool code_payload_write(struct arena *, const struct authorization_code *, struct text *out);
/* False: not of this version, cut short, or with bytes left over. Texts go to the arena. */
bool code_payload_read(
    struct arena *, const uint8_t *, size_t length, struct authorization_code *out);

#endif
