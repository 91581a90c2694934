/*
 * The listening sockets: one for each kind of listener, opened by the parent and shared by all
 * workers, so that a worker that dies takes no waiting connection with it. Kore's accept lock is
 * off: every worker accepts.
 */
#ifndef WEB_KORE_LISTEN_H
#define WEB_KORE_LISTEN_H

#include <kore/kore.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/request.h"

/* In the parent. Connections go to latchkey_connect. False with a sentence: the address cannot be
 * had. *port: the one it got. */
bool listen_open(struct kore_server *, enum listener_kind, const char *address, unsigned *port,
    char *error, size_t error_size);
/* In a worker: begins and ends to accept. whole_node: connections are refused from now on, also by
 * other workers. */
void listen_start(void);
void listen_stop(bool whole_node);
uint64_t listen_accepted(void); /* by this worker */
enum listener_kind listen_kind(const struct connection *);

#endif
