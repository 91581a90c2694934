/* Inside the room: RFC 7591 metadata, checked before anything is written. */
#ifndef CLIENTS_REGISTRATION_CHECKS_H
#define CLIENTS_REGISTRATION_CHECKS_H

#include "base/arena.h"
#include "clients/clients.h"

/* What was asked for, with defaults filled in. Borrows from the metadata and the arena. */
struct registration_request {
	const json_t *metadata;
	const char *client_id;	   /* NULL: make one */
	const char *client_secret; /* NULL: make one, or none for a public client */
	enum client_auth_method auth_method;
	unsigned grants;
	bool is_native;
	const char *scope;
	const char *id_token_alg, *userinfo_alg; /* userinfo_alg: NULL for none */
	struct client_policy policy;
};

/* The members of plain text that are kept as they are: client_name, client_uri, ... NULL ends. */
extern const char *const registration_texts[];

/* Unknown members are ignored (RFC 7591, 2), logo_uri among them: pages show no pictures of
 * strangers. scope_default: what a client that names no scope gets. False: out->error says why. */
bool registration_check(struct arena *, const json_t *metadata, const char *scope_default,
    struct registration_request *request, struct client_registration *out);

#endif
