/* Head, body, deadlines and the next request, in front of Kore's parser. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "web/counters.h"
#include "web/kore_answer.h"
#include "web/kore_bridge.h"
#include "web/kore_guard.h"
#include "web/kore_listen.h"

enum {
	HEAD_BUFFER = 2048, /* at first; doubles up to STRICT_HEAD_MAX */
	DISCARD_BUFFER = 2048,
	DISCARD_MAX = 1024 * 1024,
	/* milliseconds */
	HEAD_TIME = 10000,
	BODY_TIME = 20000,
	ANSWER_TIME = 20000,
	IDLE_TIME = 60000,
	LINGER_TIME = 2000
};

static struct strict_rules rules[2];
static u_int32_t public_connections_max;
static bool is_draining;
static bool is_in_event; /* http_process() will run after this without our doing */
static bool is_kicked;

static int guard_receive(struct netbuf *);

struct guard *
guard_of(const struct connection *connection)
{
	return (connection->hdlr_extra);
}

void
guard_start(const char *const *hosts[2], u_int32_t public_max)
{
	size_t i;

	for (i = 0; i < 2; i++)
		rules[i] = (struct strict_rules){.body_max = GUARD_BODY_MAX, .hosts = hosts[i]};
	public_connections_max = public_max;
}

void
guard_drain(void)
{
	is_draining = true;
}

bool
guard_is_draining(void)
{
	return (is_draining);
}

static void
guard_enter(struct guard *guard, enum guard_phase phase, uint64_t time_ms)
{
	guard->phase = phase;
	guard->deadline_ms = time_ms == 0 ? 0 : clock_monotonic_ms() + time_ms;
}

static void
kick_done(void *argument, u_int64_t now)
{
	(void)argument;
	(void)now;
	is_kicked = false;
}

void
guard_kick(void)
{
	if (is_in_event || is_kicked)
		return;
	is_kicked = true;
	kore_timer_add(kick_done, 0, NULL, KORE_TIMER_ONESHOT);
}

/* Reading stops while there is no buffer. */
static void
buffer_drop(struct netbuf *buffer)
{
	if (buffer->buf != NULL)
		secret_wipe(buffer->buf, buffer->b_len);
	kore_free(buffer->buf);
	buffer->buf = NULL;
	buffer->s_off = buffer->m_len = 0;
	buffer->extra = NULL;
}

/* By our own hand rather than by net_recv_expand: the old one held credentials. */
static void
buffer_double(struct netbuf *buffer)
{
	size_t size = buffer->b_len * 2 < STRICT_HEAD_MAX ? buffer->b_len * 2 : STRICT_HEAD_MAX;
	u_int8_t *larger = kore_malloc(size);

	memcpy(larger, buffer->buf, buffer->s_off);
	secret_wipe(buffer->buf, buffer->b_len);
	kore_free(buffer->buf);
	buffer->buf = larger;
	buffer->b_len = buffer->m_len = size;
}

static int
guard_discard(struct netbuf *buffer)
{
	struct guard *guard = guard_of(buffer->owner);

	guard->discarded += buffer->s_off;
	buffer->s_off = 0;
	return (guard->discarded > DISCARD_MAX ? KORE_RESULT_ERROR : KORE_RESULT_OK);
}

/* A socket that is closed with bytes unread resets the connection, and the answer may be lost with
 * it. */
static void
guard_linger(struct guard *guard)
{
	struct connection *connection = guard->connection;

	guard_enter(guard, GUARD_LINGERING, LINGER_TIME);
	shutdown(connection->fd, SHUT_WR);
	net_recv_reset(connection, DISCARD_BUFFER, guard_discard);
	if (!net_recv_flush(connection))
		kore_connection_disconnect(connection);
}

static void
guard_rearm(struct guard *guard)
{
	struct connection *connection = guard->connection;

	guard_enter(guard, GUARD_IDLE, IDLE_TIME);
	guard->seen = guard->head_buffer = 0;
	net_recv_reset(connection, HEAD_BUFFER, guard_receive);
	connection->rnb->extra = NULL;
	if (!net_recv_flush(connection))
		kore_connection_disconnect(connection);
}

