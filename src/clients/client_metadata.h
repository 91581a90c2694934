/* Inside the room: the RFC 7591 document of a client, to and from struct client. */
#ifndef CLIENTS_CLIENT_METADATA_H
#define CLIENTS_CLIENT_METADATA_H

#include "base/arena.h"
#include "base/text.h"
#include "clients/clients.h"

/* The values of auth_method and grants; a new one is one line in client_metadata.c. */
bool client_auth_method_find(const char *name, enum client_auth_method *out);
const char *client_auth_method_name(enum client_auth_method);
/* 0: unknown. */
unsigned client_grant_find(const char *name);
/* "authorization_code refresh_token": space-separated, in the arena. */
const char *client_grants_list(struct arena *, unsigned grants);

/* Fills all but id, client_id, is_enabled and secrets of out; client_id must be there already.
 * Members that are absent or do not fit count as their defaults: what a document may hold was
 * checked when it was registered. */
void client_metadata_read(
    struct arena *, const char *metadata, const char *policy, struct client *out);

#endif
