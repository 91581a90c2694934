/* Shared listening sockets. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fatal.h"
#include "base/log.h"
#include "web/counters.h"
#include "web/kore_listen.h"
#include "web/kore_supervision.h"

enum {
	PAUSE_MS = 100,
	GIVE_WAY_MS = 1,
	SHARE_SLACK = 1, /* connections above the average */
	TAKEN_ANYWAY = 4
};

static struct listener *listeners[2];
static bool is_listening; /* this worker wants connections */
static bool is_paused;	  /* but not just now */
static unsigned may_take; /* connections, whatever its share */
static uint64_t accepted;

static void listen_accept(void *, int);

static int
socket_open(const struct addrinfo *address, unsigned *port)
{
	struct sockaddr_storage bound = {0};
	socklen_t length = sizeof(bound);
	int fd, on = 1;

	fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (-1);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, address->ai_addr, address->ai_addrlen) == -1 ||
	    listen(fd, (int)kore_socket_backlog) == -1 ||
	    getsockname(fd, (struct sockaddr *)&bound, &length) == -1) {
		close(fd);
		return (-1);
	}
	if (bound.ss_family == AF_INET6)
		*port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
	else
		*port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
	return (fd);
}

bool
listen_open(struct kore_server *server, enum listener_kind kind, const char *address,
    unsigned *port, char *error, size_t error_size)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
			    .ai_socktype = SOCK_STREAM,
			    .ai_flags = AI_NUMERICSERV | AI_PASSIVE},
			*found;
	struct listener *listener;
	char port_text[16];
	int fd, failure;

	snprintf(port_text, sizeof(port_text), "%u", *port);
	if ((failure = getaddrinfo(address, port_text, &hints, &found)) != 0) {
		snprintf(
		    error, error_size, "cannot listen on %s: %s", address, gai_strerror(failure));
		return (false);
	}
	if ((fd = socket_open(found, port)) == -1)
		snprintf(error, error_size, "cannot listen on %s port %u: %s", address, *port,
		    strerror(errno));
	else {
		/* Kore must not know it: it would put it into every worker's epoll behind our back.
		 */
		listener = kore_listener_create(server);
		LIST_REMOVE(listener, list);
		nlisteners = 0;
		listener->fd = fd;
		listener->family = found->ai_family;
		listener->evt.handle = listen_accept;
		listener->connect = kore_runtime_getcall("latchkey_connect");
		listeners[kind] = listener;
	}
	freeaddrinfo(found);
	return (fd != -1);
}

enum listener_kind
listen_kind(const struct connection *connection)
{
	return (connection->owner == listeners[LISTENER_OPERATIONS] ? LISTENER_OPERATIONS
								    : LISTENER_PUBLIC);
}

static void
listen_watch(void)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (listeners[i] != NULL)
			kore_platform_event_schedule(listeners[i]->fd, EPOLLIN, 0, listeners[i]);
}

static void
listen_unwatch(void)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (listeners[i] != NULL)
			kore_platform_disable_read(listeners[i]->fd);
}

static void
listen_resume(void *argument, u_int64_t now)
{
	(void)argument;
	(void)now;
	is_paused = false;
	if (is_listening)
		listen_watch();
}

/* A readable socket that is not accepted from would keep the loop busy (FM-28): look away for a
 * moment. */
static void
listen_look_away(uint64_t ms)
{
	is_paused = true;
	listen_unwatch();
	kore_timer_add(listen_resume, ms, NULL, KORE_TIMER_ONESHOT);
}

static void
listen_pause(void)
{
	listen_look_away(PAUSE_MS);
	log_warning(
	    "no room for more connections", FIELD_NUMBER("open", worker_active_connections));
}

/* The worker that wakes first would take a whole burst, and the others would idle. One that has
 * more than its share leaves the next to them for a moment, and then takes some all the same: they
 * may be stuck. */
static bool
listen_gives_way(void)
{
	u_int64_t workers = worker_count - KORE_WORKER_BASE;

	counters_set(COUNTER_CONNECTIONS, worker_active_connections);
	if (supervision_is_stopping() ||
	    worker_active_connections <= counters_sum(COUNTER_CONNECTIONS) / workers + SHARE_SLACK)
		return (false);
	if (may_take > 0) {
		may_take--;
		return (false);
	}
	may_take = TAKEN_ANYWAY;
	listen_look_away(GIVE_WAY_MS);
	return (true);
}

/* One connection an event: what else waits is as likely to be taken by another worker. */
static void
listen_accept(void *argument, int failed)
{
	struct listener *listener = argument;
	struct connection *connection;

	if (is_paused || !is_listening)
		return;
	if (failed) {
		if (!supervision_is_stopping())
			fatal("the listening socket failed");
		/* Another worker has shut it already. */
		listen_unwatch();
		is_listening = false;
		return;
	}
	if (worker_active_connections >= worker_max_connections) {
		listen_pause();
		return;
	}
	if (listen_gives_way())
		return;
	errno = 0;
	if (!kore_connection_accept(listener, &connection)) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			listen_pause();
		return;
	}
	accepted++;
	counters_add(COUNTER_ACCEPTED, 1);
	kore_platform_event_all(connection->fd, connection);
}

uint64_t
listen_accepted(void)
{
	return (accepted);
}

void
listen_start(void)
{
	is_listening = true;
	listen_watch();
}

void
listen_stop(bool whole_node)
{
	size_t i;

	if (is_listening && !is_paused)
		listen_unwatch();
	is_listening = false;
	for (i = 0; whole_node && i < 2; i++)
		if (listeners[i] != NULL)
			shutdown(listeners[i]->fd, SHUT_RDWR);
}
