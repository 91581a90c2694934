/* The filter of system calls, and what else a worker gives up (D5, FM-14). */
#include <kore/kore.h>
#include <kore/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fatal.h"
#include "web/kore_sandbox.h"

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

/*
 * Kore appends its own list, where the first match wins: read, write, close, fcntl, fstat, epoll,
 * accept, send, recv, mmap and mprotect without PROT_EXEC and PROT_WRITE together, brk, madvise,
 * futex, clock_gettime, getrandom, sigaction, exit, nanosleep and their like.
 */
static struct sock_filter filter[] = {
#ifdef __SANITIZE_ADDRESS__
    KORE_BPF_RET(SECCOMP_RET_ALLOW),
#endif
    /* Allowed by Kore, not by us: nothing is written to, removed or signalled. */
    KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_WRONLY, EACCES),
    KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_RDWR, EACCES),
    KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_CREAT, EACCES),
    KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_TRUNC, EACCES),
    KORE_SYSCALL_DENY(open, EACCES),
    KORE_SYSCALL_DENY(unlink, EACCES),
    KORE_SYSCALL_DENY(sendfile, EACCES),
    KORE_SYSCALL_ALLOW_ARG(kill, 0, 0), /* [OWN_PID]: the value is put in by sandbox_enter */
    KORE_SYSCALL_DENY(kill, EPERM),
    KORE_SYSCALL_ALLOW_ARG(tgkill, 0, 0), /* [OWN_PID]: abort() */
    KORE_SYSCALL_DENY(tgkill, EPERM),

    /* Threads, and only threads: clone3 keeps its flags where a filter cannot see them, so that
       glibc falls back to clone. */
    KORE_SYSCALL_DENY(clone3, ENOSYS),
    KORE_SYSCALL_ALLOW_WITH_FLAG(clone, 0, THREAD_FLAGS),
    KORE_SYSCALL_ALLOW(set_robust_list),
    KORE_SYSCALL_ALLOW(rseq),
    KORE_SYSCALL_ALLOW(sched_yield),
    KORE_SYSCALL_ALLOW(sched_getaffinity),
    KORE_SYSCALL_ALLOW(sched_getparam),
    KORE_SYSCALL_ALLOW(sched_getscheduler),
    KORE_SYSCALL_ALLOW(sched_setscheduler),
    KORE_SYSCALL_ALLOW(setpriority),
    KORE_SYSCALL_ALLOW(getpriority),
    KORE_SYSCALL_ALLOW(gettid),
    KORE_SYSCALL_ALLOW_ARG(prctl, 0, PR_SET_NAME),
    KORE_SYSCALL_ALLOW(membarrier),

    KORE_SYSCALL_ALLOW(alarm),
    KORE_SYSCALL_ALLOW(restart_syscall),

    /* libpq and libcurl: connections, names, certificates. */
    KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_INET),
    KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_INET6),
    KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_UNIX),
    KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_NETLINK),
    KORE_SYSCALL_DENY(socket, EAFNOSUPPORT),
    KORE_SYSCALL_ALLOW_ARG(socketpair, 0, AF_UNIX),
    KORE_SYSCALL_ALLOW(bind),
    KORE_SYSCALL_ALLOW(connect),
    KORE_SYSCALL_ALLOW(shutdown),
    KORE_SYSCALL_ALLOW(getsockname),
    KORE_SYSCALL_ALLOW(getpeername),
    KORE_SYSCALL_ALLOW(getsockopt),
    KORE_SYSCALL_ALLOW(sendmsg),
    KORE_SYSCALL_ALLOW(sendmmsg),
    KORE_SYSCALL_ALLOW(recvmsg),
    KORE_SYSCALL_ALLOW(pselect6),
    KORE_SYSCALL_ALLOW(select),
    KORE_SYSCALL_ALLOW(pipe2),
    KORE_SYSCALL_ALLOW(eventfd2),
    KORE_SYSCALL_ALLOW(newfstatat),
    KORE_SYSCALL_ALLOW(statx),
    KORE_SYSCALL_ALLOW(faccessat),
    KORE_SYSCALL_ALLOW(faccessat2),
    KORE_SYSCALL_ALLOW(readlinkat),
    KORE_SYSCALL_ALLOW(getdents64),
    KORE_SYSCALL_ALLOW(pread64),
    KORE_SYSCALL_ALLOW(uname),
    KORE_SYSCALL_ALLOW(getgid),
    KORE_SYSCALL_ALLOW(getegid),
    KORE_SYSCALL_ALLOW(getppid),
    KORE_SYSCALL_ALLOW(geteuid),
    KORE_SYSCALL_ALLOW(sysinfo),
    KORE_SYSCALL_ALLOW(getrusage),
    KORE_SYSCALL_ALLOW_ARG(prlimit64, 0, 0), /* our own */
    KORE_SYSCALL_DENY(prlimit64, EPERM),
    KORE_SYSCALL_ALLOW(getrlimit),
    KORE_SYSCALL_ALLOW(times),
    KORE_SYSCALL_ALLOW(gettimeofday),
    KORE_SYSCALL_ALLOW(clock_getres),
    KORE_SYSCALL_ALLOW(time),
    KORE_SYSCALL_ALLOW(mremap),
    KORE_SYSCALL_ALLOW(mlock),
    KORE_SYSCALL_ALLOW(munlock),
};

/* KORE_SYSCALL_ARG compares the halves of an argument; finds the comparison of its low half and
 * puts the value in. */
static void
filter_put_argument(unsigned system_call, unsigned value)
{
	size_t i;

	for (i = 0; i + 2 < KORE_FILTER_LEN(filter); i++)
		if (filter[i].code == (BPF_JMP + BPF_JEQ + BPF_K) && filter[i].k == system_call) {
			filter[i + 2].k = value;
			return;
		}
	fatal("sandbox: no rule for system call %u", system_call);
}

static void
life_tie(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		fatal("prctl: %s", strerror(errno));
	/* It may have died before we said so. */
	if (getppid() != parent)
		fatal("the parent is gone");
}

void
sandbox_enter(pid_t parent, unsigned worker_id)
{
	const struct rlimit nothing = {0, 0};
	char name[16];

	snprintf(name, sizeof(name), "latchkey-%u", worker_id);
	prctl(PR_SET_NAME, name);
	life_tie(parent);
	if (setrlimit(RLIMIT_CORE, &nothing) == -1)
		fatal("setrlimit: %s", strerror(errno));
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		fatal("prctl: %s", strerror(errno));
#endif
	filter_put_argument(SYS_kill, (unsigned)getpid());
	filter_put_argument(SYS_tgkill, (unsigned)getpid());
	if (!kore_seccomp_filter("latchkey", filter, KORE_FILTER_LEN(filter)))
		fatal("sandbox: the filter was not taken");
}
