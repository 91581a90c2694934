/* Are the ports free, and does the service answer on them? */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/dev_ports.h"
#include "settings.h"

/* 0, or errno of what is in the way. */
static int
port_try(const struct addrinfo *address)
{
	int fd, on = 1, error = 0;

	fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (errno);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, address->ai_addr, address->ai_addrlen) == -1 || listen(fd, 1) == -1)
		error = errno;
	close(fd);
	return (error);
}

static bool
port_is_free(const char *address, long long port, const char *what)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
			    .ai_socktype = SOCK_STREAM,
			    .ai_flags = AI_NUMERICSERV | AI_PASSIVE},
			*found;
	char text[24];
	int error;

	snprintf(text, sizeof(text), "%lld", port);
	if ((error = getaddrinfo(address, text, &hints, &found)) != 0) {
		cli_fail(CLI_CONFIGURATION, "%s: %s", address, gai_strerror(error));
		return (false);
	}
	error = port_try(found);
	freeaddrinfo(found);
	if (error == EADDRINUSE)
		cli_fail(CLI_UNAVAILABLE,
		    "port %lld, for %s, is taken by another program: choose another pair, e.g. "
		    "`make run PORT=9000` or `latchkey dev --port 9000`",
		    port, what);
	else if (error != 0)
		cli_fail(CLI_UNAVAILABLE, "port %lld, for %s: %s", port, what, strerror(error));
	return (error == 0);
}

bool
dev_ports_are_free(void)
{
	return (port_is_free(settings.listen_address, settings.listen_port, "the service") &&
		port_is_free(
		    settings.operations_address, settings.operations_port, "health and metrics"));
}

bool
dev_ports_ready(void)
{
	static const char request[] =
	    "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)settings.operations_port)};
	char answer[64] = "";
	bool ready = false;
	int fd;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		return (false);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){1, 0}, sizeof(struct timeval));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    write(fd, request, sizeof(request) - 1) == (ssize_t)sizeof(request) - 1 &&
	    read(fd, answer, sizeof(answer) - 1) > 0)
		ready = strncmp(answer, "HTTP/1.1 200", 12) == 0;
	close(fd);
	return (ready);
}
