/*
 * POST /demo/introspect: what a backend does with a token that it was sent. It really asks the
 * issuer's introspection endpoint (RFC 7662) over HTTP, as a confidential client.
 */
#include <string.h>

#include "async/fetch.h"
#include "base/encoding.h"
#include "base/json.h"
#include "demo/demo.h"
#include "realms/realms.h"
#include "settings.h"
#include "web/csrf.h"
#include "web/request.h"

enum { DEMO_FORM_MAX = 65536 };

static struct reply
demo_error(struct call *call, int status, const char *code)
{
	struct json_writer writer;
	struct text text;

	call->reason = code;
	text_init(&text, call->arena, 256);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "error", code);
	writer_object_end(&writer);
	return (reply_json(call, status, &text));
}

/* NULL: the body is not {"token": "..."}. */
static const char *
demo_read_token(struct call *call)
{
	const char *error, *token;
	json_t *body;

	body = parse_json(call->request->body, call->request->body_length, &error);
	token = arena_string(call->arena, member_text(body, "token"));
	json_decref(body);
	return (token);
}

/* RFC 6749, 2.3.1: both halves form-encoded, then Basic. */
static const char *
demo_authorization(struct call *call)
{
	struct text pair;

	text_init(&pair, call->arena, 2048);
	text_add_form(&pair, settings.demo_backend_client_id);
	text_add_byte(&pair, ':');
	text_add_form(&pair, settings.demo_backend_client_secret);
	return (arena_format(call->arena, "Authorization: Basic %s",
	    base64_encode(call->arena, pair.data, pair.length)));
}

static enum result
demo_ask(struct call *call, const char *token, struct fetch_answer *answer)
{
	const char *origin = call->realm->origin;
	const char *headers[] = {
	    arena_format(call->arena, "Host: %s", strstr(origin, "://") + 3),
	    "Content-Type: application/x-www-form-urlencoded",
	    "Accept: application/json",
	    demo_authorization(call),
	    NULL,
	};
	struct fetch_request request = {.method = "POST", .headers = headers};
	struct text form;

	text_init(&form, call->arena, DEMO_FORM_MAX);
	text_add(&form, "token=");
	text_add_form(&form, token);
	request.url = arena_format(call->arena, "http://127.0.0.1:%lld%s/oauth2/introspect",
	    settings.listen_port, call->realm->path_prefix);
	request.body = form.data;
	request.body_length = form.length;
	return (fetch_run(call, &request, answer));
}

struct reply
demo_introspect(struct call *call)
{
	const char *type = request_header(call->request, "content-type");
	struct fetch_answer answer;
	struct reply reply;
	const char *token;

	if (!csrf_is_same_origin(call, call->realm->origin))
		return (demo_error(call, 403, "cross_site"));
	if (type == NULL || !text_starts_with(type, "application/json"))
		return (demo_error(call, 415, "unsupported_media_type"));
	if ((token = demo_read_token(call)) == NULL)
		return (demo_error(call, 400, "invalid_request"));
	if (demo_ask(call, token, &answer) != RESULT_OK)
		return (demo_error(call, 502, "introspection_unreachable"));
	if (answer.status != 200)
		return (demo_error(call, 502, "introspection_refused"));
	reply = reply_empty(200);
	reply.content_type = "application/json";
	reply.body = answer.body;
	reply.length = answer.body_length;
	return (reply);
}
