/* JSON lines of `latchkey jose ...`: one object a line in, one object a line out. */
#ifndef CLI_JOSE_LINES_H
#define CLI_JOSE_LINES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"
#include "jose/jose.h"

/* answer: writes the members of the answer; or returns false, *error (lives as long as the arena)
 * says what the line lacks, and nothing it has written is kept. A line has at most JSON_BYTES_MAX
 * bytes. Returns the exit code: 1 when a line was not understood. Wipes what it has read. */
int jose_lines_run(
    bool (*answer)(struct arena *, const json_t *line, struct json_writer *, const char **error));
/* The algorithm named by the line; false, and *error: none of ours. */
bool jose_line_algorithm(const json_t *line, enum jose_algorithm *out, const char **error);

#endif
