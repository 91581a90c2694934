/*
 * Failed authentications of clients, counted by client and address for a minute (C-05). In memory
 * that the node's workers share, of a fixed size; other nodes count for themselves. Who asks first
 * for a place that all are taken for gets that of the one who has failed least.
 */
#ifndef CLIENTS_FAILURES_H
#define CLIENTS_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

/* Before the fork, in the parent. limit: failures in a minute; 0: none is counted. */
enum { CLIENT_FAILURES_MAX = 200 };
void client_failures_prepare(unsigned limit);

/* What is counted: who, in which realm, from where. Any texts. */
struct client_attempt {
	const char *issuer, *client_id, *peer;
};
/* 0: go on. Else the seconds until the next attempt may be made. now_ms: monotonic. */
unsigned client_failures_wait(const struct client_attempt *, uint64_t now_ms);
void client_failures_count(const struct client_attempt *, uint64_t now_ms);

#endif
