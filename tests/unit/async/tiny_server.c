/* An HTTP server for one test. */
#include <check.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tiny_server.h"

enum { CONNECTIONS_MAX = 256, REQUEST_MAX = 1024 };

struct connection {
	struct server *server;
	pthread_t thread;
	int fd;
};

struct server {
	struct tiny_server seen; /* must be first */
	SSL_CTX *tls;
	pthread_t thread;
	int fd;
	struct connection connections[CONNECTIONS_MAX];
};

static bool
put(int fd, const char *text)
{
	size_t length = strlen(text);

	return (send(fd, text, length, MSG_NOSIGNAL) == (ssize_t)length);
}

static void
endless(int fd)
{
	char block[1024];

	memset(block, 'x', sizeof(block));
	if (!put(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"))
		return;
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		continue;
}

/* False: the connection is to be closed. */
static bool
answer(struct connection *connection, const char *request, const char *body)
{
	char text[REQUEST_MAX + 128], path[64] = "";
	int fd = connection->fd;

	sscanf(request, "%*s %63s", path);
	if (strcmp(path, "/ok") == 0)
		return (put(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
				"5\r\n\r\nhello"));
	if (strcmp(path, "/empty") == 0)
		return (put(fd, "HTTP/1.1 204 No Content\r\n\r\n"));
	if (strcmp(path, "/404") == 0)
		return (put(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"));
	if (strcmp(path, "/redirect") == 0)
		return (
		    put(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"));
	if (strcmp(path, "/cached") == 0)
		return (put(fd, "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=900\r\n"
				"Cache-Control: max-age=120\r\nContent-Length: 0\r\n\r\n"));
	if (strcmp(path, "/not-cached") == 0)
		return (put(fd, "HTTP/1.1 200 OK\r\nCache-Control: max-age=120\r\n"
				"Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n"));
	if (strcmp(path, "/declared-big") == 0)
		return (put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"));
	if (strcmp(path, "/half") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
		return (false);
	}
	if (strcmp(path, "/echo") == 0) {
		snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s%s",
		    strlen(request) + strlen(body), request, body);
		return (put(fd, text));
	}
	if (strcmp(path, "/endless") == 0)
		endless(fd);
	if (strcmp(path, "/hang") == 0)
		return (recv(fd, text, 1, 0) > 0);
	return (false);
}

/* Reads one request; body points behind its header block, which ends with NUL then. */
static bool
request_read(int fd, char *request, const char **body)
{
	size_t length = 0, wanted = 0;
	const char *declared;
	char *end = NULL;
	ssize_t got;

	while (end == NULL || strlen(end + 4) < wanted) {
		got = recv(fd, request + length, REQUEST_MAX - 1 - length, 0);
		if (got <= 0)
			return (false);
		length += (size_t)got;
		request[length] = '\0';
		if (end == NULL && (end = strstr(request, "\r\n\r\n")) != NULL &&
		    (declared = strstr(request, "Content-Length: ")) != NULL)
			wanted = strtoul(declared + 16, NULL, 10);
	}
	end[2] = '\0';
	*body = end + 4;
	return (true);
}

static void
tls_serve(struct connection *connection)
{
	SSL *ssl = SSL_new(connection->server->tls);
	char byte;

	SSL_set_fd(ssl, connection->fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, &byte, 1) == 1)
		connection->server->seen.requests++;
	SSL_free(ssl);
}

static void *
connection_main(void *argument)
{
	struct connection *connection = argument;
	char request[REQUEST_MAX];
	const char *body;

	if (connection->server->tls != NULL)
		tls_serve(connection);
	else
		while (request_read(connection->fd, request, &body)) {
			connection->server->seen.requests++;
			if (!answer(connection, request, body))
				break;
		}
	shutdown(connection->fd, SHUT_RDWR);
	return (NULL);
}

static void *
accept_main(void *argument)
{
	struct server *server = argument;
	struct connection *connection;
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) != -1) {
		if (server->seen.connections == CONNECTIONS_MAX) {
			close(fd);
			continue;
		}
		connection = &server->connections[server->seen.connections++];
		connection->server = server;
		connection->fd = fd;
		pthread_create(&connection->thread, NULL, connection_main, connection);
	}
	return (NULL);
}

static SSL_CTX *
tls_create(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
	    (const unsigned char *)"127.0.0.1", -1, -1, 0);
	X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509_set_pubkey(certificate, key);
	ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
	ck_assert_int_eq(SSL_CTX_use_certificate(tls, certificate), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(tls, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return (tls);
}

struct tiny_server *
tiny_server_start(bool is_tls)
{
	static struct server server;
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);

	memset(&server, 0, sizeof(server));
	server.tls = is_tls ? tls_create() : NULL;
	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(server.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(server.fd, 128), 0);
	ck_assert_int_eq(getsockname(server.fd, (struct sockaddr *)&address, &length), 0);
	server.seen.port = ntohs(address.sin_port);
	ck_assert_int_eq(pthread_create(&server.thread, NULL, accept_main, &server), 0);
	return (&server.seen);
}

void
tiny_server_stop(struct tiny_server *seen)
{
	struct server *server = (struct server *)(void *)seen;

	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
	for (unsigned i = 0; i < seen->connections; i++) {
		shutdown(server->connections[i].fd, SHUT_RDWR);
		pthread_join(server->connections[i].thread, NULL);
		close(server->connections[i].fd);
	}
	SSL_CTX_free(server->tls);
}
