/* Inside the room: what keys_ensure needs of the realm's secrets. */
#ifndef KEYS_REALM_SECRETS_H
#define KEYS_REALM_SECRETS_H

#include "keys/keys.h"

/* Makes the first secret if there is none, and opens what there is: a wrong key-encryption key
 * shows here. */
enum result realm_secrets_ensure(struct call *);

#endif
