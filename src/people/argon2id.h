/* Argon2id itself. Which library computes it: docs/decisions/0001_argon2_implementation.md. */
#ifndef PEOPLE_ARGON2ID_H
#define PEOPLE_ARGON2ID_H

#include <stdbool.h>
#include <stddef.h>

#include "people/phc.h"

/* Once per process, before threads compute. */
void argon2id_start(void);
/* phc->tag from cost, salt and secret. Any thread. False when there is no memory. */
bool argon2id_compute(struct phc *, const void *secret, size_t length);
/* The same by libargon2, whatever the parameters: the reference in tests. */
bool argon2id_compute_reference(struct phc *, const void *secret, size_t length);

#endif
