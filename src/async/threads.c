/* A queue on the loop's side, threads on the other, an eventfd between them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "async/loop.h"
#include "async/thread_slots.h"
#include "async/threads.h"
#include "async/wait.h"
#include "base/clock.h"
#include "base/fatal.h"

enum { THREAD_NICE = 5 };

/* Lives on the stack of the fiber that waits for it. */
struct job {
	void (*work)(void *);
	void *argument;
	struct wait wait;
	uint64_t since_ms;
	struct job *next; /* in the queue, then among the started, then among the done */
	int slot;
	bool is_started, is_refused;
};

struct job_list {
	struct job *first, *last;
};

/* The loop's. */
static struct job_list queue;
static unsigned queue_length;
static unsigned queue_max;
static uint64_t wait_max_ms;
static uint64_t jobs_done, jobs_refused;
static bool is_open;
static struct watch done_watch, slots_watch;
static struct timer retry;
static pthread_t threads[THREAD_SLOTS_MAX];
static unsigned threads_length;

/* Shared with the threads, under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t is_work = PTHREAD_COND_INITIALIZER;
static struct job_list started, done;
static bool is_ending;

static void
list_append(struct job_list *list, struct job *job)
{
	job->next = NULL;
	if (list->last != NULL)
		list->last->next = job;
	else
		list->first = job;
	list->last = job;
}

static struct job *
list_take_first(struct job_list *list)
{
	struct job *job = list->first;

	if (job != NULL && (list->first = job->next) == NULL)
		list->last = NULL;
	return (job);
}

static void
threads_lock(void)
{
	if (pthread_mutex_lock(&lock) != 0)
		fatal("the threads' lock is broken");
}

static void
threads_unlock(void)
{
	if (pthread_mutex_unlock(&lock) != 0)
		fatal("the threads' lock is broken");
}

static void *
thread_main(void *argument)
{
	int done_fd = *(const int *)argument;
	struct job *job;
	int slot;

	/* Of this thread only, on Linux. Where it is not permitted the threads share alike. */
	(void)setpriority(PRIO_PROCESS, 0, THREAD_NICE);
	threads_lock();
	for (;;) {
		while ((job = list_take_first(&started)) == NULL && !is_ending)
			pthread_cond_wait(&is_work, &lock);
		if (job == NULL)
			break;
		threads_unlock();
		job->work(job->argument);
		slot = job->slot;
		threads_lock();
		list_append(&done, job); /* from here on the job is the loop's */
		slots_give_back(slot);
		(void)eventfd_write(done_fd, 1);
	}
	threads_unlock();
	return (NULL);
}

static void
queue_unlink(struct job *job)
{
	struct job_list rest = {0};
	struct job *each;

	while ((each = list_take_first(&queue)) != NULL) {
		if (each != job)
			list_append(&rest, each);
	}
	queue = rest;
	queue_length--;
}

static void
job_refuse(struct job *job)
{
	queue_unlink(job);
	job->is_refused = true;
	jobs_refused++;
	wait_done(&job->wait);
}

static void
job_begin(struct job *job, int slot)
{
	list_take_first(&queue);
	queue_length--;
	job->slot = slot;
	job->is_started = true;
	job->wait.is_cancellable = false;
	threads_lock();
	list_append(&started, job);
	pthread_cond_signal(&is_work);
	threads_unlock();
}

/* Begins what may begin. A worker whose job is not the longest waiting leaves a free slot to the
 * others until its next tick. */
static void
queue_advance(bool is_tick)
{
	uint64_t now_ms = clock_monotonic_ms();
	struct job *job;
	int slot;

	while ((job = queue.first) != NULL && now_ms - job->since_ms > wait_max_ms)
		job_refuse(job);
	while ((job = queue.first) != NULL) {
		if (!is_tick && !slots_is_first(job->since_ms, now_ms - wait_max_ms))
			break;
		if ((slot = slots_take()) == -1)
			break;
		job_begin(job, slot);
	}
	slots_announce(job != NULL ? job->since_ms : 0);
	if (job == NULL)
		timer_disarm(&retry);
	else if (retry.link == NULL)
		timer_arm(&retry, now_ms + TIMER_TICK_MS);
}

