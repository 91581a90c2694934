/*
 * What stands between a connection and Kore's parser: receives the head, has strict_http judge it,
 * receives the body, keeps the deadlines, and arms the connection again when its answer is out. One
 * request at a time on a connection.
 */
#ifndef WEB_KORE_GUARD_H
#define WEB_KORE_GUARD_H

#include <kore/kore.h>
#include <kore/http.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/request.h"

enum { GUARD_BODY_MAX = 65536 };

enum guard_phase {
	GUARD_FRESH, /* nothing received yet */
	GUARD_IDLE,  /* between two requests */
	GUARD_HEAD,
	GUARD_BODY,
	GUARD_WORKING,	 /* a call runs; nothing is read */
	GUARD_ANSWERING, /* the answer is on its way */
	GUARD_LINGERING /* nothing more will be sent; reads the rest so that the answer is not lost,
			   then closes */
};

struct guard {
	struct connection *connection;
	enum guard_phase phase;
	enum listener_kind listener;
	uint64_t deadline_ms; /* monotonic; 0: none */
	size_t seen;	      /* strict_http's */
	size_t head_buffer;   /* bytes of the buffer that Kore took over */
	size_t discarded;
	bool wants_close;
	bool is_http_10;
};

/* Called by Kore for a new connection. */
void latchkey_connect(struct connection *);

/* hosts[listener]: allowed Host values, ended by NULL; NULL: any. public_max: connections that the
 * public listener may hold. */
void guard_start(const char *const *hosts[2], u_int32_t public_max);
struct guard *guard_of(const struct connection *);
/* The answer stands in the connection's send queue: send it, then close or wait for the next
 * request. */
void guard_answer(struct guard *);
/* What was woken while Kore walks over its requests is looked at in its loop's next round: makes
 * that come at once. */
void guard_kick(void);
/* Every quarter of a second: enforces deadlines. */
void guard_sweep(uint64_t now_ms);
/* From now on answers close their connections. */
void guard_drain(void);
bool guard_is_draining(void);
/* Closes what waits for a next request, and what waits for a first one if fresh_too. Returns how
 * many connections are still at work. */
unsigned guard_close_idle(bool fresh_too);

#endif
