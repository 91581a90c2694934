/*
 * libcurl wants descriptors level-triggered and with changing interests; ours are edge-triggered
 * for both directions. So a socket that had an edge, or whose interest changed, is asked by poll(2)
 * and served until it has nothing more for curl.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/fetch.h"
#include "async/fetch_multi.h"
#include "async/fetch_policy.h"
#include "async/loop.h"
#include "base/clock.h"
#include "base/fatal.h"

/* For each fetch two racing connections and the resolver's wake-up. A socket that is served longer
 * than ROUNDS_MAX goes on at the next tick, so that it does not hold up the loop. */
enum { SOCKETS_MAX = 4 * FETCHES_MAX, IDLE_CONNECTIONS_MAX = 16, ROUNDS_MAX = 16 };

struct socket {
	struct watch watch; /* of the duplicate */
	int fd;		    /* curl's; -1: a free place */
	short interest;	    /* POLLIN, POLLOUT */
	bool is_fresh;	    /* may have something for curl */
};

static CURLM *multi;
static struct fetch_transfer *transfers;
static unsigned transfers_length;
static bool is_open;
static struct socket sockets[SOCKETS_MAX];
static struct timer curl_timer; /* curl's own deadlines */
static struct timer later;	/* goes on with what is fresh */

static void
transfers_harvest(void)
{
	struct fetch_transfer *transfer = NULL;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) !=
		    CURLE_OK)
			fatal("libcurl lost a transfer's owner");
		if (message->data.result == CURLE_OK)
			transfer->problem = NULL;
		else if (transfer->problem == NULL)
			transfer->problem = curl_easy_strerror(message->data.result);
		wait_done(&transfer->wait);
	}
}

static void
curl_act(curl_socket_t fd, int mask)
{
	int running;

	if (curl_multi_socket_action(multi, fd, mask, &running) != CURLM_OK)
		fatal("curl_multi_socket_action failed");
}