static void
retry_fired(struct timer *timer)
{
	(void)timer;
	queue_advance(true);
}

static void
slots_ready(struct watch *watch, unsigned events)
{
	(void)watch;
	(void)events;
	queue_advance(false);
}

static void
done_ready(struct watch *watch, unsigned events)
{
	struct job_list list;
	struct job *job;
	eventfd_t count;

	(void)events;
	(void)eventfd_read(watch->fd, &count);
	threads_lock();
	list = done;
	done = (struct job_list){0};
	threads_unlock();
	while ((job = list_take_first(&list)) != NULL) {
		jobs_done++;
		wait_done(&job->wait);
	}
	queue_advance(false);
}

enum result
thread_run(struct call *call, void (*work)(void *), void *argument)
{
	struct job job = {.work = work, .argument = argument};
	enum result result;

	if ((result = wait_may_begin(call)) != RESULT_OK)
		return (result);
	if (call->cancelled && !call->is_writing)
		return (call_fail(call, RESULT_CANCELLED, "the client went away"));
	if (!is_open) {
		jobs_refused++;
		return (RESULT_UNAVAILABLE);
	}
	job.since_ms = clock_monotonic_ms();
	list_append(&queue, &job);
	queue_length++;
	queue_advance(false);
	if (!job.is_started && queue_length > queue_max)
		job_refuse(&job);
	result = wait_until_done(call, &job.wait, !job.is_started);
	if (result != RESULT_OK) {
		queue_unlink(&job);
		return (result);
	}
	return (job.is_refused ? RESULT_UNAVAILABLE : RESULT_OK);
}

void
threads_prepare(unsigned slots)
{
	slots_prepare(slots);
}

static void
thread_create(void)
{
	pthread_attr_t attributes;
	int error;

	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES) != 0)
		fatal("attributes of a thread");
	error = pthread_create(&threads[threads_length], &attributes, thread_main, &done_watch.fd);
	if (error != 0)
		fatal("a thread cannot start: errno %d", error);
	pthread_attr_destroy(&attributes);
	threads_length++;
}

void
threads_start(unsigned most_queued, unsigned longest_wait_ms)
{
	sigset_t all, before;

	if (!slots_are_prepared())
		slots_prepare(0);
	slots_join();
	queue_max = most_queued;
	wait_max_ms = longest_wait_ms;
	retry = (struct timer){.fired = retry_fired};
	done_watch = (struct watch){.ready = done_ready};
	if ((done_watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) == -1)
		fatal("eventfd: errno %d", errno);
	slots_watch = (struct watch){.ready = slots_ready, .fd = slots_eventfd()};
	loop_watch(&done_watch);
	loop_watch(&slots_watch);
	is_ending = false;
	is_open = true;
	sigfillset(&all); /* signals are for the loop's thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (threads_length < slots_count())
		thread_create();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
threads_stop(void)
{
	if (!is_open)
		return;
	is_open = false;
	while (queue.first != NULL)
		job_refuse(queue.first);
	threads_lock();
	is_ending = true;
	pthread_cond_broadcast(&is_work);
	threads_unlock();
	while (threads_length > 0) {
		if (pthread_join(threads[--threads_length], NULL) != 0)
			fatal("a thread cannot be joined");
	}
	done_ready(&done_watch, LOOP_READABLE);
	loop_unwatch(&done_watch);
	loop_unwatch(&slots_watch);
	close(done_watch.fd);
	slots_leave();
	wait_run_ready();
}

void
threads_reclaim(pid_t worker)
{
	slots_reclaim(worker);
}

void
threads_figures(struct thread_figures *out)
{
	*out = (struct thread_figures){.slots = slots_count(),
	    .slots_busy = slots_busy(),
	    .queued = queue_length,
	    .done = jobs_done,
	    .refused = jobs_refused};
}
