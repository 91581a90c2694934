/* The program's entry, and Kore's hooks: parent configured, worker started and stopped. */
#include <kore/kore.h>
#include <kore/http.h>
#include <kore/hooks.h>
#include <kore/seccomp.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "async/fetch.h"
#include "async/loop.h"
#include "async/threads.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/start.h"
#include "clients/failures.h"
#include "db/db.h"
#include "jobs/run.h"
#include "keys/keys.h"
#include "ops/ops.h"
#include "people/passwords.h"
#include "realms/realms.h"
#include "routes.h"
#include "settings.h"
#include "web/counters.h"
#include "web/kore_answer.h"
#include "web/kore_bridge.h"
#include "web/kore_drain.h"
#include "web/kore_guard.h"
#include "web/kore_listen.h"
#include "web/kore_sandbox.h"
#include "web/kore_supervision.h"
#include "web/template.h"

enum {
	CONNECTIONS_WANTED = 12000, /* per worker */
	DESCRIPTORS_ASIDE = 128,    /* per worker: database, log, event sources */
	CONNECTIONS_AT_START = 640, /* what Kore makes room for at once; its pools grow */
	REQUESTS_AT_START = 256,
	REQUESTS_MAX = 4096, /* per worker, with a client that waits */
	PARENT_DESCRIPTORS = 1024,
	TICK_MS = 250,
	HASHES_QUEUED_MAX = 64,
	STALLED_MS = 20,
	BREAKER_TIMEOUTS = 5,
	STOP_GRACE_MS = 5000,
	EXIT_REPLACE_ME = 75 /* EX_TEMPFAIL: the parent starts another worker */
};

/* Read by Kore at start. What has no line here keeps Kore's default; what depends on settings is
 * set in kore_parent_configure. */
u_int8_t asset_builtin_kore_conf[] =
    "worker_accept_threshold 1\n"
    "worker_set_affinity 0\n"
    "worker_death_policy restart\n"
    "socket_backlog 4096\n"
    "http_header_max 2048\n" /* one buffer; the guard grows it up to STRICT_HEAD_MAX */
    "http_body_max 65536\n"
    "http_body_disk_offload 0\n"
    "http_keepalive_time 60\n"
    "http_request_ms 1000\n" /* Kore leaves what it did not get to until its next event */
    "http_hsts_enable 0\n"
    "http_server_version latchkey\n";
u_int32_t asset_len_builtin_kore_conf = sizeof(asset_builtin_kore_conf) - 1;

int kore_main(int, char **);

static u_int32_t connections_max;
static const char *public_hosts[8];

int
main(int argc, char **argv)
{
	return (cli_main(argc, argv));
}

/* What Kore says goes to our log, line by line. */
static ssize_t
kore_line_write(void *cookie, const char *bytes, size_t length)
{
	char line[1024];
	size_t at = 0, end;

	(void)cookie;
	while (at < length) {
		end = at + strcspn(bytes + at, "\n") < length ? at + strcspn(bytes + at, "\n")
							      : length;
		snprintf(line, sizeof(line), "%.*s", (int)(end - at < 1000 ? end - at : 1000),
		    bytes + at);
		if (line[0] != '\0')
			log_warning("kore", FIELD("line", line));
		at = end + 1;
	}
	return ((ssize_t)length);
}

/*
 * Kore writes its processes' titles over argv[0], as far as argv and the environment reach
 * together: it gets a block of its own of that size, because the environment may have grown since.
 */
static char **
kore_arguments(void)
{
	static char *arguments[2];
	size_t size = 64;
	char **variable;

	for (variable = environ; *variable != NULL; variable++)
		size += strlen(*variable) + 1;
	arguments[0] = arena_alloc(arena_create(size + 4096), size);
	snprintf(arguments[0], size, "latchkey");
	return (arguments);
}

void
serve_run(void)
{
	static const cookie_io_functions_t lines = {.write = kore_line_write};
	FILE *to_log;

	fflush(stdout);
	if ((to_log = fopencookie(NULL, "w", lines)) != NULL) {
		setvbuf(to_log, NULL, _IOLBF, BUFSIZ);
		stdout = to_log;
	}
	exit(kore_main(1, kore_arguments()));
}

/* The authority of the base URL, with and without its default port, and loopback names when we
 * listen there. */
