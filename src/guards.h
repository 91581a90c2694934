/* Who may call a route. A route without a guard cannot start. */
#ifndef GUARDS_H
#define GUARDS_H

#include <stdbool.h>

#include "web/reply.h"

bool anyone(struct call *,
    struct reply *refusal); /* the handler itself authenticates, or nothing needs to be known */

#endif
