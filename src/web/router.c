/* Request to row to handler. */
#include "web/router.h"

#include <string.h>

#include "base/fatal.h"
#include "base/log.h"
#include "base/text.h"

enum { REALM_NAME_BYTES_MAX = 63, RETRY_AFTER_S = 2 };

bool (*router_find_realm)(struct call *, const char *name, bool stale_is_fine);
bool router_is_dev;

static const char realms_prefix[] = "/realms/";
static const char well_known_prefix[] = "/.well-known/";

/* A target split into the realm's name ("" for the first) and the path behind it. */
struct place {
	const char *realm, *path;
	bool is_inserted; /* the realm came behind a well-known path */
};

/* The length of a realm's name at the start of text; 0 when there is none that is followed by '/'
 * or the end. */
static size_t
realm_length(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (length > REALM_NAME_BYTES_MAX || (text[length] != '/' && text[length] != '\0'))
		return (0);
	return (length);
}

static bool
place_parse(struct call *call, const char *target, struct place *out)
{
	const char *name, *inserted;
	size_t length;

	*out = (struct place){"", target, false};
	if (text_starts_with(target, realms_prefix)) {
		name = target + strlen(realms_prefix);
		length = realm_length(name);
		out->realm = arena_substring(call->arena, name, length);
		out->path = name[length] != '\0' ? name + length : "/";
		return (length > 0);
	}
	inserted = strstr(target, realms_prefix);
	if (text_starts_with(target, well_known_prefix) && inserted != NULL) {
		name = inserted + strlen(realms_prefix);
		length = realm_length(name);
		out->realm = arena_substring(call->arena, name, length);
		out->path = arena_substring(call->arena, target, (size_t)(inserted - target));
		out->is_inserted = true;
		return (length > 0 && name[length] == '\0');
	}
	return (true);
}

static bool
path_matches(const struct route *route, const char *path)
{
	return ((route->extras & ROUTE_PREFIX) ? text_starts_with(path, route->path)
					       : text_equal(path, route->path));
}

/* All but the method. */
static bool
route_is_here(const struct route *route, const struct request *request, const struct place *place)
{
	bool is_operations = request->listener == LISTENER_OPERATIONS;

	if (((route->extras & ROUTE_OPERATIONS) != 0) != is_operations ||
	    ((route->extras & ROUTE_DEV) && !router_is_dev) ||
	    ((route->extras & ROUTE_NO_REALM) && place->realm[0] != '\0') ||
	    (place->is_inserted && !(route->extras & ROUTE_WELL_KNOWN)))
		return (false);
	return (path_matches(route, place->path));
}

static unsigned
route_methods(const struct route *route)
{
	unsigned methods = route->methods;

	if ((methods & METHOD_GET) && !(route->extras & ROUTE_NO_HEAD))
		methods |= METHOD_HEAD;
	if (route->extras & ROUTE_CORS_CLIENT)
		methods |= METHOD_OPTIONS;
	return (methods);
}

static const char *
methods_text(struct call *call, unsigned methods)
{
	struct text text;

	text_init(&text, call->arena, 128);
	for (unsigned method = METHOD_GET; method <= METHOD_OPTIONS; method <<= 1) {
		if (methods & method)
			text_addf(&text, "%s%s", text.length > 0 ? ", " : "",
			    method_name((enum method)method));
	}
	return (text.data);
}

static struct reply
method_refuse(struct call *call, unsigned methods)
{
	struct reply reply = reply_error(call, 405);

	reply_header(call, &reply, "Allow", methods_text(call, methods));
	call->reason = "method_not_allowed";
	return (reply);
}

/* Fetch, 4.8: what a page of another origin may send here. */
static struct reply
preflight_reply(struct call *call, unsigned methods)
{
	struct reply reply = reply_empty(204);

	reply_header(call, &reply, "Access-Control-Allow-Origin", "*");
	reply_header(call, &reply, "Access-Control-Allow-Methods", methods_text(call, methods));
	reply_header(call, &reply, "Access-Control-Allow-Headers", "authorization, content-type");
	reply_header(call, &reply, "Access-Control-Max-Age", "600");
	return (reply);
}

static void
cors_add(struct call *call, const struct route *route, struct reply *reply)
{
	if (!(route->extras & (ROUTE_CORS_ANY | ROUTE_CORS_CLIENT)) ||
	    reply_header_value(reply, "Access-Control-Allow-Origin") != NULL)
		return;
	reply_header(call, reply, "Access-Control-Allow-Origin", "*");
	reply_header(call, reply, "Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After");
}

