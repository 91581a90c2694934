/* Structured log on standard error. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* A write of up to PIPE_BUF bytes to a pipe is whole or not at all. */
enum { LINE_MAX_BYTES = 4096, VALUE_MAX_BYTES = 1024, LINE_RESERVE = 24 };

struct line {
	size_t length;
	size_t limit;
	bool is_full;
	char bytes[LINE_MAX_BYTES];
};

static enum log_level least_level = LOG_LEVEL_INFO;
static bool is_json = true;
static bool is_socket;
static bool never_blocks; /* a file, or a pipe of our own */
static atomic_long pid;	  /* 0: not asked for yet */
static int descriptor = STDERR_FILENO;
static atomic_uint_fast64_t dropped;

static const char *const level_names[] = {"debug", "info", "warning", "error"};

static void
line_add(struct line *line, const char *bytes, size_t length)
{
	if (length > line->limit - line->length) {
		line->is_full = true;
		return;
	}
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
}

static void __attribute__((format(printf, 2, 3)))
line_addf(struct line *line, const char *format, ...)
{
	char piece[96];
	int length;
	va_list arguments;

	va_start(arguments, format);
	length = vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	if (length > 0)
		line_add(line, piece,
		    (size_t)length < sizeof(piece) ? (size_t)length : sizeof(piece) - 1);
}

/* One character, escaped where it could end a line, move a cursor or break a parser. Returns its
 * bytes in value. */
static size_t
line_add_character(struct line *line, const char *value, size_t length)
{
	size_t step = text_utf8_length(value, length);
	uint8_t c = (uint8_t)value[0];

	if (step == 0)
		line_addf(line, is_json ? "\\\\x%02x" : "\\x%02x", c);
	else if (c == '"' || c == '\\')
		line_addf(line, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		line_addf(line, "\\u%04x", c);
	else if (step == 2 && c == 0xc2 && (uint8_t)value[1] < 0xa0)
		line_addf(line, "\\u%04x", (uint8_t)value[1]);
	else
		line_add(line, value, step);
	return (step == 0 ? 1 : step);
}

static bool
is_plain(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\');
}

static void
line_add_value(struct line *line, const char *value)
{
	size_t length = strnlen(value, VALUE_MAX_BYTES + 1), at, step;
	bool is_cut = length > VALUE_MAX_BYTES;
	bool is_bare = !is_json && length > 0 && !is_cut && strpbrk(value, " \"=\\") == NULL;

	if (!is_bare)
		line_add(line, "\"", 1);
	for (at = 0; at < (is_cut ? (size_t)VALUE_MAX_BYTES : length); at += step) {
		for (step = 0; at + step < VALUE_MAX_BYTES && is_plain((uint8_t)value[at + step]);)
			step++;
		if (step > 0)
			line_add(line, value + at, step);
		else
			step = line_add_character(line, value + at, strnlen(value + at, 4));
	}
	if (is_cut)
		line_add(line, "...", 3);
	if (!is_bare)
		line_add(line, "\"", 1);
}

/* A field that does not fit whole is left out, and the line says so. */
static void
line_add_field(struct line *line, const struct log_field *field)
{
	size_t before = line->length;

	if (is_json) {
		line_add(line, ",\"", 2);
		line_add(line, field->name, strlen(field->name));
		line_add(line, "\":", 2);
	} else {
		line_add(line, " ", 1);
		line_add(line, field->name, strlen(field->name));
		line_add(line, "=", 1);
	}
	if (field->text != NULL)
		line_add_value(line, field->text);
	else
		line_addf(line, "%lld", (long long)field->number);
	if (line->is_full)
		line->length = before;
}

static void
pid_forget(void)
{
	pid = 0;
}

/* Asked for once in a process: it is a system call. */
static long
own_pid(void)
{
	static atomic_bool is_watched;

	if (!atomic_exchange_explicit(&is_watched, true, memory_order_relaxed))
		(void)pthread_atfork(NULL, NULL, pid_forget);
	if (pid == 0)
		pid = getpid();
	return (pid);
}

static void
line_build(
    struct line *line, enum log_level level, const char *event, const struct log_field *fields)
{
	char time[CLOCK_TEXT_MAX];

	clock_rfc3339(clock_now_us(), time);
	line->length = 0;
	line->is_full = false;
	line->limit = sizeof(line->bytes) - LINE_RESERVE;
	if (is_json) {
		line_addf(
		    line, "{\"time\":\"%s\",\"level\":\"%s\",\"pid\":", time, level_names[level]);
		line_addf(line, "%ld,\"event\":", own_pid());
		line_add_value(line, event);
	} else {
		line_addf(line, "%s %-7s ", time, level_names[level]);
		line_add(line, event, strnlen(event, VALUE_MAX_BYTES));
	}
	for (; fields->name != NULL && !line->is_full; fields++)
		line_add_field(line, fields);
	line->limit = sizeof(line->bytes);
	if (line->is_full)
		line_addf(line, is_json ? ",\"truncated\":true" : " truncated=true");
	line_add(line, is_json ? "}\n" : "\n", is_json ? 2 : 1);
}

/*
 * A reader that has stopped must not stop us. A pipe was opened once more for ourselves, without
 * blocking (log_configure): the flags of the descriptor that we share with others stay as they are.
 * A socket can be asked by call; for the rest poll() tells.
 */
static bool
line_write(const struct line *line)
{
	ssize_t written;
	struct pollfd room = {.fd = descriptor, .events = POLLOUT};

	do {
		if (is_socket)
			written = send(
			    descriptor, line->bytes, line->length, MSG_DONTWAIT | MSG_NOSIGNAL);
		else if (never_blocks || (poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0))
			written = write(descriptor, line->bytes, line->length);
		else
			return (false);
	} while (written < 0 && errno == EINTR);
	return (written == (ssize_t)line->length);
}

void
log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	static _Thread_local struct line line;
	int before = errno;

	if (level >= least_level) {
		line_build(&line, level, event, fields);
		if (!line_write(&line))
			atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
	}
	errno = before;
}

void
log_configure(enum log_level least, bool json)
{
	struct stat status;
	char path[32];
	int own;

	least_level = least;
	is_json = json;
	if (descriptor != STDERR_FILENO)
		(void)close(descriptor);
	descriptor = STDERR_FILENO;
	is_socket = never_blocks = false;
	if (fstat(STDERR_FILENO, &status) != 0)
		return;
	is_socket = S_ISSOCK(status.st_mode);
	never_blocks = S_ISREG(status.st_mode);
	if (!S_ISFIFO(status.st_mode))
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", STDERR_FILENO);
	own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (own >= 0) {
		descriptor = own;
		never_blocks = true;
	}
}

uint64_t
log_dropped(void)
{
	return (atomic_load_explicit(&dropped, memory_order_relaxed));
}
