/*
 * The limit of everything that speaks HTTP here: Kore with its own parser and one handler that only
 * answers, from the same objects, with the same flags and as many workers as the product.
 *   /bytes?N,H  N bytes of body        /sign?N,H  a token answer with one ES256 JWT of N payload
 * bytes H: bytes of head beyond Kore's own, so that both send as much. BARE_PORT=port bench_bare
 * WORKERS
 */
#include <kore/kore.h>
#include <kore/http.h>
#include <kore/hooks.h>
#include <kore/seccomp.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/text.h"
#include "jose/jose.h"

enum { BODY_MAX = 65536, HEAD_MAX = 2048, ARENA_MAX = 1 << 20, DESCRIPTORS = 4096 };

u_int8_t asset_builtin_kore_conf[] = "worker_accept_threshold 1\n"
				     "worker_set_affinity 0\n"
				     "socket_backlog 4096\n"
				     "http_body_disk_offload 0\n"
				     "http_keepalive_time 60\n"
				     "http_request_ms 1000\n"
				     "http_hsts_enable 0\n";
u_int32_t asset_len_builtin_kore_conf = sizeof(asset_builtin_kore_conf) - 1;
const char *kore_version = "bare";

int kore_main(int, char **);
int bare_request(struct http_request *);

static u_int8_t workers;
static struct listener *listener;
static struct jose_key *key;
static const char *kid;
static char filler[BODY_MAX + 1];
static u_int32_t *open_connections; /* of each worker, shared */

/* What Kore lacks without its access log. */
void
kore_accesslog_run(void *argument, u_int64_t now)
{
	(void)argument;
	(void)now;
}

void
kore_accesslog_gather(void *argument, u_int64_t now, int force)
{
	(void)argument;
	(void)now;
	(void)force;
}

void
kore_accesslog(struct http_request *request)
{
	(void)request;
}

void
kore_accesslog_worker_init(void)
{
}

static void
pidfile_settle(void)
{
	static char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd_create("bare", MFD_CLOEXEC));
	kore_pidfile = path;
}

void
kore_parent_configure(int argc, char **argv)
{
	static char root[] = "/";
	struct rlimit limit;
	struct kore_server *server;
	struct kore_domain *domain;

	(void)argc;
	(void)argv;
	kore_foreground = skip_runas = skip_chroot = kore_quiet = 1;
	kore_root_path = root;
	worker_count = workers;
	worker_rlimit_nofiles = DESCRIPTORS;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = DESCRIPTORS;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	pidfile_settle();
	open_connections = mmap(NULL, workers * sizeof(*open_connections), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (open_connections == MAP_FAILED)
		exit(EXIT_FAILURE);
	server = kore_server_create("bare");
	server->tls = 0;
	domain = kore_domain_new("*");
	kore_domain_attach(domain, server);
	if (!kore_module_handler_new(domain, "^/", "bare_request", NULL, HANDLER_TYPE_DYNAMIC) ||
	    !kore_server_bind(server, "127.0.0.1", getenv("BARE_PORT"), NULL))
		exit(EXIT_FAILURE);
	/* As in the product: the lock is off and every worker accepts. */
	listener = LIST_FIRST(&server->listeners);
	LIST_REMOVE(listener, list);
	nlisteners = 0;
}

void
kore_parent_teardown(void)
{
	static char none[] = "";

	kore_pidfile = none;
}

/* Kore's own list lacks what OpenSSL needs at its start. */
void
kore_seccomp_hook(void)
{
	kore_seccomp_drop();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* As even as in the product: a worker that has more than another leaves the next to that one. */
static void
accept_one(void *argument, int failed)
{
	struct connection *connection;
	u_int8_t i;

	__atomic_store_n(
	    &open_connections[worker->id - 1], worker_active_connections, __ATOMIC_RELAXED);
	for (i = 0; i < workers; i++)
		if (__atomic_load_n(&open_connections[i], __ATOMIC_RELAXED) <
		    worker_active_connections)
			return;
	if (failed || !kore_connection_accept(argument, &connection))
		return;
	__atomic_store_n(
	    &open_connections[worker->id - 1], worker_active_connections, __ATOMIC_RELAXED);
	kore_platform_event_all(connection->fd, connection);
}

/* Those that were closed since. */
static void
count_again(void *argument, u_int64_t now)
{
	(void)argument;
	(void)now;
	__atomic_store_n(
	    &open_connections[worker->id - 1], worker_active_connections, __ATOMIC_RELAXED);
}

void
kore_worker_configure(void)
{
	key = jose_key_generate(JOSE_ES256);
	kid = jose_key_thumbprint(arena_create(ARENA_MAX), key);
	memset(filler, 'a', BODY_MAX);
	kore_timer_add(count_again, 5, NULL, 0);
	listener->evt.handle = accept_one;
	kore_platform_event_schedule(listener->fd, EPOLLIN, 0, listener);
}

static void
sign(struct http_request *request, long long length)
{
	struct arena *arena = arena_create(ARENA_MAX);
	struct text body;

	text_init(&body, arena, BODY_MAX);
	text_addf(&body, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":300}",
	    jws_sign(arena, key, "at+jwt", kid, filler, (size_t)length));
	http_response(request, 200, body.data, body.length);
	arena_destroy(arena);
}

int
bare_request(struct http_request *request)
{
	char text[32], head[HEAD_MAX + 1], *comma;
	long long length = 0, more = 0;

	snprintf(
	    text, sizeof(text), "%s", request->query_string == NULL ? "" : request->query_string);
	if ((comma = strchr(text, ',')) != NULL) {
		*comma = '\0';
		(void)text_parse_integer(comma + 1, 0, HEAD_MAX, &more);
	}
	(void)text_parse_integer(text, 0, BODY_MAX, &length);
	if (more > 0) {
		snprintf(head, sizeof(head), "%.*s", (int)more, filler);
		http_response_header(request, "x-head", head);
	}
	if (strcmp(request->path, "/sign") == 0)
		sign(request, length);
	else
		http_response(request, 200, filler, (size_t)length);
	return (KORE_RESULT_OK);
}

int
main(int argc, char **argv)
{
	static char name[4096] = "bare"; /* Kore writes its processes' titles over it */
	static char *arguments[] = {name, NULL};
	long long count;

	if (argc != 2 || !text_parse_integer(argv[1], 1, 64, &count) || getenv("BARE_PORT") == NULL)
		return (64);
	workers = (u_int8_t)count;
	return (kore_main(1, arguments));
}
