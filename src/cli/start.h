/* What serve and the commands need before they begin. */
#ifndef CLI_START_H
#define CLI_START_H

#include <stddef.h>

#include "async/call.h"

/* "database_url ...": never what it is. */
extern const char start_database_url_wrong[];
/* Settings that serve and the commands cannot do without: complains and returns an exit code of
 * cli.h. */
int start_check(void);
/* The key-encryption key of the settings, for keys_start(). start_check() has said it is right. */
struct secret start_key_encryption_key(void);

/* The same as cli_run_call, for callers that have no command line. realm: NULL for the first one,
 * which need not exist yet. */
int start_run_call(const char *realm, int (*work)(struct call *, void *), void *argument);

#endif
