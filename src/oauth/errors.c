/* The table of OAuth errors, and every body that carries one. */
#include "oauth/errors.h"

#include "base/fatal.h"
#include "base/json.h"
#include "realms/realms.h"
#include "web/request.h"
#include "web/template.h"

enum { ERROR_BODY_MAX = 4096, CHALLENGE_MAX = 4096 };

static const struct {
	const char *name;
	int status;
	unsigned retry_after; /* seconds; 0: trying again does not help */
} errors[] = {
    [OAUTH_NO_ERROR] = {"", 401},
    [OAUTH_INVALID_REQUEST] = {"invalid_request", 400},
    [OAUTH_INVALID_CLIENT] = {"invalid_client", 401},
    [OAUTH_INVALID_GRANT] = {"invalid_grant", 400},
    [OAUTH_UNAUTHORIZED_CLIENT] = {"unauthorized_client", 400},
    [OAUTH_UNSUPPORTED_GRANT_TYPE] = {"unsupported_grant_type", 400},
    [OAUTH_INVALID_SCOPE] = {"invalid_scope", 400},
    [OAUTH_UNSUPPORTED_RESPONSE_TYPE] = {"unsupported_response_type", 400},
    [OAUTH_ACCESS_DENIED] = {"access_denied", 403},
    [OAUTH_SERVER_ERROR] = {"server_error", 500},
    [OAUTH_TEMPORARILY_UNAVAILABLE] = {"temporarily_unavailable", 503, 1},
    [OAUTH_LOGIN_REQUIRED] = {"login_required", 400},
    [OAUTH_CONSENT_REQUIRED] = {"consent_required", 400},
    [OAUTH_INTERACTION_REQUIRED] = {"interaction_required", 400},
    [OAUTH_REQUEST_NOT_SUPPORTED] = {"request_not_supported", 400},
    [OAUTH_REQUEST_URI_NOT_SUPPORTED] = {"request_uri_not_supported", 400},
    [OAUTH_REGISTRATION_NOT_SUPPORTED] = {"registration_not_supported", 400},
    [OAUTH_UNMET_AUTHENTICATION_REQUIREMENTS] = {"unmet_authentication_requirements", 400},
    [OAUTH_INVALID_TOKEN] = {"invalid_token", 401},
    [OAUTH_INSUFFICIENT_SCOPE] = {"insufficient_scope", 403},
    [OAUTH_TOO_MANY_FAILURES] = {"temporarily_unavailable", 429, 60},
};

bool
oauth_fail(struct oauth_error *error, enum oauth_error_code code, const char *reason,
    const char *description)
{
	error->code = code;
	error->reason = reason;
	error->description = description;
	error->retry_after = 0;
	error->scope = NULL;
	return (false);
}

bool
oauth_fail_for_scope(
    struct oauth_error *error, const char *scope, const char *reason, const char *description)
{
	oauth_fail(error, OAUTH_INSUFFICIENT_SCOPE, reason, description);
	error->scope = scope;
	return (false);
}

bool
oauth_fail_for_us(struct call *call, struct oauth_error *error)
{
	if (call->failure == RESULT_FAILED)
		return (oauth_fail(error, OAUTH_SERVER_ERROR, "failed",
		    "The request could not be completed. Nothing in it was wrong."));
	return (oauth_fail(error, OAUTH_TEMPORARILY_UNAVAILABLE, "dependency_unavailable",
	    "The service cannot answer just now. Try again in a moment."));
}

const char *
oauth_error_name(enum oauth_error_code code)
{
	if ((size_t)code >= sizeof(errors) / sizeof(errors[0]) || errors[code].name == NULL)
		fatal("oauth: no error with number %d", (int)code);
	return (errors[code].name);
}

int
oauth_error_status(enum oauth_error_code code)
{
	oauth_error_name(code);
	return (errors[code].status);
}

static void
retry_after_add(struct call *call, struct reply *reply, const struct oauth_error *error)
{
	unsigned seconds =
	    error->retry_after != 0 ? error->retry_after : errors[error->code].retry_after;

	if (seconds != 0)
		reply_header(call, reply, "Retry-After", arena_format(call->arena, "%u", seconds));
}

void
oauth_error_note(struct call *call, const struct oauth_error *error)
{
	call->reason =
	    arena_format(call->arena, "%s.%s", oauth_error_name(error->code), error->reason);
}

static struct reply
error_json(struct call *call, const struct oauth_error *error)
{
	struct json_writer writer;
	struct text body;

	text_init(&body, call->arena, ERROR_BODY_MAX);
	writer_init(&writer, &body);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "error", oauth_error_name(error->code));
	writer_text_if(&writer, "error_description", error->description);
	writer_object_end(&writer);
	return (reply_json(call, oauth_error_status(error->code), &body));
}

struct reply
oauth_error_reply(struct call *call, const struct oauth_error *error)
{
	struct reply reply = error_json(call, error);

	oauth_error_note(call, error);
	reply_header(call, &reply, "Pragma", "no-cache");
	if (error->code == OAUTH_INVALID_CLIENT)
		reply_header(call, &reply, "WWW-Authenticate",
		    arena_format(
			call->arena, "Basic realm=\"%s\", charset=\"UTF-8\"", call->realm->issuer));
	retry_after_add(call, &reply, error);
	return (reply);
}

struct reply
oauth_bearer_error_reply(struct call *call, const struct oauth_error *error)
{
	struct text challenge;
	struct reply reply;

	if (oauth_error_status(error->code) >= 500)
		return (oauth_error_reply(call, error));
	text_init(&challenge, call->arena, CHALLENGE_MAX);
	text_addf(&challenge, "Bearer realm=\"%s\"", call->realm->issuer);
	if (error->code == OAUTH_NO_ERROR) {
		call->reason = error->reason;
		reply = reply_empty(401);
	} else {
		oauth_error_note(call, error);
		reply = error_json(call, error);
		text_addf(&challenge, ", error=\"%s\", error_description=\"%s\"",
		    oauth_error_name(error->code), error->description);
	}
	if (error->scope != NULL)
		text_addf(&challenge, ", scope=\"%s\"", error->scope);
	reply_header(call, &reply, "WWW-Authenticate", challenge.data);
	return (reply);
}

struct reply
oauth_error_page(struct call *call, int status, const struct oauth_error *error)
{
	struct page *page = page_create(call);
	struct reply reply;

	oauth_error_note(call, error);
	page_text(page, "status_title",
	    status >= 500 ? "Something went wrong on our side"
			  : "This request cannot be completed");
	page_text(page, "message", error->description);
	page_text(page, "advice",
	    status >= 500
		? "Try again in a moment. If it keeps happening, tell your administrator the "
		  "reference."
		: "Go back to the application you came from and start again. If it happens again, "
		  "tell those who run it, and give them the reference.");
	page_text(page, "reference", call->request->id);
	page_text(page, "realm_name", call->realm->display_name);
	reply = page_reply(page, status, "error");
	if (status == 503)
		reply_header(call, &reply, "Retry-After", "1");
	return (reply);
}
