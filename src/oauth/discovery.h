/* What this provider can do, computed from the tables that do it. */
#ifndef OAUTH_DISCOVERY_H
#define OAUTH_DISCOVERY_H

#include "base/text.h"
#include "realms/realms.h"

/* OpenID Connect Discovery 1.0, 3, and RFC 8414, 2, in one document. */
void discovery_write(const struct realm *, struct text *out);

#endif
