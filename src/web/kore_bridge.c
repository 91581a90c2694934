/* One request: copied into an arena, run in a fiber, answered, logged. */
#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/secret.h"
#include "web/counters.h"
#include "web/kore_answer.h"
#include "web/kore_bridge.h"
#include "web/kore_guard.h"

enum { REQUEST_ID_BYTES = 16, REQUEST_IDS = 32, STATUS_CLIENT_GONE = 499 };

/* What joins a call to Kore's request; either may end first. */
struct exchange {
	struct http_request *request; /* NULL once the client has gone */
	struct call *call;	      /* NULL once it has ended */
	bool is_done;
};

static struct bridge_settings settings_of_bridge;
static unsigned calls;
static bool is_serving; /* inside Kore's walk over its requests, which does not see what is woken
			   meanwhile */

void
bridge_start(const struct bridge_settings *settings)
{
	settings_of_bridge = *settings;
}

unsigned
bridge_calls(void)
{
	return (calls);
}

void
bridge_peer(const struct connection *connection, char out[BRIDGE_PEER_MAX])
{
	const void *address = connection->family == AF_INET6
				  ? (const void *)&connection->addr.ipv6.sin6_addr
				  : (const void *)&connection->addr.ipv4.sin_addr;

	if (inet_ntop(connection->family, address, out, BRIDGE_PEER_MAX) == NULL)
		out[0] = '\0';
}

static enum method
method_of(const struct http_request *from)
{
	switch (from->method) {
	case HTTP_METHOD_HEAD:
		return (METHOD_HEAD);
	case HTTP_METHOD_POST:
		return (METHOD_POST);
	case HTTP_METHOD_PUT:
		return (METHOD_PUT);
	case HTTP_METHOD_PATCH:
		return (METHOD_PATCH);
	case HTTP_METHOD_DELETE:
		return (METHOD_DELETE);
	case HTTP_METHOD_OPTIONS:
		return (METHOD_OPTIONS);
	default:
		return (METHOD_GET);
	}
}

static void
headers_copy(struct arena *arena, struct request *to, struct http_request *from)
{
	struct http_header *header;
	struct header *copies;
	size_t count = 0, length;

	TAILQ_FOREACH(header, &from->req_headers, list)
	count++;
	copies = arena_alloc(arena, (count + 1) * sizeof(*copies));
	count = 0;
	TAILQ_FOREACH(header, &from->req_headers, list)
	{
		length = strlen(header->value);
		while (length > 0 && header->value[length - 1] == ' ')
			length--;
		copies[count].name = arena_string(arena, header->header);
		copies[count++].value = arena_substring(arena, header->value, length);
	}
	to->headers = copies;
	to->header_count = count;
}

/* No secret; many are drawn at once. */
static const char *
request_id(void)
{
	static char drawn[REQUEST_IDS][REQUEST_ID_BYTES];
	static unsigned next = REQUEST_IDS;

	if (next == REQUEST_IDS) {
		random_bytes(drawn, sizeof(drawn));
		next = 0;
	}
	return (drawn[next++]);
}

static struct request *
request_copy(struct arena *arena, struct http_request *from)
{
	struct guard *guard = guard_of(from->owner);
	struct request *to = arena_alloc(arena, sizeof(*to));
	char peer[BRIDGE_PEER_MAX];

	bridge_peer(from->owner, peer);
	to->method = method_of(from);
	to->target_path = arena_string(arena, from->path);
	if (from->query_string != NULL && *from->query_string != '\0')
		to->query = arena_string(arena, from->query_string);
	to->host = arena_string(arena, from->host);
	headers_copy(arena, to, from);
	to->body = "";
	if (from->http_body != NULL) {
		to->body = arena_substring(
		    arena, (const char *)from->http_body->data, from->http_body_length);
		to->body_length = from->http_body_length;
		secret_wipe(from->http_body->data, from->http_body->length);
	}
	to->id = base64url_encode(arena, request_id(), REQUEST_ID_BYTES);
	to->peer = arena_string(arena, peer);
	to->started_us = clock_monotonic_us();
	to->listener = guard->listener;
	/* Kore looks at none of this again; it would never be wiped in Kore's pools. */
	secret_wipe(from->headers, guard->head_buffer);
	return (to);
}

