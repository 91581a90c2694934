/* GET /assets/...: files of assets/, embedded by generate/assets.c. */
#include "web/assets.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/request.h"
#include "web/router.h"

static int
compare_path(const void *path, const void *asset)
{
	return (strcmp(path, ((const struct asset *)asset)->path));
}

const struct asset *
asset_find(const char *path)
{
	return (bsearch(path, assets, assets_count, sizeof(assets[0]), compare_path));
}

/* Is gzip among the codings, and not with q=0 (RFC 9110, 12.5.3)? */
static bool
accepts_gzip(const char *accept)
{
	size_t length, q;

	while (accept != NULL && *accept != '\0') {
		accept += strspn(accept, " \t,");
		length = strcspn(accept, " \t,;");
		q = length + strspn(accept + length, " \t;");
		if (length == strlen("gzip") && strncasecmp(accept, "gzip", length) == 0)
			return (strncmp(accept + q, "q=0", 3) != 0 ||
				strspn(accept + q + 2, "0.") != strcspn(accept + q + 2, " \t,;"));
		accept += strcspn(accept, ",");
	}
	return (false);
}

/* If-None-Match compares weakly (RFC 9110, 13.1.2). */
static bool
is_known(const char *tags, const char *etag)
{
	size_t length;

	while (tags != NULL && *tags != '\0') {
		tags += strspn(tags, " \t,");
		if (text_starts_with(tags, "W/"))
			tags += 2;
		length = strcspn(tags, " \t,");
		if ((length == 1 && *tags == '*') ||
		    (length == strlen(etag) && strncmp(tags, etag, length) == 0))
			return (true);
		tags += length;
	}
	return (false);
}

static const char *
cache_control(struct call *call)
{
	const char *query = call->request->query;

	if (query != NULL && text_starts_with(query, "v=") && text_equal(query + 2, assets_version))
		return ("public, max-age=31536000, immutable");
	return ("public, max-age=300");
}

struct reply
asset_reply(struct call *call, const char *path)
{
	const struct asset *asset = asset_find(path);
	struct reply reply = reply_empty(200);
	const char *etag;
	bool is_gzip;

	if (asset == NULL)
		return (reply_error(call, 404));
	is_gzip =
	    asset->gzip != NULL && accepts_gzip(request_header(call->request, "accept-encoding"));
	/* The two forms differ in their bytes, so their strong tags do (RFC 9110, 8.8.3). */
	etag = is_gzip ? arena_format(
			     call->arena, "%.*s-gzip\"", (int)strlen(asset->etag) - 1, asset->etag)
		       : asset->etag;
	reply.is_cacheable = true;
	reply_header(call, &reply, "ETag", etag);
	reply_header(call, &reply, "Cache-Control", cache_control(call));
	if (asset->gzip != NULL)
		reply_header(call, &reply, "Vary", "Accept-Encoding");
	if (is_known(request_header(call->request, "if-none-match"), etag)) {
		reply.status = 304;
		return (reply);
	}
	if (is_gzip)
		reply_header(call, &reply, "Content-Encoding", "gzip");
	reply.content_type = asset->content_type;
	reply.body = is_gzip ? asset->gzip : asset->data;
	reply.length = is_gzip ? asset->gzip_length : asset->length;
	return (reply);
}

struct reply
assets_file(struct call *call)
{
	const char *path = call->request->path;

	if (!text_starts_with(path, "/assets/"))
		return (reply_error(call, 404));
	path += strlen("/assets/");
	if (text_starts_with(path, "pages/") || (text_starts_with(path, "demo/") && !router_is_dev))
		return (reply_error(call, 404));
	return (asset_reply(call, path));
}
