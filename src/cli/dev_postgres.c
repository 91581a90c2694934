/* A private PostgreSQL cluster on a Unix socket: initdb, postgres, createuser, createdb, as
 * PostgreSQL's own tools do it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/dev_postgres.h"

enum { ARGUMENTS_MAX = 24, START_TRIES = 600, LEAVE_TRIES = 300, TRY_MS = 100 };

/* Debian's versions, newest first. */
static const int versions[] = {17, 16, 15};

static void
pause_for_a_try(void)
{
	nanosleep(&(struct timespec){0, TRY_MS * 1000000L}, NULL);
}

/* 0 when there is none. */
static int
cluster_version(const struct dev_place *place)
{
	char path[DEV_PATH_MAX + 16];
	int version = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/PG_VERSION", place->data);
	if ((in = fopen(path, "re")) == NULL)
		return (0);
	if (fscanf(in, "%3d", &version) != 1)
		version = 0;
	fclose(in);
	return (version);
}

bool
dev_postgres_is_made(const struct dev_place *place)
{
	return (cluster_version(place) != 0);
}

/* Programs of the version that made the cluster, or of the newest. False when they are missing. */
static bool
programs_find(const struct dev_place *place, char *out, size_t size)
{
	int made_by = cluster_version(place);
	char path[DEV_PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		snprintf(path, sizeof(path), "/usr/lib/postgresql/%d/bin/postgres", versions[i]);
		if ((made_by != 0 && made_by != versions[i]) || access(path, X_OK) != 0)
			continue;
		snprintf(out, size, "/usr/lib/postgresql/%d/bin", versions[i]);
		return (true);
	}
	return (false);
}

