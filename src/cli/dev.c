/* latchkey dev: a private PostgreSQL, migrations, something to try, and the service; all of it
 * stops with this process. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/dev_place.h"
#include "cli/dev_postgres.h"
#include "cli/dev_seed.h"
#include "cli/start.h"
#include "db/migrate.h"
#include "settings.h"

enum { DEV_ARENA_MAX = 1 << 20, READY_TRIES = 200, READY_TRY_MS = 50, RESTART_MS = 1000 };

static volatile sig_atomic_t asked_to_stop;

static void
stop_asked(int signal_number)
{
	(void)signal_number;
	asked_to_stop = 1;
}

static void
pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000L}, NULL);
}

static bool
setting_put(const char *name, const char *value)
{
	char error[640];

	if (settings_set(name, value, "dev", error, sizeof(error)))
		return (true);
	cli_fail(CLI_USAGE, "%s", error);
	return (false);
}

static bool
settings_for_port(const char *port)
{
	char url[64], operations[24];

	if (!setting_put("listen_port", port))
		return (false);
	snprintf(url, sizeof(url), "http://localhost:%lld", settings.listen_port);
	snprintf(operations, sizeof(operations), "%lld", settings.listen_port + 1);
	return (setting_put("base_url", url) && setting_put("operations_port", operations) &&
		setting_put("dev", "true") && setting_put("log_format", "human"));
}

static bool
settings_for_seed(const struct dev_place *place, const struct dev_seed *seed)
{
	char url[DEV_PATH_MAX + 64];

	dev_postgres_url(place, DEV_SERVICE, url);
	return (setting_put("database_url", url) &&
		setting_put("key_encryption_key", seed->key_encryption_key) &&
		setting_put("demo_client_id", seed->public_client_id) &&
		setting_put("demo_backend_client_id", seed->confidential_client_id) &&
		setting_put("demo_backend_client_secret", seed->confidential_client_secret));
}

/* Work that leaves threads and connections behind has a process of its own. */
static int
in_child(const struct dev_place *place, int (*work)(const struct dev_seed *),
    const struct dev_seed *seed)
{
	int status;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		dev_place_drop_root(place);
		_exit(work(seed));
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return (CLI_INTERNAL);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : CLI_INTERNAL);
}

static bool
database_prepare(const struct dev_place *place, const struct dev_seed *seed)
{
	char url[DEV_PATH_MAX + 64];
	struct migrate_report report;

	dev_postgres_url(place, DEV_OWNER, url);
	if (migrate_run(url, false, NULL, &report) != MIGRATE_OK) {
		cli_fail(CLI_UNAVAILABLE, "%s", report.error);
		return (false);
	}
	if (!dev_postgres_make_service(place)) {
		cli_fail(CLI_UNAVAILABLE, "cannot make the service's role: see %s/postgresql.log",
		    place->socket);
		return (false);
	}
	return (start_check() == CLI_OK && in_child(place, dev_seed_run, seed) == CLI_OK);
}

static pid_t
service_start(const struct dev_place *place)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	if ((pid = fork()) != 0)
		return (pid);
	dev_place_drop_root(place);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(CLI_INTERNAL);
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	serve_run();
}

/* One HTTP request to the operations listener: is it ready? */
static bool
service_is_ready(void)
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

static void
tell_where(const struct dev_place *place, const struct dev_seed *seed)
{
	printf("\n  Latchkey is ready.\n\n    Open          %s\n    Demo          %s/demo\n",
	    settings.base_url, settings.base_url);
	printf("    Sign in as    %s / %s\n                  %s / %s\n", seed->users[1].login,
	    seed->users[1].password, seed->users[2].login, seed->users[2].password);
	if (seed->is_first_start)
		printf("    Administrator %s / %s (not printed again)\n", seed->users[0].login,
		    seed->users[0].password);
	printf("    Metrics       http://%s:%lld/metrics\n    For scripts   %s/dev.json\n\n  "
	       "Ctrl-C stops it; the data stays "
	       "(`make clean-run` forgets it).\n\n",
	    settings.operations_address, settings.operations_port, place->run);
	fflush(stdout);
}

/* Until we are asked to stop. A service that dies is started again; a PostgreSQL that dies ends it
 * all. */
static int
watch_over(
    const struct dev_place *place, const struct dev_seed *seed, pid_t postgres, pid_t *service)
{
	bool has_told = false;
	int status, tries = 0;
	pid_t gone;

	while (!asked_to_stop) {
		if (!has_told && service_is_ready()) {
			tell_where(place, seed);
			has_told = true;
		}
		if (!has_told && ++tries == READY_TRIES)
			return (cli_fail(CLI_UNAVAILABLE, "the service did not become ready"));
		if ((gone = waitpid(-1, &status, WNOHANG)) == postgres)
			return (cli_fail(CLI_UNAVAILABLE,
			    "PostgreSQL stopped: see %s/postgresql.log", place->socket));
		if (gone == *service) {
			cli_fail(CLI_INTERNAL, "the service stopped; starting it again");
			pause_ms(RESTART_MS);
			*service = service_start(place);
		}
		pause_ms(has_told ? 4 * READY_TRY_MS : READY_TRY_MS);
	}
	return (CLI_OK);
}

static void
stop(pid_t pid, int signal_number)
{
	if (pid > 0 && kill(pid, signal_number) == 0)
		waitpid(pid, NULL, 0);
}

static int
dev_start(const struct dev_place *place, struct arena *arena)
{
	struct sigaction stopping = {.sa_handler = stop_asked};
	struct dev_seed seed = {0};
	pid_t postgres, service = -1;
	int code = CLI_UNAVAILABLE;

	sigaction(SIGINT, &stopping, NULL);
	sigaction(SIGTERM, &stopping, NULL);
	sigaction(SIGHUP, &stopping, NULL);
	if (!dev_seed_load(arena, place, &seed) || !settings_for_seed(place, &seed))
		return (CLI_CONFIGURATION);
	if ((postgres = dev_postgres_start(place)) == -1)
		return (CLI_UNAVAILABLE);
	if (database_prepare(place, &seed) && dev_seed_save(arena, place, &seed)) {
		service = service_start(place);
		code = watch_over(place, &seed, postgres, &service);
	}
	stop(service, SIGTERM);
	stop(postgres, SIGINT);
	return (code);
}

static int
dev_run(const struct cli_arguments *arguments)
{
	const char *port = cli_option_value(arguments, "port");
	struct dev_place place = {0};
	struct arena *arena;
	int code;

	if (cli_option_value(arguments, "forget") != NULL)
		return (dev_place_forget() ? CLI_OK : CLI_CONFIGURATION);
	if (!settings_for_port(port == NULL ? "8080" : port) || !dev_place_make(&place))
		return (CLI_CONFIGURATION);
	arena = arena_create(DEV_ARENA_MAX);
	code = dev_start(&place, arena);
	arena_destroy(arena);
	return (code);
}

static const struct cli_option dev_options[] = {
    {"port", "PORT", "Serve on this port of localhost, metrics on the next (8080)"},
    {"forget", NULL, "Remove the data of earlier starts"},
    {NULL, NULL, NULL},
};

const struct command command_dev = {
    .words = "dev",
    .arguments = "",
    .help = "Try everything: private PostgreSQL, demo users and clients, demo application",
    .options = dev_options,
    .run = dev_run,
};
