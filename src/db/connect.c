/* Making a connection ready: parameters, polling without blocking, preparing the whole catalogue in
 * one batch. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "db/driver.h"

enum { KEYWORDS_MAX = 20 };

struct keywords {
	const char *names[KEYWORDS_MAX + 1];
	const char *values[KEYWORDS_MAX + 1];
	size_t count;
};

static void
keyword_add(struct keywords *keywords, const char *name, const char *value)
{
	if (keywords->count == KEYWORDS_MAX)
		fatal("database: more than %d connection parameters", KEYWORDS_MAX);
	keywords->names[keywords->count] = name;
	keywords->values[keywords->count++] = value;
}

static unsigned
list_length(const char *list)
{
	unsigned length = 1;

	for (; *list != '\0'; list++)
		length += *list == ',';
	return (length);
}

/* The list, begun at another element; as it is where it is not one per host. */
static const char *
list_from(const char *list, unsigned first, unsigned hosts)
{
	const char *at = list;

	if (list == NULL || first == 0 || list_length(list) != hosts)
		return (list);
	for (; first > 0; first--)
		at = strchr(at, ',') + 1;
	return (arena_format(driver.arena, "%s,%.*s", at, (int)(at - list - 1), list));
}

/* libpq 15 has no time-out for one host of several when it does not block: an attempt after a
 * time-out begins with the next host. */
static void
configure_hosts(const char *host, const char *hostaddr, const char *port)
{
	const char *list = hostaddr != NULL ? hostaddr : host;
	unsigned hosts = list != NULL ? list_length(list) : 1;
	unsigned i;

	driver.hosts = hosts < HOSTS_MAX ? hosts : HOSTS_MAX;
	for (i = 0; i < driver.hosts; i++) {
		driver.from[i].host = list_from(host, i, hosts);
		driver.from[i].hostaddr = list_from(hostaddr, i, hosts);
		driver.from[i].port = list_from(port, i, hosts);
	}
}

/* A password with '@' or '/' in a URI ends up where host and port stand, and libpq would name it.
 * An '@' at the beginning is an abstract socket's. */
bool
db_url_is_right(const char *url)
{
	PQconninfoOption *parsed, *option;
	bool is_right;

	parsed = PQconninfoParse(url, NULL);
	is_right = parsed != NULL;
	for (option = parsed; is_right && option->keyword != NULL; option++) {
		if (option->val == NULL)
			continue;
		if (strcmp(option->keyword, "host") == 0)
			is_right = strchr(option->val + (option->val[0] == '@'), '@') == NULL;
		else if (strcmp(option->keyword, "port") == 0)
			is_right = option->val[strspn(option->val, "0123456789,")] == '\0';
	}
	PQconninfoFree(parsed);
	return (is_right);
}

void
connect_configure(void)
{
	PQconninfoOption *parsed, *option;
	const char *host = NULL, *hostaddr = NULL, *port = NULL, *own = "";

	/* The message that libpq would give may quote the password. */
	parsed = PQconninfoParse(driver.settings.url, NULL);
	if (parsed == NULL)
		fatal("the database's url is neither a URI nor a connection string of libpq");
	for (option = parsed; option->keyword != NULL; option++) {
		if (option->val == NULL)
			continue;
		if (strcmp(option->keyword, "host") == 0)
			host = option->val;
		else if (strcmp(option->keyword, "hostaddr") == 0)
			hostaddr = option->val;
		else if (strcmp(option->keyword, "port") == 0)
			port = option->val;
		else if (strcmp(option->keyword, "options") == 0)
			own = option->val;
	}
	configure_hosts(arena_string(driver.arena, host), arena_string(driver.arena, hostaddr),
	    arena_string(driver.arena, port));
	driver.options = arena_format(driver.arena,
	    "-c statement_timeout=%u -c lock_timeout=500"
	    " -c idle_in_transaction_session_timeout=5000 -c client_connection_check_interval=1000"
	    " -c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan"
	    " -c latchkey.clock_shift=%lld %s",
	    driver.settings.deadline_ms, (long long)driver.settings.clock_shift, own);
	PQconninfoFree(parsed);
}

