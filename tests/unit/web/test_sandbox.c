/* What a worker may not do. The rules are put to the kernel without Kore's own list, so what they
 * do not name is allowed here. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kore/kore.h>
#include <kore/seccomp.h>

#include "web/kore_sandbox.c"

enum { RULES_MAX = 1024 };

/* Sanitizers need more than a worker may: the filter is off with them. */
#ifdef __SANITIZE_ADDRESS__
enum { TIMES = 0 };
#else
enum { TIMES = 1 };
#endif

Suite *suite_web_sandbox(void);

int
kore_seccomp_filter(const char *name, void *rules, size_t count)
{
	static struct sock_filter all[RULES_MAX] = {KORE_BPF_LOAD(nr, 0)};
	struct sock_fprog program = {(unsigned short)(count + 2), all};

	(void)name;
	if (count + 2 > RULES_MAX)
		return (0);
	memcpy(all + 1, rules, count * sizeof(all[0]));
	all[count + 1] = (struct sock_filter)KORE_BPF_RET(SECCOMP_RET_ALLOW);
	return (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void
refused(long result, int error)
{
	ck_assert_int_eq((int)result, -1);
	ck_assert_int_eq(errno, error);
}

START_TEST(others_are_not_touched)
{
	struct rlimit limit;
	pid_t other = getppid(), own = getpid();

	sandbox_enter(other, 1);
	refused(kill(other, 0), EPERM);
	refused(kill(-1, 0), EPERM);
	ck_assert_int_eq(kill(own, 0), 0);
	refused(syscall(SYS_tgkill, other, other, 0), EPERM);
	ck_assert_int_eq((int)syscall(SYS_tgkill, own, own, 0), 0);
	refused(syscall(SYS_prlimit64, other, RLIMIT_NOFILE, NULL, &limit), EPERM);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

START_TEST(nothing_is_written)
{
	static const int ways[] = {O_WRONLY, O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC};
	char path[] = "/tmp/latchkey-sandbox.XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq((int)write(fd, "x", 1), 1);
	unlink(path);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sandbox_enter(getppid(), 1);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		refused(openat(AT_FDCWD, path, ways[i], 0600), EACCES);
	ck_assert_int_eq((int)lseek(fd, 0, SEEK_END), 1);
	refused(unlink(path), EACCES);
}
END_TEST

START_TEST(processes_and_odd_sockets_are_refused)
{
	sandbox_enter(getppid(), 1);
	refused(syscall(SYS_clone3, NULL, 0), ENOSYS);
	refused(socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT);
	ck_assert_int_ne(socket(AF_INET, SOCK_STREAM, 0), -1);
}
END_TEST

Suite *
suite_web_sandbox(void)
{
	Suite *suite = suite_create("web/sandbox");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, others_are_not_touched, 0, TIMES);
	tcase_add_loop_test(tests, nothing_is_written, 0, TIMES);
	tcase_add_loop_test(tests, processes_and_odd_sockets_are_refused, 0, TIMES);
	suite_add_tcase(suite, tests);
	return (suite);
}