/* Starts one of PostgreSQL's programs as its user; output goes to a log beside the socket. */
static pid_t
program_start(const struct dev_place *place, const char *const *arguments)
{
	char folder[64], path[DEV_PATH_MAX], log[DEV_PATH_MAX + 16];
	const char *vector[ARGUMENTS_MAX + 1] = {path};
	pid_t parent = getpid(), pid;
	int fd, i;

	if (!programs_find(place, folder, sizeof(folder)))
		return (-1);
	snprintf(path, sizeof(path), "%s/%s", folder, arguments[0]);
	snprintf(log, sizeof(log), "%s/postgresql.log", place->socket);
	/* They find each other by the path they were started with. */
	for (i = 1; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
		vector[i] = arguments[i];
	if ((pid = fork()) != 0)
		return (pid);

	dev_place_drop_root(place);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	if (getppid() != parent)
		_exit(CLI_INTERNAL);
	/* An initdb whose start is killed removes what it made: nobody may begin there before that.
	 */
	if (strcmp(arguments[0], "initdb") == 0)
		dev_place_pass_lock();
	/* Ctrl-C is for us: we stop the service first, PostgreSQL last. */
	setpgid(0, 0);
	if ((fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) != -1) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	if (chdir("/") == 0)
		execv(path, (char *const *)(uintptr_t)vector);
	_exit(CLI_INTERNAL);
}

static bool
program_run(const struct dev_place *place, const char *const *arguments)
{
	int status;
	pid_t pid, gone;

	if ((pid = program_start(place, arguments)) == -1)
		return (false);
	while ((gone = waitpid(pid, &status, 0)) == -1 && errno == EINTR)
		;
	return (gone == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool
complain(const struct dev_place *place, const char *what)
{
	cli_fail(CLI_UNAVAILABLE,
	    "PostgreSQL %s: see %s/postgresql.log; `make clean-run` starts afresh", what,
	    place->socket);
	return (false);
}

void
dev_postgres_url(const struct dev_place *place, const char *role, char out[DEV_PATH_MAX + 64])
{
	snprintf(out, DEV_PATH_MAX + 64, "host=%s user=%s dbname=latchkey", place->socket, role);
}

static bool
postgres_is_ready(const struct dev_place *place)
{
	char url[DEV_PATH_MAX + 64];

	snprintf(url, sizeof(url), "host=%s user=postgres dbname=postgres connect_timeout=2",
	    place->socket);
	return (PQping(url) == PQPING_OK);
}

/* Under another name first: a cluster that bears its own name is whole, whoever was killed when. */
static bool
cluster_make(const struct dev_place *place)
{
	char fresh[DEV_PATH_MAX + 16];
	const char *const arguments[] = {"initdb", "--pgdata", fresh, "--username", "postgres",
	    "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions",
	    NULL};

	if (dev_postgres_is_made(place))
		return (true);
	snprintf(fresh, sizeof(fresh), "%s.new", place->data);
	if (!dev_place_make_empty(place, fresh))
		return (false);
	if (!program_run(place, arguments) || rename(fresh, place->data) == -1)
		return (complain(place, "did not make its cluster"));
	return (true);
}

/* All of a PostgreSQL's processes work in its data. */
static bool
works_in(const char *pid, const struct dev_place *place)
{
	struct stat folder, data;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%.20s/cwd", pid);
	return (stat(link, &folder) == 0 && stat(place->data, &data) == 0 &&
		folder.st_dev == data.st_dev && folder.st_ino == data.st_ino);
}

static bool
cluster_is_in_use(const struct dev_place *place)
{
	struct dirent *entry;
	bool found = false;
	DIR *processes;

	if ((processes = opendir("/proc")) == NULL)
		return (false);
	while (!found && (entry = readdir(processes)) != NULL)
		found = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			works_in(entry->d_name, place);
	closedir(processes);
	return (found);
}

static void
leftover_ask_to_leave(const struct dev_place *place, const char *lock)
{
	char pid[24];
	FILE *in;

	if ((in = fopen(lock, "re")) == NULL)
		return;
	if (fgets(pid, sizeof(pid), in) != NULL) {
		pid[strspn(pid, "0123456789")] = '\0';
		if (pid[0] != '\0' && works_in(pid, place))
			kill((pid_t)strtol(pid, NULL, 10), SIGINT);
	}
	fclose(in);
}

/* After a power cut the number in PostgreSQL's lock files may belong to any process of the new
 * life, and PostgreSQL would not start. We hold the place, so nobody else has a use for them. */
static bool
leftovers_clear(const struct dev_place *place)
{
	char lock[DEV_PATH_MAX + 32];
	int try;

	snprintf(lock, sizeof(lock), "%s/postmaster.pid", place->data);
	for (try = 0; cluster_is_in_use(place); try++) {
		if (try == LEAVE_TRIES)
			return (complain(place, "of an earlier start does not stop"));
		if (try == 0)
			leftover_ask_to_leave(place, lock);
		pause_for_a_try();
	}
	unlink(lock);
	snprintf(lock, sizeof(lock), "%s/.s.PGSQL.5432", place->socket);
	unlink(lock);
	snprintf(lock, sizeof(lock), "%s/.s.PGSQL.5432.lock", place->socket);
	unlink(lock);
	return (true);
}

static bool
role_can_connect(const struct dev_place *place, const char *role)
{
	char url[DEV_PATH_MAX + 64];
	PGconn *connection;
	bool can;

	dev_postgres_url(place, role, url);
	connection = PQconnectdb(url);
	can = PQstatus(connection) == CONNECTION_OK;
	PQfinish(connection);
	return (can);
}

/* The schema's owner and the database, at the first start. */
static bool
cluster_fill(const struct dev_place *place)
{
	const char *const owner[] = {
	    "createuser", "-h", place->socket, "-U", "postgres", "--createrole", DEV_OWNER, NULL};
	const char *const database[] = {
	    "createdb", "-h", place->socket, "-U", "postgres", "-O", DEV_OWNER, "latchkey", NULL};

	if (role_can_connect(place, DEV_OWNER))
		return (true);
	program_run(place, owner);
	return (program_run(place, database) || complain(place, "did not make the database"));
}

bool
dev_postgres_make_service(const struct dev_place *place)
{
	const char *const service[] = {"createuser", "-h", place->socket, "-U", "postgres",
	    "--role", "latchkey_service", DEV_SERVICE, NULL};

	return (role_can_connect(place, DEV_SERVICE) || program_run(place, service) ||
		complain(place, "did not make the service's role"));
}

static bool
postgres_wait(const struct dev_place *place, pid_t pid)
{
	int status, try;

	for (try = 0; try < START_TRIES; try++) {
		if (postgres_is_ready(place))
			return (true);
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		pause_for_a_try();
	}
	return (complain(place, "did not start"));
}

pid_t
dev_postgres_start(const struct dev_place *place)
{
	const char *const arguments[] = {"postgres", "-D", place->data, "-k", place->socket, "-c",
	    "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
	    NULL};
	int version = cluster_version(place);
	char folder[64];
	pid_t pid;

	if (!programs_find(place, folder, sizeof(folder))) {
		cli_fail(CLI_CONFIGURATION,
		    "PostgreSQL's programs are not in /usr/lib/postgresql (Debian package "
		    "postgresql-%d)",
		    version == 0 ? 15 : version);
		return (-1);
	}
	if (!cluster_make(place) || !leftovers_clear(place))
		return (-1);
	if ((pid = program_start(place, arguments)) == -1)
		complain(place, "did not start");
	else if (!postgres_wait(place, pid) || !cluster_fill(place)) {
		kill(pid, SIGINT);
		pid = -1;
	}
	return (pid);
}