/* What to do when an answer is out. */
static void
guard_settle(struct guard *guard)
{
	if (guard->phase != GUARD_ANSWERING ||
	    guard->connection->state == CONN_STATE_DISCONNECTING ||
	    !TAILQ_EMPTY(&guard->connection->send_queue))
		return;
	if (guard->wants_close)
		guard_linger(guard);
	else
		guard_rearm(guard);
}

void
guard_answer(struct guard *guard)
{
	guard_enter(guard, GUARD_ANSWERING, ANSWER_TIME);
	if (!net_send_flush(guard->connection))
		kore_connection_disconnect(guard->connection);
	guard_settle(guard);
}

static void
guard_refuse(struct guard *guard, int status, const char *reason)
{
	struct connection *connection = guard->connection;
	char answer[ANSWER_BARE_MAX], peer[BRIDGE_PEER_MAX];

	bridge_peer(connection, peer);
	log_info("request refused", FIELD_NUMBER("status", status), FIELD("reason", reason),
	    FIELD("peer", peer));
	buffer_drop(connection->rnb);
	guard->wants_close = true;
	net_send_queue(connection, answer, answer_write_bare(answer, status));
	guard_answer(guard);
}

static int
guard_receive_body(struct netbuf *buffer)
{
	struct guard *guard = guard_of(buffer->owner);
	struct http_request *request = buffer->extra;
	size_t left = request->content_length - buffer->s_off;

	kore_buf_append(request->http_body, buffer->buf, buffer->s_off);
	secret_wipe(buffer->buf, buffer->s_off);
	request->content_length = left;
	buffer->s_off = 0;
	if (left > 0) {
		buffer->b_len = left < buffer->m_len ? left : buffer->m_len;
		return (KORE_RESULT_OK);
	}
	buffer_drop(buffer);
	request->content_length = request->http_body_length;
	request->flags |= HTTP_REQUEST_COMPLETE;
	request->flags &= (u_int16_t)~HTTP_REQUEST_EXPECT_BODY;
	http_request_wakeup(request);
	guard_enter(guard, GUARD_WORKING, 0);
	guard_kick();
	return (KORE_RESULT_OK);
}

static void
guard_continue(struct connection *connection)
{
	static const char answer[] = "HTTP/1.1 100 Continue\r\n\r\n";

	net_send_queue(connection, answer, sizeof(answer) - 1);
	if (!net_send_flush(connection))
		kore_connection_disconnect(connection);
}

/* The head is fine: let Kore make a request of it. */
static int
guard_hand_over(struct guard *guard, struct netbuf *buffer, const struct strict_head *head)
{
	struct connection *connection = guard->connection;
	struct http_request *last = NULL, *request;
	size_t head_buffer = buffer->b_len;
	bool has_body_bytes = buffer->s_off > head->head_length;

	guard->is_http_10 = head->is_http_10;
	guard->wants_close = head->wants_close;
	if (!http_header_recv(buffer))
		return (KORE_RESULT_ERROR);
	TAILQ_FOREACH(request, &connection->http_requests, olist)
	last = request;
	/* Kore refused what strict_http let through: it has answered in its own words and will
	 * close. */
	if ((connection->flags & CONN_CLOSE_EMPTY) || last == NULL) {
		log_error("Kore refused a request that we did not");
		return (KORE_RESULT_ERROR);
	}
	connection->http_timeout = 0;
	guard->head_buffer = head_buffer;
	if (last->flags & HTTP_REQUEST_COMPLETE) {
		buffer_drop(buffer);
		guard_enter(guard, GUARD_WORKING, 0);
		guard_kick();
		return (KORE_RESULT_OK);
	}
	guard_enter(guard, GUARD_BODY, BODY_TIME);
	buffer->cb = guard_receive_body;
	if (head->expects_continue && !has_body_bytes)
		guard_continue(connection);
	return (KORE_RESULT_OK);
}

