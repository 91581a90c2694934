/* An HTTP server for one test: a thread a connection, behaviour by path. */
#ifndef TESTS_TINY_SERVER_H
#define TESTS_TINY_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>

struct tiny_server {
	atomic_uint requests;	 /* read whole */
	atomic_uint connections; /* accepted */
	int port;		 /* on 127.0.0.1 */
};

/* /ok /empty /404 /redirect /cached /not-cached /echo /close /hang /declared-big /endless /half;
 * with is_tls behind a certificate that nobody has signed. */
struct tiny_server *tiny_server_start(bool is_tls);
void tiny_server_stop(struct tiny_server *);

#endif
