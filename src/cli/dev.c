/* latchkey dev: a private PostgreSQL, migrations, something to try, and the service; all of it
 * stops with this process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/dev_place.h"
#include "cli/dev_ports.h"
#include "cli/dev_postgres.h"
#include "cli/dev_record.h"
#include "cli/dev_seed.h"
#include "cli/start.h"
#include "db/migrate.h"
#include "settings.h"

enum {
	DEV_ARENA_MAX = 1 << 20,
	READY_WITHIN_MS = 60000,
	READY_LOOK_MS = 50,
	WATCH_MS = 200,
	RESTART_MS = 1000,
	STOP_WITHIN_MS = 30000,
	STOP_LOOK_MS = 10
};

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

/* Nobody waits long for the end of a try. */
static bool
settings_for_port(const char *port)
{
	char url[64], operations[24];

	if (!setting_put("listen_port", port))
		return (false);
	snprintf(url, sizeof(url), "http://localhost:%lld", settings.listen_port);
	snprintf(operations, sizeof(operations), "%lld",
	    settings.listen_port == 65535 ? settings.listen_port - 1 : settings.listen_port + 1);
	return (setting_put("base_url", url) && setting_put("operations_port", operations) &&
		setting_put("dev", "true") && setting_put("log_format", "human") &&
		setting_put("outgoing_allow", "localhost:* 127.0.0.1:* [::1]:*") &&
		setting_put("drain_seconds", "3"));
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

/* Waits for this child, whatever signals come meanwhile. False when it is none of ours. */
static bool
wait_for(pid_t pid, int *status)
{
	pid_t gone;

	while ((gone = waitpid(pid, status, 0)) == -1 && errno == EINTR)
		;
	return (gone == pid);
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
	if (pid == -1 || !wait_for(pid, &status))
		return (CLI_INTERNAL);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : CLI_INTERNAL);
}

static bool
database_migrate(const struct dev_place *place)
{
	char url[DEV_PATH_MAX + 64];
	struct migrate_report report;
	enum migrate_result result;

	dev_postgres_url(place, DEV_OWNER, url);
	if ((result = migrate_run(url, false, NULL, &report)) != MIGRATE_OK)
		cli_fail(CLI_UNAVAILABLE, "%s%s", report.error,
		    result == MIGRATE_EDITED || result == MIGRATE_NEWER
			? ". The data is of another version; `make clean-run` starts afresh"
			: "");
	return (result == MIGRATE_OK);
}

static bool
database_prepare(const struct dev_place *place, const struct dev_seed *seed)
{
	return (!asked_to_stop && database_migrate(place) && dev_postgres_make_service(place) &&
		start_check() == CLI_OK && in_child(place, dev_seed_run, seed) == CLI_OK &&
		!asked_to_stop);
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

static void
tell_where(const struct dev_place *place, const struct dev_seed *seed, bool is_first_start)
{
	printf("\n  Latchkey is ready.\n\n    Open          %s\n    Demo          %s/demo\n",
	    settings.base_url, settings.base_url);
	printf("    Sign in as    %s / %s\n                  %s / %s\n", seed->users[1].login,
	    seed->users[1].password, seed->users[2].login, seed->users[2].password);
	if (is_first_start)
		printf("    Administrator %s / %s (not printed again)\n", seed->users[0].login,
		    seed->users[0].password);
	printf("    Metrics       http://%s:%lld/metrics\n    For scripts   %s/dev.json\n"
	       "    Commands      latchkey ... --config %s/latchkey.conf\n\n  "
	       "Ctrl-C stops it; the data stays "
	       "(`make clean-run` forgets it).\n\n",
	    settings.operations_address, settings.operations_port, place->run, place->run);
	fflush(stdout);
}

/* False when it is time to end. A service that dies after it was ready is started again; a
 * PostgreSQL that dies ends it all. */
static bool
children_look(const struct dev_place *place, bool was_ready, pid_t *postgres, pid_t *service)
{
	int status;
	pid_t gone;

	if ((gone = waitpid(-1, &status, WNOHANG)) <= 0)
		return (true);
	if (gone == *postgres) {
		*postgres = -1;
		cli_fail(
		    CLI_UNAVAILABLE, "PostgreSQL stopped: see %s/postgresql.log", place->socket);
		return (false);
	}
	if (gone != *service)
		return (true);
	*service = -1;
	if (!was_ready) {
		cli_fail(CLI_UNAVAILABLE, "the service did not start");
		return (false);
	}
	cli_fail(CLI_INTERNAL, "the service stopped; starting it again");
	pause_ms(RESTART_MS);
	if (!asked_to_stop)
		*service = service_start(place);
	return (true);
}

/* Until we are asked to stop. */
static int
watch_over(const struct dev_place *place, const struct dev_seed *seed, bool is_first_start,
    pid_t *postgres, pid_t *service)
{
	uint64_t until_ms = clock_monotonic_ms() + READY_WITHIN_MS;
	bool was_ready = false;

	while (!asked_to_stop) {
		if (!was_ready && dev_ports_ready()) {
			tell_where(place, seed, is_first_start);
			was_ready = true;
		}
		if (!was_ready && clock_monotonic_ms() > until_ms)
			return (cli_fail(CLI_UNAVAILABLE, "the service did not become ready"));
		if (!children_look(place, was_ready, postgres, service))
			return (CLI_UNAVAILABLE);
		pause_ms(was_ready ? WATCH_MS : READY_LOOK_MS);
	}
	return (CLI_OK);
}

static void
stop(pid_t pid, int politely)
{
	uint64_t until_ms = clock_monotonic_ms() + STOP_WITHIN_MS;
	int status;

	if (pid <= 0 || kill(pid, politely) == -1)
		return;
	while (clock_monotonic_ms() < until_ms) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return;
		pause_ms(STOP_LOOK_MS);
	}
	kill(pid, SIGKILL);
	wait_for(pid, &status);
}

static int
dev_start(const struct dev_place *place, struct arena *arena)
{
	struct sigaction stopping = {.sa_handler = stop_asked};
	bool has_data = dev_postgres_is_made(place);
	pid_t postgres, service = -1;
	struct dev_seed seed = {0};
	int code = CLI_UNAVAILABLE;

	sigaction(SIGINT, &stopping, NULL);
	sigaction(SIGTERM, &stopping, NULL);
	sigaction(SIGHUP, &stopping, NULL);
	if (has_data && place->is_elsewhere && dev_record_is_gone(arena, place)) {
		printf("Its .run is gone: what was there is forgotten\n");
		if (!dev_place_make_empty(place, place->data))
			return (CLI_CONFIGURATION);
		has_data = false;
	}
	if (!dev_record_load(arena, place, has_data, &seed) || !settings_for_seed(place, &seed) ||
	    !dev_record_save(arena, place, &seed))
		return (CLI_CONFIGURATION);
	if ((postgres = dev_postgres_start(place)) == -1)
		return (CLI_UNAVAILABLE);
	if (database_prepare(place, &seed)) {
		service = service_start(place);
		code = watch_over(place, &seed, !has_data, &postgres, &service);
	}
	stop(service, SIGTERM);
	stop(postgres, SIGINT);
	return (asked_to_stop ? CLI_OK : code);
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
	if (!dev_ports_are_free())
		return (CLI_UNAVAILABLE);
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
