/* Given with -include to Kore's unmodified sources: limits that real OpenID Connect traffic needs (D10). */
#ifndef WEB_KORE_LIMITS_H
#define WEB_KORE_LIMITS_H

#include "kore.h"
#include "http.h"

#undef HTTP_REQ_HEADER_MAX
#define HTTP_REQ_HEADER_MAX	101	/* request line, Host and 99 more */
#undef HTTP_URI_LEN
#define HTTP_URI_LEN		12289	/* bytes; strict_http answers 414 above 12 KiB */
#undef HTTP_MAX_COOKIES
#define HTTP_MAX_COOKIES	101
#undef HTTP_MAX_QUERY_ARGS
#define HTTP_MAX_QUERY_ARGS	101

#endif
