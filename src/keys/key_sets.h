/* Inside the room: the signing keys of a realm in memory. OpenSSL's objects are made at the first
 * use and live on from set to set. */
#ifndef KEYS_KEY_SETS_H
#define KEYS_KEY_SETS_H

#include "keys/keys.h"

/* The JWK Set as text. */
struct published {
	struct arena *arena; /* the set's */
	const char *jwks;
};

/* Shared by all sets that hold the key. */
struct key_material {
	struct arena *arena; /* its memory */
	unsigned references;
	enum jose_algorithm algorithm;
	const char *kid;
	const uint8_t *public_der, *sealed_private;
	size_t public_length, sealed_length;
	struct jose_key *public_key, *private_key; /* NULL until needed */
};

struct set_key {
	enum key_state state;
	struct key_material *material;
};

struct key_set {
	struct set_key *keys;
	size_t count;
	struct published *published; /* what is made of the set when first asked for */
};

/* For signing and verifying. */
enum result key_sets_find(struct call *, const struct key_set **out);
/* As fresh as that: for a token with a key that is not in the set. */
enum result key_sets_find_newer(struct call *, const struct key_set **out);
/* Stale is fine. */
enum result key_sets_find_published(struct call *, const struct key_set **out);
void key_sets_drop(struct call *);

/* By kid; NULL when it is not published. */
struct key_material *key_set_by_kid(const struct key_set *, const char *kid);
struct key_material *key_set_active(const struct key_set *, enum jose_algorithm);
/* NULL, and the call has failed, when the row cannot be opened. */
const struct jose_key *key_material_private(struct call *, struct key_material *);
const struct jose_key *key_material_public(struct key_material *);

#endif