static void
public_hosts_fill(unsigned port)
{
	static char texts[6][STRICT_HOST_MAX + 8];
	const char *host = strstr(settings.base_url, "://") + 3;
	bool is_https = strncmp(settings.base_url, "https://", 8) == 0;
	size_t count = 0, i;

	snprintf(texts[count++], sizeof(texts[0]), "%s", host);
	if (strchr(host + strcspn(host, "]"), ':') == NULL)
		snprintf(
		    texts[count++], sizeof(texts[0]), "%.250s:%s", host, is_https ? "443" : "80");
	if (strcmp(settings.listen_address, "127.0.0.1") == 0 ||
	    strcmp(settings.listen_address, "::1") == 0 ||
	    strcmp(settings.listen_address, "localhost") == 0) {
		snprintf(texts[count++], sizeof(texts[0]), "localhost:%u", port);
		snprintf(texts[count++], sizeof(texts[0]), "127.0.0.1:%u", port);
		snprintf(texts[count++], sizeof(texts[0]), "[::1]:%u", port);
	} else if (strchr(settings.listen_address, ':') == NULL)
		snprintf(
		    texts[count++], sizeof(texts[0]), "%.240s:%u", settings.listen_address, port);
	for (i = 0; i < count; i++)
		public_hosts[i] = texts[i];
}

static void
listeners_open(struct kore_server *server)
{
	unsigned port = (unsigned)settings.listen_port,
		 operations_port = (unsigned)settings.operations_port;
	char error[256];

	if (!listen_open(
		server, LISTENER_PUBLIC, settings.listen_address, &port, error, sizeof(error)) ||
	    !listen_open(server, LISTENER_OPERATIONS, settings.operations_address, &operations_port,
		error, sizeof(error)))
		exit(cli_fail(CLI_UNAVAILABLE, "%s", error));
	public_hosts_fill(port);
	log_info("listening", FIELD("version", LATCHKEY_VERSION),
	    FIELD("base_url", settings.base_url), FIELD("address", settings.listen_address),
	    FIELD_NUMBER("port", port), FIELD("operations_address", settings.operations_address),
	    FIELD_NUMBER("operations_port", operations_port), FIELD_NUMBER("workers", worker_count),
	    FIELD_NUMBER("connections_per_worker", connections_max));
}

/* Connections by what the system grants. The parent's own limit is kept low: Kore looks at every
 * possible descriptor in each worker. */
static void
limits_settle(void)
{
	struct rlimit limit;
	rlim_t wanted = CONNECTIONS_WANTED + DESCRIPTORS_ASIDE;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		exit(cli_fail(CLI_INTERNAL, "the limit of open files cannot be read"));
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted + PARENT_DESCRIPTORS)
		wanted = limit.rlim_max > 2 * DESCRIPTORS_ASIDE
			     ? limit.rlim_max - DESCRIPTORS_ASIDE / 2
			     : DESCRIPTORS_ASIDE;
	connections_max = (u_int32_t)wanted - DESCRIPTORS_ASIDE;
	if (connections_max < 64)
		exit(cli_fail(CLI_CONFIGURATION, "too few open files are allowed: ulimit -n"));
	limit.rlim_cur = limit.rlim_max < PARENT_DESCRIPTORS ? limit.rlim_max : PARENT_DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
	worker_rlimit_nofiles = (u_int32_t)wanted;
	worker_max_connections =
	    connections_max < CONNECTIONS_AT_START ? connections_max : CONNECTIONS_AT_START;
}

/* Kore insists on writing its process id somewhere, and on removing that at the end: into memory,
 * then. */