/* True when there was something, so that there may be more. */
static bool
socket_serve(struct socket *socket)
{
	struct pollfd asked = {.fd = socket->watch.fd, .events = socket->interest};
	int mask = 0;

	if (socket->interest == 0 || poll(&asked, 1, 0) <= 0) {
		socket->is_fresh = false;
		return (false);
	}
	if (asked.revents & POLLIN)
		mask |= CURL_CSELECT_IN;
	if (asked.revents & POLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (asked.revents & (POLLERR | POLLHUP | POLLNVAL))
		mask |= CURL_CSELECT_ERR;
	curl_act(socket->fd, mask);
	return (true);
}

/* Curl often asks for a timer of 0 ms, to go on at once: without the wheel's delay. */
static bool
deadline_serve(void)
{
	if (curl_timer.link == NULL || curl_timer.deadline_ms > clock_monotonic_ms())
		return (false);
	timer_disarm(&curl_timer);
	curl_act(CURL_SOCKET_TIMEOUT, 0);
	return (true);
}

static void
sockets_serve(void)
{
	bool may_have_more = true;

	for (unsigned round = 0; may_have_more && round < ROUNDS_MAX; round++) {
		may_have_more = deadline_serve();
		for (unsigned i = 0; i < SOCKETS_MAX; i++) {
			if (sockets[i].fd != -1 && sockets[i].is_fresh)
				may_have_more = socket_serve(&sockets[i]) || may_have_more;
		}
	}
	if (may_have_more)
		timer_arm(&later, clock_monotonic_ms());
	transfers_harvest();
}

static void
socket_ready(struct watch *watch, unsigned events)
{
	struct socket *socket = watch->owner;

	(void)events;
	socket->is_fresh = true;
	sockets_serve();
}

static void
later_fired(struct timer *timer)
{
	(void)timer;
	sockets_serve();
}

static void
curl_timer_fired(struct timer *timer)
{
	(void)timer;
	curl_act(CURL_SOCKET_TIMEOUT, 0);
	sockets_serve();
}

static int
curl_wants_timer(CURLM *handle, long timeout_ms, void *object)
{
	(void)handle;
	(void)object;
	if (timeout_ms < 0)
		timer_disarm(&curl_timer);
	else
		timer_arm(&curl_timer, clock_monotonic_ms() + (uint64_t)timeout_ms);
	return (0);
}

static struct socket *
socket_find(int fd)
{
	for (unsigned i = 0; i < SOCKETS_MAX; i++) {
		if (sockets[i].fd == fd)
			return (&sockets[i]);
	}
	return (NULL);
}

static bool
socket_watch(struct socket *socket, int fd)
{
	if ((socket->watch.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) == -1)
		return (false);
	socket->fd = fd;
	loop_watch(&socket->watch);
	return (true);
}

static void
socket_unwatch(struct socket *socket)
{
	loop_unwatch(&socket->watch);
	close(socket->watch.fd);
	socket->fd = -1;
}

static int
curl_wants_socket(CURL *easy, curl_socket_t fd, int what, void *object, void *socket_object)
{
	struct socket *socket = socket_find(fd);

	(void)easy;
	(void)object;
	(void)socket_object;
	if (what == CURL_POLL_REMOVE) {
		if (socket != NULL)
			socket_unwatch(socket);
		return (0);
	}
	if (socket == NULL && ((socket = socket_find(-1)) == NULL || !socket_watch(socket, fd)))
		return (-1);
	socket->interest = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		socket->interest |= POLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		socket->interest |= POLLOUT;
	socket->is_fresh = true;
	timer_arm(&later, clock_monotonic_ms());
	return (0);
}

static curl_socket_t
curl_opens(void *object, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch_transfer *transfer = object;
	struct socket *known;
	int fd;

	(void)purpose;
	/* Whatever a name resolved to, and whenever: here is where the connection goes. */
	if (transfer->is_public_only && !fetch_policy_address_is_public(&address->addr)) {
		transfer->problem = "the address is not public";
		return (CURL_SOCKET_BAD);
	}
	fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if (fd == -1 || (known = socket_find(fd)) == NULL)
		return (fd);
	socket_unwatch(known);
	if (!socket_watch(known, fd)) {
		close(fd);
		return (CURL_SOCKET_BAD);
	}
	known->is_fresh = true;
	return (fd);
}

bool
transfer_begin(struct fetch_transfer *transfer, CURL *easy)
{
	if (!is_open || transfers_length >= FETCHES_MAX)
		return (false);
	if (curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, curl_opens) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) != CURLE_OK ||
	    curl_multi_add_handle(multi, easy) != CURLM_OK)
		fatal("libcurl takes no transfer");
	if ((transfer->next = transfers) != NULL)
		transfers->link = &transfer->next;
	transfer->link = &transfers;
	transfers = transfer;
	transfers_length++;
	return (true);
}

void
transfer_end(struct fetch_transfer *transfer, CURL *easy)
{
	if (curl_multi_remove_handle(multi, easy) != CURLM_OK)
		fatal("libcurl does not let go of a transfer");
	if ((*transfer->link = transfer->next) != NULL)
		transfer->next->link = transfer->link;
	transfers_length--;
}

void
fetch_start(void)
{
	/* CURLOPT_NOSIGNAL leaves it to us; OpenSSL writes to sockets that may be closed. */
	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (multi = curl_multi_init()) == NULL)
		fatal("libcurl cannot start");
	for (unsigned i = 0; i < SOCKETS_MAX; i++) {
		sockets[i] = (struct socket){.fd = -1};
		sockets[i].watch = (struct watch){.ready = socket_ready, .owner = &sockets[i]};
	}
	curl_timer = (struct timer){.fired = curl_timer_fired};
	later = (struct timer){.fired = later_fired};
	if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, curl_wants_socket) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, curl_wants_timer) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS_MAX) != CURLM_OK)
		fatal("libcurl refuses the loop");
	is_open = true;
}

void
fetch_stop(void)
{
	if (multi == NULL)
		return;
	is_open = false;
	for (struct fetch_transfer *transfer = transfers; transfer; transfer = transfer->next) {
		transfer->problem = "fetching has stopped";
		wait_done(&transfer->wait);
	}
	wait_run_ready();
	if (transfers != NULL)
		fatal("fetch_stop while a call runs");
	if (curl_multi_cleanup(multi) != CURLM_OK)
		fatal("libcurl cannot stop");
	multi = NULL;
	timer_disarm(&curl_timer);
	timer_disarm(&later);
	curl_global_cleanup();
}
