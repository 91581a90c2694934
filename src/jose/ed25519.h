/* Inside the room: the points of edwards25519, which OpenSSL does not check before it verifies. */
#ifndef JOSE_ED25519_H
#define JOSE_ED25519_H

#include <stdbool.h>
#include <stdint.h>

enum { ED25519_BYTES = 32 };

/* RFC 8032, 5.1.3: the point can be decoded; and its order is not one of 1, 2, 4, 8, for which
 * anybody can make signatures. */
bool ed25519_is_sound(const uint8_t point[ED25519_BYTES]);

#endif
