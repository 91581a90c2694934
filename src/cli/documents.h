/* JSON documents that commands read from files and print. */
#ifndef CLI_DOCUMENTS_H
#define CLI_DOCUMENTS_H

#include "async/call.h"
#include "base/json.h"

/* NULL after a complaint; the caller's to json_decref. file "-" is standard input. */
json_t *document_read(struct call *, const char *file);
/* One line a member: texts as they are, lists with spaces between, the rest as JSON. Returns an
 * exit code. */
int document_print(const struct text *);

#endif
