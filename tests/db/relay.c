/* Bytes from 127.0.0.1:port to the server's Unix socket and back, until it is killed. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "databases.h"

enum { PAIRS_MAX = 32 };

static struct sockaddr_un server;
static struct pollfd polled[2 * PAIRS_MAX + 1];

static void
server_find(void)
{
	PQconninfoOption *options, *o;

	server.sun_family = AF_UNIX;
	options = PQconninfoParse(getenv("LATCHKEY_TEST_DATABASE_URL"), NULL);
	ck_assert_ptr_nonnull(options);
	for (o = options; o->keyword != NULL; o++) {
		if (strcmp(o->keyword, "host") == 0 && o->val != NULL)
			(void)snprintf(server.sun_path, sizeof(server.sun_path),
			    "%.80s/.s.PGSQL.5432", o->val);
	}
	PQconninfoFree(options);
}

/* Pair i is polled[2 * i + 1] and polled[2 * i + 2]. */
static void
pair_open(int listener)
{
	int client = accept(listener, NULL, NULL), upstream, i;

	if (client == -1)
		return;
	upstream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (i = 1; i < 2 * PAIRS_MAX && polled[i].fd != -1; i += 2)
		;
	if (i >= 2 * PAIRS_MAX ||
	    connect(upstream, (struct sockaddr *)&server, sizeof(server)) == -1) {
		close(client);
		close(upstream);
		return;
	}
	polled[i] = (struct pollfd){.fd = client, .events = POLLIN};
	polled[i + 1] = (struct pollfd){.fd = upstream, .events = POLLIN};
}

static void
pair_copy(int from, int to)
{
	static char bytes[65536];
	ssize_t got = read(polled[from].fd, bytes, sizeof(bytes)), sent = 0, n;

	while (got > 0 && sent < got) {
		n = send(polled[to].fd, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
		if (n <= 0)
			break;
		sent += n;
	}
	if (got > 0 && sent == got)
		return;
	close(polled[from].fd);
	close(polled[to].fd);
	polled[from].fd = polled[to].fd = -1;
}

static void
relay_serve(int listener)
{
	int i;

	for (i = 0; i < 2 * PAIRS_MAX + 1; i++)
		polled[i] = (struct pollfd){.fd = -1};
	polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (;;) {
		if (poll(polled, 2 * PAIRS_MAX + 1, -1) < 0)
			continue;
		for (i = 1; i < 2 * PAIRS_MAX + 1; i++) {
			if (polled[i].fd != -1 && polled[i].revents != 0)
				pair_copy(i, i % 2 == 1 ? i + 1 : i - 1);
		}
		if (polled[0].revents != 0)
			pair_open(listener);
	}
}

void
relay_start(struct relay *relay)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	server_find();
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 64), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	relay->port = ntohs(address.sin_port);
	relay->pid = fork();
	ck_assert_int_ne(relay->pid, -1);
	if (relay->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		relay_serve(listener);
	}
	close(listener);
}

void
relay_stop(struct relay *relay)
{
	kill(relay->pid, SIGKILL);
	waitpid(relay->pid, NULL, 0);
}