static void
notice_dropped(void *nobody, const char *message)
{
	(void)nobody;
	(void)message;
}

static PGconn *
connect_start(struct connection *c)
{
	struct keywords k = {.count = 0};
	unsigned first = c->first_host % driver.hosts;
	PGconn *pg;

	/* Reads go to a primary too, but one that only refuses writes still serves them. The url's
	 * own choice comes later. */
	keyword_add(
	    &k, "target_session_attrs", c->lane->kind == LANE_WRITE ? "read-write" : "primary");
	keyword_add(&k, "application_name", "latchkey");
	keyword_add(&k, "keepalives_idle", "5");
	keyword_add(&k, "keepalives_interval", "3");
	keyword_add(&k, "keepalives_count", "3");
	keyword_add(&k, "tcp_user_timeout", "3000");
	keyword_add(&k, "dbname", driver.settings.url);
	keyword_add(&k, "host", driver.from[first].host);
	keyword_add(&k, "hostaddr", driver.from[first].hostaddr);
	keyword_add(&k, "port", driver.from[first].port);
	keyword_add(&k, "options", driver.options);
	keyword_add(&k, "client_encoding", "UTF8");
	pg = PQconnectStartParams(k.names, k.values, 1);
	if (pg == NULL)
		fatal("database: out of memory");
	PQsetNoticeProcessor(pg, notice_dropped, NULL);
	return (pg);
}

static void
connect_failed(struct connection *c)
{
	char error[256];

	(void)snprintf(error, sizeof(error), "%s", PQerrorMessage(c->pg));
	error[strcspn(error, "\n")] = '\0';
	connection_lost(c, error);
}

void
connect_begin(struct connection *c)
{
	c->pg = connect_start(c);
	c->state = CONNECTION_CONNECTING;
	c->awaits = LOOP_WRITABLE;
	timer_arm(&c->timer, clock_monotonic_ms() + CONNECT_MS);
	if (PQstatus(c->pg) == CONNECTION_BAD)
		connect_failed(c);
	else
		connection_watch(c);
}

/* Every statement, so that serving begins only where the schema fits and no request pays for a
 * PREPARE. */
static void
connect_prepare(struct connection *c)
{
	size_t i;
	bool is_sent;

	is_sent = PQsetnonblocking(c->pg, 1) == 0 && PQenterPipelineMode(c->pg) == 1;
	for (i = 0; i < STATEMENTS && is_sent; i++)
		is_sent =
		    PQsendPrepare(c->pg, statements[i].name, statements[i].text, 0, NULL) == 1;
	c->state = CONNECTION_PREPARING;
	c->prepared = 0;
	if (is_sent && PQpipelineSync(c->pg) == 1 && connection_flush(c))
		connection_watch(c);
	else
		connection_lost(c, "cannot be written to");
}

void
connect_ready(struct connection *c, unsigned events)
{
	PostgresPollingStatusType status;

	if ((events & (c->awaits | LOOP_FAILED)) == 0)
		return;
	/* libpq may close this socket and open another, even of the same number. */
	connection_unwatch(c);
	status = PQconnectPoll(c->pg);
	switch (status) {
	case PGRES_POLLING_READING:
	case PGRES_POLLING_WRITING:
		c->awaits = status == PGRES_POLLING_READING ? LOOP_READABLE : LOOP_WRITABLE;
		connection_watch(c);
		break;
	case PGRES_POLLING_OK:
		connect_prepare(c);
		break;
	default:
		connect_failed(c);
		break;
	}
}

static void
connect_done(struct connection *c)
{
	c->state = CONNECTION_READY;
	c->ready_since_ms = clock_monotonic_ms();
	c->lane->was_ready = true;
	timer_disarm(&c->timer);
}

bool
connect_take(struct connection *c, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool is_good = status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_SYNC;

	if (!is_good && sqlstate != NULL && c->prepared < STATEMENTS &&
	    c->failures % LOG_EVERY == 0)
		log_error("database statement cannot be prepared: does the schema fit?",
		    FIELD("statement", statements[c->prepared].name), FIELD("sqlstate", sqlstate));
	PQclear(result);
	if (status == PGRES_PIPELINE_SYNC)
		connect_done(c);
	return (is_good);
}
