/* What `client disable` and `client enable` share. */
#ifndef CLI_CLIENT_STATUS_H
#define CLI_CLIENT_STATUS_H

#include <stdbool.h>

#include "async/call.h"
#include "cli/cli.h"

/* Sets it, prints what became of the client; the exit code. */
int client_status_set(struct call *, const struct cli_arguments *, bool is_enabled);

#endif