static struct reply
failure_apply(struct call *call, struct reply reply)
{
	switch (call->failure) {
	case RESULT_OK:
	case RESULT_NOT_FOUND:
	case RESULT_CONFLICT:
		break;
	case RESULT_CANCELLED:
		return (reply_empty(503));
	case RESULT_UNAVAILABLE:
		return (reply.status == 503 ? reply : reply_unavailable(call, RETRY_AFTER_S));
	case RESULT_FAILED:
		return (reply.status == 500 ? reply : reply_error(call, 500));
	}
	if (reply.status == 0) {
		log_error("handler gave no answer",
		    FIELD("route", call->request->route != NULL ? call->request->route->path : ""));
		return (reply_error(call, 500));
	}
	return (reply);
}

static struct reply
route_call(struct call *call, const struct route *route, const char *realm)
{
	bool stale_is_fine = (route->extras & ROUTE_STALE_REALM) != 0;
	struct reply reply = reply_empty(0);

	if (!(route->extras & ROUTE_NO_REALM) && !router_find_realm(call, realm, stale_is_fine)) {
		if (call->failure == RESULT_OK) {
			call->reason = "realm_unknown";
			reply = reply_error(call, 404);
		}
	} else if (route->who_may_call(call, &reply)) {
		reply = route->handler(call);
	}
	reply = failure_apply(call, reply);
	cors_add(call, route, &reply);
	return (reply);
}

struct reply
router_run(struct call *call, const struct route *routes, size_t count)
{
	struct request *request = call->request;
	const struct route *route = NULL;
	unsigned methods = 0, extras = 0;
	struct place place;

	request->path = request->target_path;
	if (place_parse(call, request->target_path, &place)) {
		request->path = place.path;
		for (size_t i = 0; i < count; i++) {
			if (!route_is_here(&routes[i], request, &place))
				continue;
			methods |= route_methods(&routes[i]);
			extras |= routes[i].extras;
			if (route_methods(&routes[i]) & request->method)
				route = &routes[i];
		}
	}
	request->route = route;
	if (methods == 0) {
		call->reason = "path_unknown";
		return (reply_error(call, 404));
	}
	if (request->method == METHOD_OPTIONS && (extras & ROUTE_CORS_CLIENT))
		return (preflight_reply(call, methods));
	if (route == NULL)
		return (method_refuse(call, methods));
	return (route_call(call, route, place.realm));
}

static bool
rows_overlap(const struct route *a, const struct route *b)
{
	if ((a->methods & b->methods) == 0 ||
	    ((a->extras & ROUTE_OPERATIONS) != (b->extras & ROUTE_OPERATIONS)))
		return (false);
	return (path_matches(a, b->path) || path_matches(b, a->path));
}

static void
row_check(const struct route *route)
{
	unsigned cors = route->extras & (ROUTE_CORS_ANY | ROUTE_CORS_CLIENT);

	if (route->path == NULL || route->path[0] != '/' ||
	    text_starts_with(route->path, realms_prefix))
		fatal("route %s: not a path", route->path != NULL ? route->path : "(none)");
	if (route->methods == 0 || (route->methods & (METHOD_HEAD | METHOD_OPTIONS)))
		fatal("route %s: methods are GET, POST, PUT, PATCH, DELETE", route->path);
	if (route->handler == NULL || route->who_may_call == NULL)
		fatal("route %s: needs a handler and a guard", route->path);
	if ((route->extras & ROUTE_PREFIX) && route->path[strlen(route->path) - 1] != '/')
		fatal("route %s: a prefix ends in a slash", route->path);
	if ((route->extras & ROUTE_WELL_KNOWN) && !text_starts_with(route->path, well_known_prefix))
		fatal("route %s: is not well-known", route->path);
	if (cors == (ROUTE_CORS_ANY | ROUTE_CORS_CLIENT))
		fatal("route %s: one kind of CORS only", route->path);
}

void
router_check(const struct route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		row_check(&routes[i]);
		for (size_t k = 0; k < i; k++) {
			if (rows_overlap(&routes[i], &routes[k]))
				fatal("routes %s and %s overlap", routes[k].path, routes[i].path);
		}
	}
}
