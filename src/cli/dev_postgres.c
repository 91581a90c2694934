/* A private PostgreSQL cluster on a Unix socket: initdb, postgres, createuser, createdb, as
 * PostgreSQL's own tools do it. */
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/dev_postgres.h"

enum { ARGUMENTS_MAX = 24, START_TRIES = 300, START_TRY_MS = 100 };

/* Debian's versions, newest first. */
static const char *const folders[] = {
    "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"};

static const char *
postgres_folder(void)
{
	char path[DEV_PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/postgres", folders[i]);
		if (access(path, X_OK) == 0)
			return (folders[i]);
	}
	return (NULL);
}

/* Starts one of PostgreSQL's programs as its user; output goes to a log beside the data. */
static pid_t
program_start(const struct dev_place *place, const char *const *arguments)
{
	char path[DEV_PATH_MAX], log[DEV_PATH_MAX + 16];
	const char *vector[ARGUMENTS_MAX + 1] = {path};
	pid_t parent = getpid(), pid;
	int fd, i;

	snprintf(path, sizeof(path), "%s/%s", postgres_folder(), arguments[0]);
	snprintf(log, sizeof(log), "%s/postgresql.log", place->socket);
	/* They find each other by the path they were started with. */
	for (i = 1; arguments[i] != NULL && i < ARGUMENTS_MAX; i++)
		vector[i] = arguments[i];
	if ((pid = fork()) != 0)
		return (pid);

	dev_place_drop_root(place);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	if (getppid() != parent)
		_exit(CLI_INTERNAL);
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
	pid_t pid;

	if ((pid = program_start(place, arguments)) == -1 || waitpid(pid, &status, 0) != pid)
		return (false);
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0);
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

static bool
cluster_make(const struct dev_place *place)
{
	char version[DEV_PATH_MAX + 16];
	const char *const arguments[] = {"initdb", "--pgdata", place->data, "--username",
	    "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
	    "--no-instructions", NULL};

	/* PostgreSQL's user wrote it: root sees it too. */
	snprintf(version, sizeof(version), "%s/PG_VERSION", place->data);
	return (access(version, F_OK) == 0 || program_run(place, arguments));
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
	return (program_run(place, database));
}

bool
dev_postgres_make_service(const struct dev_place *place)
{
	const char *const service[] = {"createuser", "-h", place->socket, "-U", "postgres",
	    "--role", "latchkey_service", DEV_SERVICE, NULL};

	return (role_can_connect(place, DEV_SERVICE) || program_run(place, service));
}

pid_t
dev_postgres_start(const struct dev_place *place)
{
	const char *const arguments[] = {"postgres", "-D", place->data, "-k", place->socket, "-c",
	    "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
	    NULL};
	int status, try;
	pid_t pid;

	if (postgres_folder() == NULL) {
		cli_fail(CLI_CONFIGURATION, "PostgreSQL's programs are not in /usr/lib/postgresql "
					    "(Debian package postgresql-15)");
		return (-1);
	}
	if (!cluster_make(place) || (pid = program_start(place, arguments)) == -1) {
		cli_fail(CLI_UNAVAILABLE,
		    "PostgreSQL did not make its cluster: see %s/postgresql.log", place->socket);
		return (-1);
	}
	for (try = 0; try < START_TRIES && !postgres_is_ready(place); try++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		nanosleep(&(struct timespec){0, START_TRY_MS * 1000000L}, NULL);
	}
	if (!postgres_is_ready(place)) {
		cli_fail(CLI_UNAVAILABLE, "PostgreSQL did not start: see %s/postgresql.log",
		    place->socket);
		return (-1);
	}
	if (!cluster_fill(place)) {
		cli_fail(CLI_UNAVAILABLE,
		    "PostgreSQL did not make the database: see %s/postgresql.log", place->socket);
		kill(pid, SIGINT);
		return (-1);
	}
	return (pid);
}
