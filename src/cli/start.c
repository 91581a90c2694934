/* Starts the rooms that a command needs, on a loop of its own. */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "async/fetch_policy.h"
#include "async/loop.h"
#include "async/threads.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/start.h"
#include "db/db.h"
#include "keys/keys.h"
#include "people/passwords.h"
#include "realms/realms.h"
#include "settings.h"
#include "web/strict_http.h"
#include "web/strict_span.h"

enum { START_QUEUE_MAX = 64, START_ARENA_MAX = 65536 };

const char start_database_url_wrong[] =
    "is neither a URI nor a connection string of libpq: are odd characters percent-encoded?";

static bool
is_loopback(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_starts_with(host, names[i]) && strchr(":", host[strlen(names[i])]) != NULL)
			return (true);
	return (false);
}

/* https everywhere; http for loopback names only. No path, query or trailing slash: the issuer is
 * compared byte by byte, and what cannot be a Host header is never asked for. */
static const char *
base_url_error(const char *url)
{
	char host[STRICT_HOST_MAX + 2];
	size_t length;

	if (text_starts_with(url, "https://"))
		url += strlen("https://");
	else if (text_starts_with(url, "http://") && is_loopback(url + strlen("http://")))
		url += strlen("http://");
	else
		return ("must begin with https:// (http:// for localhost, 127.0.0.1 and [::1])");
	(void)snprintf(host, sizeof(host), "%s", url);
	length = strlen(host);
	if (length > STRICT_HOST_MAX || !span_is_host((struct span){host, length}))
		return ("must be scheme://host or scheme://host:port, without a path or a trailing "
			"slash");
	return (NULL);
}

struct secret
start_key_encryption_key(void)
{
	static struct arena *arena; /* lives as long as the process */
	static struct secret key;

	if (arena != NULL)
		return (key);
	arena = arena_create(START_ARENA_MAX);
	if (!base64url_decode(arena, settings.key_encryption_key,
		strlen(settings.key_encryption_key), &key.bytes, &key.length) ||
	    key.length != SEAL_KEY_BYTES)
		key = (struct secret){NULL, 0};
	return (key);
}

int
start_check(void)
{
	static const char *const levels[] = {"debug", "info", "warning", "error"};
	const char *wrong;
	unsigned level;

	if ((wrong = base_url_error(settings.base_url)) != NULL)
		return (cli_fail(CLI_CONFIGURATION, "base_url = %s: %s", settings.base_url, wrong));
	if (*settings.database_url == '\0')
		return (cli_fail(CLI_CONFIGURATION, "database_url is not set"));
	if (!db_url_is_right(settings.database_url))
		return (cli_fail(CLI_CONFIGURATION, "database_url %s", start_database_url_wrong));
	if (!fetch_policy_allow(settings.outgoing_allow))
		return (cli_fail(CLI_CONFIGURATION,
		    "outgoing_allow = %s: allowed are at most %d of host:port and host:*",
		    settings.outgoing_allow, FETCH_ALLOWED_MAX));
	if (start_key_encryption_key().bytes == NULL)
		return (cli_fail(
		    CLI_CONFIGURATION, "key_encryption_key must be 32 bytes in base64url"));

	for (level = 0; level < 3 && strcmp(levels[level], settings.log_level) != 0; level++)
		;
	log_configure((enum log_level)level, strcmp(settings.log_format, "json") == 0);
	clock_shift(settings.test_clock_shift);
	/* No secret leaves by a core file or a debugger. */
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	return (CLI_OK);
}

int
cli_refuse(struct call *call, const char *name, const char *what)
{
	if (call->failure != RESULT_OK)
		return (CLI_INTERNAL);
	return (cli_fail(CLI_REFUSED, "%s: %s", name, what));
}

struct work {
	int (*run)(struct call *, void *);
	void *argument;
	const char *realm;
	int code;
};

static void
work_run(struct call *call, void *argument)
{
	struct work *work = argument;
	enum result found;

	found = realms_find(call, work->realm == NULL ? "" : work->realm, false, &call->realm);
	if (found == RESULT_NOT_FOUND && work->realm != NULL)
		work->code = cli_fail(CLI_REFUSED, "there is no realm %s", work->realm);
	else if (found == RESULT_OK || found == RESULT_NOT_FOUND)
		work->code = work->run(call, work->argument);

	if (call->failure == RESULT_UNAVAILABLE)
		work->code = cli_fail(
		    CLI_UNAVAILABLE, "the database does not answer (%s)", call->failure_reason);
	else if (call->failure != RESULT_OK)
		work->code = cli_fail(
		    CLI_INTERNAL, "the database refused a statement (%s)", call->failure_reason);
}

int
start_run_call(const char *realm, int (*run)(struct call *, void *), void *argument)
{
	struct secret key = start_key_encryption_key();
	struct work work = {run, argument, realm, CLI_INTERNAL};

	threads_prepare((unsigned)settings.password_slots);
	loop_poll_start();
	threads_start(START_QUEUE_MAX, (unsigned)settings.password_wait_ms);
	db_start(&(struct db_settings){
	    .url = settings.database_url,
	    .read_connections = 1,
	    .write_connections = 1,
	    .deadline_ms = (unsigned)settings.database_deadline_ms,
	    .stalled_ms = 20,
	    .breaker_timeouts = 5,
	    .clock_shift = settings.test_database_clock_shift,
	});
	keys_start(&key);
	realms_start(settings.base_url);
	passwords_start(&(struct password_cost){
	    (unsigned)settings.password_memory_kib,
	    (unsigned)settings.password_passes,
	    (unsigned)settings.password_lanes,
	});
	loop_poll_run(work_run, &work);
	db_stop();
	threads_stop();
	return (work.code);
}

struct command_work {
	int (*run)(struct call *, const struct cli_arguments *);
	const struct cli_arguments *arguments;
};

static int
command_work_run(struct call *call, void *argument)
{
	struct command_work *work = argument;

	if (call->realm == NULL && cli_option_value(work->arguments, "realm") == NULL &&
	    !work->arguments->may_lack_realm)
		return (cli_fail(CLI_REFUSED, "there is no realm yet: latchkey realm create NAME"));
	return (work->run(call, work->arguments));
}

int
cli_run_call(
    const struct cli_arguments *arguments, int (*run)(struct call *, const struct cli_arguments *))
{
	struct command_work work = {run, arguments};
	int code;

	if ((code = start_check()) != CLI_OK)
		return (code);
	return (start_run_call(cli_option_value(arguments, "realm"), command_work_run, &work));
}
