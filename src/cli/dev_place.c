/* Folders of `latchkey dev`. PostgreSQL never runs as root, and a clone under /root is closed to
 * everybody else. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/dev_place.h"

/* A Unix socket's path has at most 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432.lock". */
enum {
	SOCKET_FOLDER_MAX = 107 - 20,
	PLACE_ID_BYTES = 6,
	OPEN_FOLDERS_MAX = 16,
	LEFTOVER_TRIES = 600,
	LEFTOVER_TRY_MS = 50
};

/* What needs no quotes in a connection string, in a list of folders, or in a shell. */
static const char plain_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";

static int lock_fd = -1;

static bool
complain(const char *path)
{
	cli_fail(CLI_CONFIGURATION, "%s: %s", path, strerror(errno));
	return (false);
}

static uid_t
place_owner(const struct dev_place *place)
{
	return (place->is_root ? place->uid : getuid());
}

/* A folder that somebody else could have put there under a well-known name is not ours. */
static bool
folder_is_ours(const struct dev_place *place, const char *path)
{
	struct stat status;

	return (lstat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
		status.st_uid == place_owner(place) && (status.st_mode & 077) == 0);
}

static bool
folder_make_for(const struct dev_place *place, const char *path)
{
	struct stat status;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return (complain(path));
	if (place->is_root && lstat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	    status.st_uid == 0 && lchown(path, place->uid, place->gid) == -1)
		return (complain(path));
	if (folder_is_ours(place, path))
		return (true);
	cli_fail(CLI_CONFIGURATION, "%s: belongs to somebody else or is open to others", path);
	return (false);
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return (remove(path));
}

static bool
tree_remove(const char *path)
{
	struct stat status;

	if (lstat(path, &status) == -1 && errno == ENOENT)
		return (true);
	return (
	    nftw(path, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS) == 0 || complain(path));
}

bool
dev_place_make_empty(const struct dev_place *place, const char *path)
{
	return (tree_remove(path) && folder_make_for(place, path));
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
place_begin(struct dev_place *place)
{
	char here[DEV_PATH_MAX - 64];

	if (getcwd(here, sizeof(here)) == NULL) {
		cli_fail(CLI_CONFIGURATION, "the path of this folder is too long");
		return (false);
	}
	snprintf(place->run, sizeof(place->run), "%s/.run", here);
	return (place_find_user(place));
}

static void
place_inside(const struct dev_place *place, const char *name, char out[DEV_PATH_MAX])
{
	snprintf(out, DEV_PATH_MAX, "%.*s/%s", DEV_PATH_MAX - 16, place->run, name);
}

/* What an earlier start has left behind when it was killed, an initdb that cleans up, a service
 * that drains, holds this second lock through the descriptor that it was born with. */
static bool
leftovers_wait(int fd)
{
	int tries;

	for (tries = 0; flock(fd, LOCK_EX | LOCK_NB) == -1; tries++) {
		if (errno != EWOULDBLOCK || tries == LEFTOVER_TRIES) {
			cli_fail(CLI_UNAVAILABLE, "what an earlier start left behind still runs: "
						  "try again in a moment");
			return (false);
		}
		nanosleep(&(struct timespec){0, LEFTOVER_TRY_MS * 1000000L}, NULL);
	}
	return (true);
}

/* The first lock is held by this process and not by its children; the kernel gives it back when the
 * process ends, however it ends. */
static bool
place_lock(const struct dev_place *place)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[DEV_PATH_MAX];
	int fd;

	place_inside(place, "lock", path);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) == -1)
		return (complain(path));
	if (fcntl(fd, F_SETLK, &lock) == 0) {
		lock_fd = fd;
		return (leftovers_wait(fd));
	}
	if (errno != EACCES && errno != EAGAIN)
		return (complain(path));
	if (fcntl(fd, F_GETLK, &lock) == -1 || lock.l_type == F_UNLCK)
		lock.l_pid = 0;
	cli_fail(CLI_UNAVAILABLE,
	    "`latchkey dev` runs in this folder already, as process %d: stop that one first",
	    (int)lock.l_pid);
	close(fd);
	return (false);
}

