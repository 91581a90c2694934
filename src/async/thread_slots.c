/* A slot holds the process id of the worker that uses it, so whatever way a worker ends, the parent
 * finds what it held. */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/thread_slots.h"
#include "async/threads.h"
#include "base/fatal.h"

/* Workers beyond this many are not heard when they wait; they find free slots at their next tick.
 */
enum { WAITERS_MAX = 64 };

struct waiter {
	_Atomic pid_t worker;
	_Atomic uint64_t since_ms;
};

struct node {
	_Atomic pid_t holders[THREAD_SLOTS_MAX]; /* 0: free */
	struct waiter waiters[WAITERS_MAX];
	unsigned slots;
	int eventfd;
};

static struct node *node;
static struct waiter *own;
static pid_t worker;

void
slots_prepare(unsigned slots)
{
	cpu_set_t cores;

	if (node != NULL)
		fatal("threads_prepare twice");
	if (slots == 0) {
		CPU_ZERO(&cores);
		slots = 1;
		if (sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 2)
			slots = (unsigned)CPU_COUNT(&cores) - 1;
	}
	node = mmap(NULL, sizeof(*node), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (node == MAP_FAILED)
		fatal("no shared memory for the slots: errno %d", errno);
	node->slots = slots < THREAD_SLOTS_MAX ? slots : THREAD_SLOTS_MAX;
	if ((node->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) == -1)
		fatal("eventfd: errno %d", errno);
}

bool
slots_are_prepared(void)
{
	return (node != NULL);
}

unsigned
slots_count(void)
{
	return (node != NULL ? node->slots : 0);
}

unsigned
slots_busy(void)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < slots_count(); i++)
		busy += node->holders[i] != 0;
	return (busy);
}

void
slots_join(void)
{
	worker = getpid();
	for (unsigned i = 0; own == NULL && i < WAITERS_MAX; i++) {
		pid_t nobody = 0;

		if (atomic_compare_exchange_strong(&node->waiters[i].worker, &nobody, worker))
			own = &node->waiters[i];
	}
	slots_announce(0);
}

void
slots_leave(void)
{
	if (own == NULL)
		return;
	own->since_ms = 0;
	own->worker = 0;
	own = NULL;
}

int
slots_eventfd(void)
{
	return (node->eventfd);
}

int
slots_take(void)
{
	for (unsigned i = 0; i < node->slots; i++) {
		pid_t nobody = 0;

		if (atomic_compare_exchange_strong(&node->holders[i], &nobody, worker))
			return ((int)i);
	}
	return (-1);
}

static void
tell_others(void)
{
	bool is_wanted = false;

	for (unsigned i = 0; i < WAITERS_MAX; i++)
		is_wanted = is_wanted || (&node->waiters[i] != own && node->waiters[i].since_ms);
	if (is_wanted)
		(void)eventfd_write(node->eventfd, 1);
}

void
slots_give_back(int slot)
{
	node->holders[slot] = 0;
	tell_others();
}

void
slots_announce(uint64_t since_ms)
{
	if (own != NULL && own->since_ms != since_ms)
		own->since_ms = since_ms;
}

bool
slots_is_first(uint64_t since_ms, uint64_t ignore_before_ms)
{
	uint64_t other;

	for (unsigned i = 0; i < WAITERS_MAX; i++) {
		other = node->waiters[i].since_ms;
		if (&node->waiters[i] != own && other != 0 && other < since_ms &&
		    other >= ignore_before_ms)
			return (false);
	}
	return (true);
}

void
slots_reclaim(pid_t gone)
{
	if (node == NULL || gone <= 0)
		return;
	for (unsigned i = 0; i < node->slots; i++) {
		pid_t holder = gone;

		atomic_compare_exchange_strong(&node->holders[i], &holder, 0);
	}
	for (unsigned i = 0; i < WAITERS_MAX; i++) {
		if (node->waiters[i].worker != gone)
			continue;
		node->waiters[i].since_ms = 0;
		node->waiters[i].worker = 0;
	}
	tell_others();
}
