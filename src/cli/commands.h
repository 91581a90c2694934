/* THE TABLE of commands (commands.c). */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct command *const commands[];
extern const size_t commands_count;

#endif
