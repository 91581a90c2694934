/* For the impossible: log one line and abort the process; the parent starts another worker. Never
 * for what a caller can cause. */
#ifndef BASE_FATAL_H
#define BASE_FATAL_H

void fatal(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