static bool
place_make_run(const struct dev_place *place)
{
	const struct passwd *owner;
	struct stat status;

	if (mkdir(place->run, 0755) == -1 && errno != EEXIST)
		return (complain(place->run));
	if (lstat(place->run, &status) == -1)
		return (complain(place->run));
	if (S_ISDIR(status.st_mode) && status.st_uid == geteuid())
		return (place_lock(place));
	owner = getpwuid(status.st_uid);
	cli_fail(CLI_CONFIGURATION,
	    "%s was made by %s: start as that user, or have that user forget it "
	    "(`make clean-run`)",
	    place->run, owner == NULL ? "somebody else" : owner->pw_name);
	return (false);
}

/* Makes elsewhere, and a link to it in the place of inside. */
static bool
place_link(const struct dev_place *place, const char *elsewhere, const char *inside)
{
	if (rmdir(inside) == -1 && errno == ENOTEMPTY) {
		cli_fail(CLI_CONFIGURATION,
		    "%s: PostgreSQL cannot reach it any more. Let other users pass through the "
		    "folders above, or `make clean-run` to start afresh",
		    inside);
		return (false);
	}
	if (!folder_make_for(place, elsewhere))
		return (false);
	return (symlink(elsewhere, inside) == 0 || complain(inside));
}

/* A link of an earlier start is made anew, or not at all. */
static void
link_remove(const char *path)
{
	struct stat status;

	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		unlink(path);
}

static bool
place_make_data(struct dev_place *place)
{
	char inside[DEV_PATH_MAX];

	place_inside(place, "postgresql", inside);
	link_remove(inside);
	memcpy(place->data, inside, sizeof(inside));
	if (!folder_make_for(place, inside))
		return (false);
	if (folder_is_reachable(place, inside))
		return (true);
	place->is_elsewhere = true;
	place_elsewhere(place->run, "/var/tmp", place->data);
	if (!place_link(place, place->data, inside))
		return (false);
	printf("PostgreSQL cannot reach this folder; its data is in %s\n", place->data);
	return (true);
}

static bool
place_make_socket(struct dev_place *place)
{
	char inside[DEV_PATH_MAX];

	place_inside(place, "socket", inside);
	link_remove(inside);
	memcpy(place->socket, inside, sizeof(inside));
	if (!place->is_elsewhere && strlen(inside) <= SOCKET_FOLDER_MAX &&
	    inside[strspn(inside, plain_bytes)] == '\0')
		return (folder_make_for(place, inside));
	place_elsewhere(place->run, "/tmp", place->socket);
	tree_remove(inside);
	return (place_link(place, place->socket, inside));
}

bool
dev_place_make(struct dev_place *place)
{
	return (place_begin(place) && place_make_run(place) && place_make_data(place) &&
		place_make_socket(place));
}

void
dev_place_pass_lock(void)
{
	if (lock_fd != -1 && fcntl(lock_fd, F_SETFD, 0) == -1)
		fatal("the lock cannot be passed on: %s", strerror(errno));
}

bool
dev_place_forget(void)
{
	static const char *const parents[] = {"/var/tmp", "/tmp"};
	struct dev_place place = {0};
	char other[DEV_PATH_MAX], half_made[DEV_PATH_MAX + 16];
	bool ok = true;
	size_t i;

	if (!place_begin(&place))
		return (false);
	if (access(place.run, F_OK) == 0 && !place_lock(&place))
		return (false);
	for (i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		place_elsewhere(place.run, parents[i], other);
		snprintf(half_made, sizeof(half_made), "%s.new", other);
		if (folder_is_ours(&place, other))
			ok = tree_remove(other) && ok;
		if (folder_is_ours(&place, half_made))
			ok = tree_remove(half_made) && ok;
	}
	return (tree_remove(place.run) && ok);
}
