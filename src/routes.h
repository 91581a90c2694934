/* Every URL of the service, in routes.c. */
#ifndef ROUTES_H
#define ROUTES_H

#include <stddef.h>

#include "web/router.h"

extern const struct route routes[];
extern const size_t routes_count;

#endif
