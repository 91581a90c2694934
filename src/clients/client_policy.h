/* Inside the room: the policy of a client, to and from JSON. */
#ifndef CLIENTS_CLIENT_POLICY_H
#define CLIENTS_CLIENT_POLICY_H

#include "base/json.h"
#include "clients/clients.h"

/* Members that are absent or null count as their defaults. Returns NULL, or a sentence that says
 * what is wrong; then out has the defaults. The sentence lives in the arena. */
const char *client_policy_read(
    struct arena *, const json_t *object, bool is_public, struct client_policy *out);
/* One object; lifetimes that are the realm's are left out. */
void client_policy_write(const struct client_policy *, struct json_writer *);

#endif