static int
guard_receive(struct netbuf *buffer)
{
	struct guard *guard = guard_of(buffer->owner);
	enum strict_verdict verdict;
	struct strict_head head;

	if (guard->phase == GUARD_IDLE || guard->phase == GUARD_FRESH)
		guard_enter(guard, GUARD_HEAD, HEAD_TIME);
	verdict = strict_http_read(
	    (char *)buffer->buf, &buffer->s_off, &guard->seen, &rules[guard->listener], &head);
	if (verdict == STRICT_INCOMPLETE) {
		if (buffer->s_off == buffer->b_len)
			buffer_double(buffer);
		return (KORE_RESULT_OK);
	}
	if (verdict != STRICT_FINE) {
		counters_refusal(verdict);
		guard_refuse(guard, strict_status(verdict), strict_reason(verdict));
		return (KORE_RESULT_OK);
	}
	if (http_request_count >= http_request_limit) {
		guard_refuse(guard, 503, "busy");
		return (KORE_RESULT_OK);
	}
	return (guard_hand_over(guard, buffer, &head));
}

static int
guard_handle(struct connection *connection)
{
	int result;

	is_in_event = true;
	result = kore_connection_handle(connection);
	if (result == KORE_RESULT_OK)
		guard_settle(guard_of(connection));
	is_in_event = false;
	return (result);
}

/* Also for what we close ourselves. */
static void
guard_gone(struct connection *connection)
{
	struct http_request *request, *next;

	for (request = TAILQ_FIRST(&connection->http_requests); request != NULL; request = next) {
		next = TAILQ_NEXT(request, olist);
		bridge_client_gone(request);
	}
}

/* No room but for operations: say so, rather than let people wait. */
static void
turn_away(struct connection *connection)
{
	char answer[ANSWER_BARE_MAX];
	size_t length = answer_write_bare(answer, 503);

	counters_add(COUNTER_TURNED_AWAY, 1);
	send(connection->fd, answer, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	kore_connection_disconnect(connection);
}

void
latchkey_connect(struct connection *connection)
{
	struct guard *guard;

	guard = kore_calloc(1, sizeof(*guard));
	guard->connection = connection;
	guard->listener = listen_kind(connection);
	connection->hdlr_extra = guard;
	connection->proto = CONN_PROTO_HTTP;
	connection->handle = guard_handle;
	/* Deadlines are ours: Kore's are idle-only, and one sends an unasked 408 (K-31). */
	connection->http_timeout = 0;
	connection->idle_timer.length = UINT64_MAX;
	if (guard->listener == LISTENER_PUBLIC &&
	    worker_active_connections >= public_connections_max) {
		turn_away(connection);
		return;
	}
	connection->disconnect = guard_gone;
	guard_enter(guard, GUARD_FRESH, HEAD_TIME);
	net_recv_queue(connection, HEAD_BUFFER, NETBUF_CALL_CB_ALWAYS, guard_receive);
}

static void
guard_time_out(struct guard *guard)
{
	switch (guard->phase) {
	case GUARD_HEAD:
	case GUARD_BODY:
		counters_add(COUNTER_TIMED_OUT, 1);
		guard_refuse(guard, 408, guard->phase == GUARD_HEAD ? "slow_head" : "slow_body");
		break;
	case GUARD_ANSWERING:
		counters_add(COUNTER_TIMED_OUT, 1);
		/* FALLTHROUGH */
	case GUARD_FRESH:
	case GUARD_IDLE:
	case GUARD_WORKING:
	case GUARD_LINGERING:
		kore_connection_disconnect(guard->connection);
		break;
	}
}

void
guard_sweep(uint64_t now_ms)
{
	struct connection *connection, *next;
	struct guard *guard;

	for (connection = TAILQ_FIRST(&connections); connection != NULL; connection = next) {
		next = TAILQ_NEXT(connection, list);
		if (connection->proto != CONN_PROTO_HTTP || (guard = guard_of(connection)) == NULL)
			continue;
		if (guard->deadline_ms != 0 && guard->deadline_ms <= now_ms)
			guard_time_out(guard);
	}
}

unsigned
guard_close_idle(bool fresh_too)
{
	struct connection *connection, *next;
	struct guard *guard;
	unsigned busy = 0;

	for (connection = TAILQ_FIRST(&connections); connection != NULL; connection = next) {
		next = TAILQ_NEXT(connection, list);
		if (connection->proto != CONN_PROTO_HTTP || (guard = guard_of(connection)) == NULL)
			continue;
		if (guard->phase == GUARD_IDLE || (fresh_too && guard->phase == GUARD_FRESH))
			kore_connection_disconnect(connection);
		else if (guard->phase != GUARD_LINGERING)
			busy++;
	}
	return (busy);
}
