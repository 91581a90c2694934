/* Answers as bytes: the status line, the standard envelope, and what the handler said. */
#ifndef WEB_KORE_ANSWER_H
#define WEB_KORE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "web/reply.h"

enum { ANSWER_HEAD_MAX = 65536, ANSWER_BARE_MAX = 512 };

/* https: Strict-Transport-Security is sent. */
void answer_start(bool https);
/* The head of an answer, to the empty line. request_id goes into X-Request-Id. */
void answer_write_head(struct text *out, const struct reply *, const char *request_id, bool closes);
/* May this status have a body, and a Content-Length? */
bool answer_has_body(int status);
/* A whole answer without a body that closes the connection, for what never became a request.
 * Returns its length. */
size_t answer_write_bare(char out[ANSWER_BARE_MAX], int status);

#endif
