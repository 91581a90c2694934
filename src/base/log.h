/*
 * Structured log on standard error: one line an event, JSON or human. Fields are typed; secrets
 * have no field type, and URLs are logged as route templates. Writing never blocks: a line that
 * does not fit the pipe is counted and dropped.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log_field {
	const char *name; /* NULL ends the list */
	const char *text; /* NULL: the number counts */
	int64_t number;
};

#define FIELD(name, value) ((struct log_field){(name), (value) != NULL ? (value) : "", 0})
#define FIELD_NUMBER(name, value) ((struct log_field){(name), NULL, (int64_t)(value)})
/* Begins with one that does not count, so that there may be none. */
#define LOG_FIELDS(...)                                                                            \
	(&((const struct log_field[]){{NULL, NULL, 0}, ##__VA_ARGS__, {NULL, NULL, 0}})[1])
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, (event), LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, (event), LOG_FIELDS(__VA_ARGS__))
#define log_warning(event, ...) log_write(LOG_LEVEL_WARNING, (event), LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, (event), LOG_FIELDS(__VA_ARGS__))

/* event: a constant sentence fragment, "database connection lost". Control bytes and non-UTF-8 in
 * values are escaped (SL-04). */
void log_write(enum log_level, const char *event, const struct log_field *);
void log_configure(enum log_level least, bool json);
uint64_t log_dropped(void);

#endif
