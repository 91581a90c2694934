/* Public documents that clients fetch now and then: cacheable for minutes, with an ETag. */
#ifndef OAUTH_PUBLIC_JSON_H
#define OAUTH_PUBLIC_JSON_H

#include "async/call.h"
#include "base/text.h"
#include "web/reply.h"

/* 200, or 304 when the request's If-None-Match has it. Cache-Control: public, max-age=300. */
struct reply public_json_reply(struct call *, const struct text *json);

#endif
