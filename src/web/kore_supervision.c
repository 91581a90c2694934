/*
 * Supervision. Kore's access log is left out of the build; its hooks are the only tick that Kore's
 * parent has, so they are this.
 */
#include <kore/kore.h>
#include <kore/http.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "async/threads.h"
#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "web/kore_supervision.h"

enum {
	CRASHES_REMEMBERED = 5,
	/* milliseconds */
	CRASH_WINDOW = 10000,
	BACKOFF_FIRST = 100,
	BACKOFF_LONGEST = 5000,
	BACKOFF_SLICE = 50,
	TICK_GAP_MAX =
	    200, /* a longer one was ours, or the machine's: it is not the worker's silence */
#ifdef __SANITIZE_ADDRESS__
	SILENCE_MAX = 15000,
#else
	SILENCE_MAX = 3000,
#endif
	SILENCE_MAX_AT_START = 15000
};

/* Written by the worker of that index, read by the parent; and the other way round for is_stopping.
 */
struct shared {
	bool is_stopping;
	unsigned replaced;
	unsigned crashes;
	uint64_t crash_ms[CRASHES_REMEMBERED];
	struct {
		uint64_t beats;
		uint64_t started_ms;
		unsigned crashes_in_a_row;
	} workers[KORE_WORKER_MAX];
};

static struct shared *shared;
static pid_t parent;
static unsigned stop_limit_ms;

/* The parent's notes. */
static struct {
	uint64_t beats;
	uint64_t silent_ms;
	pid_t pid;
	bool has_beaten;
} seen[KORE_WORKER_MAX];

const char *kore_version = LATCHKEY_VERSION;

void
supervision_prepare(unsigned stop_ms)
{
	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fatal("no memory for supervision");
	parent = getpid();
	stop_limit_ms = stop_ms;
}

pid_t
supervision_parent(void)
{
	return (parent);
}

bool
supervision_is_stopping(void)
{
	return (__atomic_load_n(&shared->is_stopping, __ATOMIC_RELAXED));
}

unsigned
supervision_replaced(void)
{
	return (__atomic_load_n(&shared->replaced, __ATOMIC_RELAXED));
}

void
supervision_beat(void)
{
	__atomic_fetch_add(&shared->workers[worker->id].beats, 1, __ATOMIC_RELAXED);
}

static void
pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000L}, NULL);
}

static void
crash_note(uint64_t now_ms)
{
	unsigned index =
	    __atomic_fetch_add(&shared->crashes, 1, __ATOMIC_RELAXED) % CRASHES_REMEMBERED;

	__atomic_store_n(&shared->crash_ms[index], now_ms, __ATOMIC_RELAXED);
	__atomic_fetch_add(&shared->replaced, 1, __ATOMIC_RELAXED);
}

bool
supervision_is_crash_looping(void)
{
	uint64_t now_ms = clock_monotonic_ms(), at;
	size_t i;

	for (i = 0; i < CRASHES_REMEMBERED; i++) {
		at = __atomic_load_n(&shared->crash_ms[i], __ATOMIC_RELAXED);
		if (at == 0 || now_ms - at > CRASH_WINDOW)
			return (false);
	}
	return (true);
}

void
supervision_worker_start(void)
{
	uint64_t now_ms = clock_monotonic_ms(), until_ms;
	unsigned *in_a_row = &shared->workers[worker->id].crashes_in_a_row, delay = 0;

	if (worker->restarted) {
		crash_note(now_ms);
		if (now_ms - shared->workers[worker->id].started_ms > CRASH_WINDOW)
			*in_a_row = 0;
		delay = *in_a_row > 6 ? BACKOFF_LONGEST : (unsigned)BACKOFF_FIRST << *in_a_row;
		if (delay > BACKOFF_LONGEST)
			delay = BACKOFF_LONGEST;
		(*in_a_row)++;
		log_warning("worker waits before it starts", FIELD_NUMBER("worker", worker->id),
		    FIELD_NUMBER("ms", delay));
	}
	for (until_ms = now_ms + delay;
	     clock_monotonic_ms() < until_ms && sig_recv == 0 && !supervision_is_stopping();) {
		supervision_beat();
		pause_ms(BACKOFF_SLICE);
	}
	shared->workers[worker->id].started_ms = clock_monotonic_ms();
	supervision_beat();
}

/* In the parent: its loop is over, nothing else will look after a worker that does not leave. Only
 * async-signal-safe calls. */
static void
workers_kill(int signal_number)
{
	(void)signal_number;
	kore_worker_dispatch_signal(SIGKILL);
}

static void
worker_watch(unsigned index, uint64_t gap_ms)
{
	struct kore_worker *kore_worker = kore_worker_data((u_int8_t)index);
	uint64_t beats = __atomic_load_n(&shared->workers[kore_worker->id].beats, __ATOMIC_RELAXED);
	uint64_t limit;

	if (seen[index].pid != kore_worker->pid) {
		if (seen[index].pid > 0) {
			log_error("worker ended", FIELD_NUMBER("worker", kore_worker->id),
			    FIELD_NUMBER("process", seen[index].pid));
			threads_reclaim(seen[index].pid);
		}
		seen[index].pid = kore_worker->pid;
		seen[index].has_beaten = false;
		seen[index].silent_ms = 0;
		seen[index].beats = beats;
	}
	if (seen[index].beats != beats) {
		seen[index].beats = beats;
		seen[index].has_beaten = true;
		seen[index].silent_ms = 0;
		return;
	}
	seen[index].silent_ms += gap_ms;
	limit = seen[index].has_beaten ? SILENCE_MAX : SILENCE_MAX_AT_START;
	if (seen[index].silent_ms < limit || kore_worker->pid <= 0)
		return;
	log_error("worker is stuck", FIELD_NUMBER("worker", kore_worker->id),
	    FIELD_NUMBER("process", kore_worker->pid));
	kill(kore_worker->pid, SIGKILL);
	seen[index].silent_ms = 0;
}

/* Every 100 ms in the parent. */
void
kore_accesslog_run(void *argument, u_int64_t now)
{
	static uint64_t last_ms;
	uint64_t gap_ms = last_ms == 0 ? 0 : now - last_ms;
	unsigned index;

	(void)argument;
	last_ms = now;
	if (gap_ms > TICK_GAP_MAX)
		gap_ms = TICK_GAP_MAX;
	/* Kore forgets a signal that comes while it looks at the one before. */
	kore_worker_reap();
	for (index = KORE_WORKER_BASE; index < worker_count; index++)
		worker_watch(index, gap_ms);
}

/* Once in the parent, when its loop has ended and the workers were told to leave. */
void
kore_accesslog_gather(void *argument, u_int64_t now, int force)
{
	struct sigaction action = {.sa_handler = workers_kill};

	(void)argument;
	(void)now;
	(void)force;
	__atomic_store_n(&shared->is_stopping, true, __ATOMIC_RELAXED);
	sigaction(SIGALRM, &action, NULL);
	alarm(stop_limit_ms / 1000 + 1);
	log_info("stopping");
}

/* Called by Kore for every request and once in a worker: our own log has what they would have
 * written. */
void
kore_accesslog(struct http_request *request)
{
	(void)request;
}

void
kore_accesslog_worker_init(void)
{
}
