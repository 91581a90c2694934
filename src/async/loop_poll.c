/* The stand-alone loop on an epoll of its own. */
#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "async/call.h"
#include "async/loop.h"
#include "async/wait.h"
#include "base/clock.h"
#include "base/fatal.h"

enum { BATCH = 64 };

static int epoll_fd = -1;
static struct epoll_event batch[BATCH];
static int batch_length;

static void
poll_watch(struct watch *watch)
{
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = watch};

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == -1)
		fatal("descriptor %d cannot be watched: errno %d", watch->fd, errno);
	watch->backend = watch;
}

static void
poll_unwatch(struct watch *watch)
{
	if (epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL) == -1)
		fatal("descriptor %d cannot be unwatched: errno %d", watch->fd, errno);
	for (int i = 0; i < batch_length; i++) {
		if (batch[i].data.ptr == watch)
			batch[i].data.ptr = NULL;
	}
}

static const struct loop_backend poll_backend = {poll_watch, poll_unwatch};

void
loop_poll_start(void)
{
	if ((epoll_fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		fatal("epoll_create1: errno %d", errno);
	loop_use(&poll_backend);
}

void
loop_poll_stop(void)
{
	loop_use(NULL);
	close(epoll_fd);
	epoll_fd = -1;
}

static void
poll_serve(const struct epoll_event *event)
{
	struct watch *watch = event->data.ptr;
	unsigned events = 0;

	if (watch == NULL)
		return;
	if (event->events & EPOLLIN)
		events |= LOOP_READABLE;
	if (event->events & EPOLLOUT)
		events |= LOOP_WRITABLE;
	if (event->events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))
		events |= LOOP_FAILED;
	watch->ready(watch, events);
	wait_run_ready();
}

void
loop_poll_once(int timeout_ms)
{
	int next;

	wait_run_ready();
	next = timers_next(clock_monotonic_ms());
	if (timeout_ms < 0 || (next >= 0 && next < timeout_ms))
		timeout_ms = next;
	batch_length = epoll_wait(epoll_fd, batch, BATCH, timeout_ms);
	if (batch_length == -1) {
		batch_length = 0;
		if (errno != EINTR)
			fatal("epoll_wait: errno %d", errno);
	}
	for (int i = 0; i < batch_length; i++)
		poll_serve(&batch[i]);
	batch_length = 0;
	timers_run(clock_monotonic_ms());
	wait_run_ready();
}

static void
poll_finished(struct call *call)
{
	bool *is_over = call->owner;

	*is_over = true;
}

void
loop_poll_run(void (*run)(struct call *, void *), void *argument)
{
	bool is_over = false;

	if (call_start(run, argument, poll_finished, &is_over) == NULL)
		fatal("no fiber to be had");
	while (!is_over)
		loop_poll_once(-1);
}
