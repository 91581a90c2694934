/* Time. Deadlines are monotonic; wall time is for what we print and sign. What decides about a
 * grant is the database's db_now(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

uint64_t clock_monotonic_ms(void);
uint64_t clock_monotonic_us(void);
int64_t clock_now_us(void);	   /* since 1970, with the shift */
int64_t clock_now(void);	   /* seconds since 1970, with the shift */
void clock_shift(int64_t seconds); /* for tests: the setting test_clock_shift */
/* RFC 3339 in UTC with microseconds / RFC 9110 IMF-fixdate. Buffers of at least CLOCK_TEXT_MAX
 * bytes. */
enum { CLOCK_TEXT_MAX = 40 };
void clock_rfc3339(int64_t us, char *out);
void clock_http_date(int64_t seconds, char *out);

#endif