static void
pidfile_settle(void)
{
	static char path[32];
	int fd = memfd_create("latchkey", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	kore_pidfile = path;
}

/* An issuer has one address: the first realm's is the base URL, not its name behind that. */
static bool
realm_find(struct call *call, const char *name, bool stale_is_fine)
{
	const struct realm *realm;

	if (realms_find(call, name, stale_is_fine, &realm) != RESULT_OK ||
	    (name[0] != '\0' && realm->path_prefix[0] == '\0'))
		return (false);
	call->realm = realm;
	return (true);
}

static const char *
realm_name(const struct realm *realm)
{
	return (realm->name);
}

/* Failures of clients are counted by address, and behind a proxy, which is what serves https, there
 * is one address for all. */
static unsigned
failures_limit(bool is_https)
{
	enum { BY_ITSELF = 20 };

	if (settings.client_failures >= 0)
		return ((unsigned)settings.client_failures);
	return (is_https ? 0 : BY_ITSELF);
}

void
kore_parent_configure(int argc, char **argv)
{
	bool is_https = strncmp(settings.base_url, "https://", 8) == 0;
	static char root[] = "/";
	struct kore_server *server;
	struct kore_domain *domain;

	(void)argc;
	(void)argv;
	kore_foreground = skip_runas = skip_chroot = kore_quiet = 1;
	kore_root_path = root;
	kore_seccomp_tracing = settings.seccomp_trace;
	worker_count = (u_int8_t)(settings.workers != 0 ? settings.workers
				  : cpu_count > 64	? 64
							: cpu_count);
	http_request_limit = REQUESTS_AT_START;
	pidfile_settle();
	limits_settle();

	router_find_realm = realm_find;
	router_is_dev = settings.dev;
	router_check(routes, routes_count);
	templates_start();
	json_object_seed(0);
	supervision_prepare(
	    (unsigned)(settings.drain_delay_ms + settings.drain_seconds * 1000 + STOP_GRACE_MS));
	counters_prepare(worker_count, routes_count);
	threads_prepare((unsigned)settings.password_slots);
	client_failures_prepare(failures_limit(is_https));
	answer_start(is_https);
	bridge_start(&(struct bridge_settings){routes, routes_count, realm_name});
	ops_start(&(struct ops_node){
	    supervision_is_stopping, supervision_is_crash_looping, supervision_replaced});

	server = kore_server_create("latchkey");
	server->tls = 0;
	domain = kore_domain_new("*");
	kore_domain_attach(domain, server);
	if (!kore_module_handler_new(domain, "^/", "latchkey_request", NULL, HANDLER_TYPE_DYNAMIC))
		exit(cli_fail(CLI_INTERNAL, "the request handler is not exported"));
	listeners_open(server);
}

/* Kore takes every child that stopped for one that left: under tracing they stop often. */
void
kore_parent_teardown(void)
{
	static char none[] = "";
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0)
		kore_seccomp_trace(pid, status);
	kore_pidfile = none;
	log_info("stopped");
}

void
kore_seccomp_hook(void)
{
	sandbox_enter(supervision_parent(), worker->id);
}

static void
tick(void *argument, u_int64_t now)
{
	static uint64_t last_us;
	uint64_t now_us = clock_monotonic_us(), lag_us = 0;

	(void)argument;
	if (last_us != 0 && now_us - last_us > TICK_MS * 1000)
		lag_us = now_us - last_us - TICK_MS * 1000;
	last_us = now_us;
	supervision_beat();
	/* A signal is lost that came before this process had its handlers. */
	if (supervision_is_stopping())
		sig_recv = SIGTERM;
	guard_sweep(now);
	metrics_publish(worker_active_connections, lag_us);
}

static void
rooms_start(void)
{
	struct secret key = start_key_encryption_key();

	loop_kore_start();
	threads_start(HASHES_QUEUED_MAX, (unsigned)settings.password_wait_ms);
	db_start(&(struct db_settings){
	    .url = settings.database_url,
	    .read_connections = (unsigned)settings.database_read_connections,
	    .write_connections = (unsigned)settings.database_write_connections,
	    .deadline_ms = (unsigned)settings.database_deadline_ms,
	    .stalled_ms = STALLED_MS,
	    .breaker_timeouts = BREAKER_TIMEOUTS,
	    .clock_shift = settings.test_database_clock_shift,
	});
	keys_start(&key);
	realms_start(settings.base_url);
	passwords_start(&(struct password_cost){
	    (unsigned)settings.password_memory_kib,
	    (unsigned)settings.password_passes,
	    (unsigned)settings.password_lanes,
	});
	fetch_start();
	if (worker->id == 1)
		jobs_start();
}

void
kore_worker_configure(void)
{
	static const char *const *hosts[2];

	supervision_worker_start();
	counters_attach(worker->id - 1U);
	worker_max_connections = connections_max;
	http_request_limit = REQUESTS_MAX;
	rooms_start();
	hosts[LISTENER_PUBLIC] = public_hosts;
	guard_start(hosts, connections_max - connections_max / 10);
	kore_timer_add(tick, TICK_MS, NULL, 0);
	listen_start();
	log_debug("worker started", FIELD_NUMBER("worker", worker->id));
}

/* Asked to leave. Never returns: what Kore would do next stops the whole node (FM-17). */
void
kore_worker_teardown(void)
{
	bool is_stopping;

	jobs_stop();
	is_stopping =
	    drain_run((unsigned)settings.drain_delay_ms, (unsigned)settings.drain_seconds * 1000);
	db_stop();
	threads_stop();
	fetch_stop();
	if (!is_stopping)
		log_warning(
		    "worker was asked to leave by itself", FIELD_NUMBER("worker", worker->id));
	exit(is_stopping ? EXIT_SUCCESS : EXIT_REPLACE_ME);
}
