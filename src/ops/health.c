/* GET /health/live, GET /health/ready: for supervisors and load balancers. */
#include "base/json.h"
#include "db/db.h"
#include "db/schema.h"
#include "ops/ops.h"

enum { HEALTH_BYTES_MAX = 1024 };

static struct ops_node node;

void
ops_start(const struct ops_node *given)
{
	node = *given;
}

const struct ops_node *
ops_node(void)
{
	return (&node);
}

struct reply
health_live(struct call *call)
{
	return (reply_text(call, 200, "alive\n"));
}

/* The first reason why this node should get no traffic; NULL when there is none. */
static const char *
not_ready_because(struct call *call)
{
	int version;

	if (node.is_stopping())
		return ("stopping");
	if (node.is_crash_looping())
		return ("workers_crash");
	if (!db_is_ready())
		return ("database_down");
	if (!db_schema_is_right(call, &version))
		return ("schema_wrong");
	return (NULL);
}

struct reply
health_ready(struct call *call)
{
	const char *reason = not_ready_because(call);
	struct json_writer writer;
	struct reply reply;
	struct text json;

	text_init(&json, call->arena, HEALTH_BYTES_MAX);
	writer_init(&writer, &json);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "status", reason == NULL ? "ready" : "not_ready");
	writer_text_if(&writer, "reason", reason);
	writer_object_end(&writer);
	call->reason = reason;
	reply = reply_json(call, reason == NULL ? 200 : 503, &json);
	if (reason != NULL)
		reply_header(call, &reply, "Retry-After", "1");
	return (reply);
}
