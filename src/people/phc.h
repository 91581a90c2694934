/*
 * Argon2id hashes as PHC strings: "$argon2id$v=19$m=19456,t=2,p=1$salt$tag". The door of this room
 * that knows nothing of users: clients/ hashes imported secrets through it.
 */
#ifndef PEOPLE_PHC_H
#define PEOPLE_PHC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/call.h"

struct password_cost {
	unsigned memory_kib; /* 19456 */
	unsigned passes;     /* 2 */
	unsigned lanes;	     /* 1 */
};

/* A string from outside cannot ask for more than this: an import must not be able to kill us. */
enum {
	PHC_MEMORY_KIB_MAX = 1024 * 1024,
	PHC_PASSES_MAX = 10,
	PHC_LANES_MAX = 16,
	PHC_SALT_MIN = 8,
	PHC_SALT_MAX = 64,
	PHC_TAG_MIN = 16,
	PHC_TAG_MAX = 64,
	PHC_SALT = 16, /* of ours */
	PHC_TAG = 32,
	PHC_TEXT_MAX = 256,
	PHC_SECRET_MAX = 1024
};

struct phc {
	struct password_cost cost;
	uint8_t salt[PHC_SALT_MAX];
	size_t salt_length;
	uint8_t tag[PHC_TAG_MAX];
	size_t tag_length;
};

/* Strict: argon2id, version 19, m t p in this order, no leading zeros, unpadded base64, all within
 * the limits above, memory >= 8 KiB a lane. */
bool phc_parse(const char *text, struct phc *out);
/* out: in the arena. */
char *phc_format(struct arena *, const struct phc *);

/* The tag, of phc->tag_length bytes, of a secret of at most PHC_SECRET_MAX bytes under the cost and
 * salt of *phc. Blocks for tens of milliseconds: on threads only. False: no memory for it. */
bool phc_compute(struct phc *, const void *secret, size_t length);

/* What new hashes cost; passwords_start sets it. */
void phc_start(const struct password_cost *);
const struct password_cost *phc_cost(void);

/* Wait on a thread. RESULT_UNAVAILABLE when there is no slot: that does not stick to the call.
 * secret: at most PHC_SECRET_MAX bytes. text: in the call's arena. */
enum result phc_hash(struct call *, const char *secret, const char **text);
/* *matches: compared in constant time. */
enum result phc_verify(struct call *, const struct phc *, const char *secret, bool *matches);

#endif
