/* Inside the room: rows sealed under the key-encryption key, each bound to its table, realm and id
 * (SL-01, SL-02). */
#ifndef KEYS_WRAPPING_H
#define KEYS_WRAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"

uint8_t *wrapping_seal(struct arena *, const char *table, const struct uuid *realm, const char *id,
    const void *, size_t length, size_t *out_length);
/* false: an incident, logged and audited: the wrong key-encryption key, or a row that was changed
 * or put elsewhere. There is no fallback. */
bool wrapping_open(struct call *, const char *table, const struct uuid *realm, const char *id,
    const void *, size_t length, uint8_t **out, size_t *out_length);

#endif
