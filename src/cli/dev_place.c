/* Folders of `latchkey dev`. PostgreSQL never runs as root, and a clone under /root is closed to
 * everybody else. */
#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/dev_place.h"

/* A Unix socket's path has at most 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432.lock". */
enum { SOCKET_FOLDER_MAX = 107 - 20, PLACE_ID_BYTES = 6 };

static bool
folder_make(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == -1 && errno != EEXIST) {
		cli_fail(CLI_CONFIGURATION, "%s: %s", path, strerror(errno));
		return (false);
	}
	return (true);
}

/* A folder that somebody else could have put there under a well-known name is not ours. */
static bool
folder_is_ours(const char *path, uid_t uid)
{
	struct stat status;

	return (lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == uid &&
		(status.st_mode & 077) == 0);
}

static bool
folder_make_for(const struct dev_place *place, const char *path)
{
	if (!folder_make(path, 0700))
		return (false);
	if (place->is_root && lchown(path, place->uid, place->gid) == -1)
		return (false);
	if (!folder_is_ours(path, place->is_root ? place->uid : getuid())) {
		cli_fail(
		    CLI_CONFIGURATION, "%s: belongs to somebody else or is open to others", path);
		return (false);
	}
	return (true);
}

void
dev_place_drop_root(const struct dev_place *place)
{
	if (!place->is_root)
		return;
	if (setgroups(1, &place->gid) == -1 ||
	    setresgid(place->gid, place->gid, place->gid) == -1 ||
	    setresuid(place->uid, place->uid, place->uid) == -1 || setuid(0) == 0)
		fatal("cannot give up root: %s", strerror(errno));
}

/* Can the user that PostgreSQL runs as work in this folder? Asked by somebody who is that user. */
static bool
folder_is_reachable(const struct dev_place *place, const char *path)
{
	int status;
	pid_t pid;

	if (!place->is_root)
		return (true);
	if ((pid = fork()) == 0) {
		dev_place_drop_root(place);
		_exit(access(path, R_OK | W_OK | X_OK) == 0 ? 0 : 1);
	}
	return (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == 0);
}

static bool
place_find_user(struct dev_place *place)
{
	const struct passwd *user;

	place->is_root = geteuid() == 0;
	if (!place->is_root)
		return (true);
	if ((user = getpwnam("postgres")) == NULL && (user = getpwnam("nobody")) == NULL) {
		cli_fail(CLI_CONFIGURATION, "no user postgres or nobody to run PostgreSQL as");
		return (false);
	}
	place->uid = user->pw_uid;
	place->gid = user->pw_gid;
	return (true);
}

/* The same for the same checkout, so that a second start finds its data. */
static void
place_elsewhere(const char *run, const char *parent, char *out)
{
	char id[2 * PLACE_ID_BYTES + 1], *hex;
	uint8_t digest[SHA256_BYTES];
	struct arena *arena = arena_create(4096);

	sha256(run, strlen(run), digest);
	hex = hex_encode(arena, digest, PLACE_ID_BYTES);
	memcpy(id, hex, sizeof(id));
	arena_destroy(arena);
	snprintf(out, DEV_PATH_MAX, "%s/latchkey-%s", parent, id);
}

static bool
place_paths(struct dev_place *place)
{
	char here[DEV_PATH_MAX - 64];

	if (getcwd(here, sizeof(here)) == NULL) {
		cli_fail(CLI_CONFIGURATION, "the path of this folder is too long");
		return (false);
	}
	snprintf(place->run, sizeof(place->run), "%s/.run", here);
	return (true);
}

bool
dev_place_make(struct dev_place *place)
{
	if (!place_paths(place) || !place_find_user(place) || !folder_make(place->run, 0755))
		return (false);

	snprintf(
	    place->data, sizeof(place->data), "%.*s/postgresql", DEV_PATH_MAX - 16, place->run);
	if (!folder_make_for(place, place->data))
		return (false);
	if (!folder_is_reachable(place, place->data)) {
		rmdir(place->data);
		place_elsewhere(place->run, "/var/tmp", place->data);
		if (!folder_make_for(place, place->data))
			return (false);
		printf("PostgreSQL cannot reach this folder; its data is in %s\n", place->data);
	}

	snprintf(
	    place->socket, sizeof(place->socket), "%.*s/socket", DEV_PATH_MAX - 16, place->run);
	if (strlen(place->socket) > SOCKET_FOLDER_MAX || !text_starts_with(place->data, place->run))
		place_elsewhere(place->run, "/tmp", place->socket);
	return (folder_make_for(place, place->socket));
}

static int
forget_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return (remove(path));
}

bool
dev_place_forget(void)
{
	char other[DEV_PATH_MAX];
	struct dev_place place = {0};

	if (!place_paths(&place))
		return (false);
	nftw(place.run, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	place_elsewhere(place.run, "/var/tmp", other);
	nftw(other, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	place_elsewhere(place.run, "/tmp", other);
	nftw(other, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	return (true);
}
