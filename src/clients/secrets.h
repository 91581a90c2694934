/* Inside the room: how a secret is kept. */
#ifndef CLIENTS_SECRETS_H
#define CLIENTS_SECRETS_H

#include <stdbool.h>

#include "clients/clients.h"

#define CLIENT_SECRET_PREFIX "lk_cs_"

/* Has it the form, and so the 256 random bits, of a secret that we make? */
bool client_secret_is_ours(const char *secret);
/* Fills digest or phc. Waits on a thread for a secret that is not ours; RESULT_UNAVAILABLE when
 * there is no slot (does not stick). */
enum result client_secret_store(struct call *, const char *secret, struct client_secret *out);

#endif
