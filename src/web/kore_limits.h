/* Given with -include to Kore's unmodified sources: limits that real OpenID Connect traffic needs
 * (D10). */
#ifndef WEB_KORE_LIMITS_H
#define WEB_KORE_LIMITS_H

#include "kore.h"
#include "http.h"

#undef HTTP_REQ_HEADER_MAX
#define HTTP_REQ_HEADER_MAX 102 /* request line, 100 header lines, and the end */
#undef HTTP_URI_LEN
#define HTTP_URI_LEN 12290 /* bytes; strict_http answers 414 above 12 KiB */
#endif
