/* Files of assets/, embedded at build time with their ETag and a gzip twin. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stddef.h>

#include "async/call.h"
#include "web/reply.h"

struct asset {
	const char *path; /* below assets/: "style.css", "pages/login.html" */
	const char *content_type;
	const unsigned char *data;
	size_t length;
	const unsigned char *gzip; /* NULL when not smaller */
	size_t gzip_length;
	const char *etag; /* with its quotes: "\"<hex>\"" */
};

extern const struct asset assets[]; /* build/assets.c, by the generator; sorted by path */
extern const size_t assets_count;
/* Changes whenever any file does. A URL that ends in ?v=<this> is answered with a year of max-age.
 */
extern const char assets_version[];

const struct asset *asset_find(const char *path); /* NULL when absent */
/* 200, 304 or 404; ETag, Vary, gzip by Accept-Encoding, Cache-Control: public, max-age. */
struct reply asset_reply(struct call *, const char *path);
/* GET /assets/...: style sheets and pictures; demo/ only under `latchkey dev`, pages/ never. */
struct reply assets_file(struct call *);

#endif