static void
answer_queue(struct exchange *exchange, struct call *call, const struct reply *reply)
{
	struct connection *connection = exchange->request->owner;
	struct guard *guard = guard_of(connection);
	char bare[ANSWER_BARE_MAX];
	struct text head;

	guard->wants_close = guard->wants_close || guard_is_draining();
	text_init(&head, call->arena, ANSWER_HEAD_MAX);
	answer_write_head(&head, reply, call->request->id, guard->wants_close);
	if (head.overflowed) {
		log_error("answer's head is too large", FIELD("id", call->request->id));
		guard->wants_close = true;
		net_send_queue(connection, bare, answer_write_bare(bare, 500));
		return;
	}
	net_send_queue(connection, head.data, head.length);
	if (reply->length > 0 && answer_has_body(reply->status) &&
	    call->request->method != METHOD_HEAD)
		net_send_queue(connection, reply->body, reply->length);
}

static void
request_log(const struct call *call, int status)
{
	const struct request *request = call->request;
	const char *realm = call->realm == NULL ? NULL : settings_of_bridge.realm_name(call->realm);
	const char *reason = call->reason == NULL ? call->failure_reason : call->reason;
	uint64_t duration_us = clock_monotonic_us() - request->started_us;
	size_t route = settings_of_bridge.routes_count;

	if (request->route != NULL)
		route = (size_t)(request->route - settings_of_bridge.routes);
	counters_request(route, status, duration_us);
	log_write(request->listener == LISTENER_OPERATIONS ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
	    "request",
	    LOG_FIELDS(FIELD("id", request->id), FIELD("realm", realm),
		FIELD("client", call->client_id),
		FIELD("route", request->route == NULL ? NULL : request->route->path),
		FIELD("method", method_name(request->method)), FIELD_NUMBER("status", status),
		FIELD("reason", reason), FIELD_NUMBER("ms", duration_us / 1000),
		FIELD("peer", request->peer)));
}

/* In the fiber. */
static void
exchange_run(struct call *call, void *argument)
{
	struct exchange *exchange = argument;
	struct reply reply;

	exchange->call = call;
	reply = router_run(call, settings_of_bridge.routes, settings_of_bridge.routes_count);
	if (exchange->request == NULL) {
		request_log(call, STATUS_CLIENT_GONE);
		return;
	}
	answer_queue(exchange, call, &reply);
	request_log(call, reply.status);
}

static void
exchange_finished(struct call *call)
{
	struct exchange *exchange = call->owner;

	calls--;
	counters_subtract(COUNTER_CALLS, 1);
	exchange->call = NULL;
	exchange->is_done = true;
	if (exchange->request == NULL) {
		kore_free(exchange);
		return;
	}
	if (exchange->request->flags & HTTP_REQUEST_SLEEPING) {
		http_request_wakeup(exchange->request);
		if (is_serving)
			guard_kick();
	}
}

void
bridge_client_gone(struct http_request *request)
{
	struct exchange *exchange = request->hdlr_extra;

	if (exchange == NULL)
		return;
	request->hdlr_extra = NULL;
	exchange->request = NULL;
	if (exchange->is_done) {
		kore_free(exchange);
		return;
	}
	counters_add(COUNTER_CLIENTS_GONE, 1);
	call_cancel(exchange->call);
}

static struct exchange *
exchange_begin(struct http_request *request)
{
	struct arena *arena = arena_create(CALL_ARENA_MAX);
	struct guard *guard = guard_of(request->owner);
	char bare[ANSWER_BARE_MAX];
	struct exchange *exchange;

	exchange = kore_calloc(1, sizeof(*exchange));
	exchange->request = request;
	request->hdlr_extra = exchange;
	request->onfree = bridge_client_gone;
	calls++;
	counters_add(COUNTER_CALLS, 1);
	if (call_start_with(arena, request_copy(arena, request), exchange_run, exchange,
		exchange_finished, exchange) == NULL) {
		calls--;
		counters_subtract(COUNTER_CALLS, 1);
		log_warning("no fiber for a request");
		guard->wants_close = true;
		net_send_queue(request->owner, bare, answer_write_bare(bare, 503));
		exchange->is_done = true;
	}
	return (exchange);
}

int
latchkey_request(struct http_request *request)
{
	struct exchange *exchange = request->hdlr_extra;

	if (request->owner->state == CONN_STATE_DISCONNECTING)
		return (KORE_RESULT_ERROR);
	is_serving = true;
	if (exchange == NULL)
		exchange = exchange_begin(request);
	if (exchange->is_done)
		guard_answer(guard_of(request->owner));
	else
		http_request_sleep(request);
	is_serving = false;
	return (request->flags & HTTP_REQUEST_SLEEPING ? KORE_RESULT_RETRY : KORE_RESULT_OK);
}
