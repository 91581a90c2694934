/* UUIDv7 (RFC 9562, 5.7): keys of rows and of what we issue; sortable by time. */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { UUID_BYTES = 16, UUID_TEXT = 37 };

struct uuid {
	uint8_t bytes[UUID_BYTES];
};

struct uuid uuid_create(void);			 /* now, with 74 random bits */
int64_t uuid_time_ms(const struct uuid *);	 /* milliseconds since 1970 */
bool uuid_parse(const char *, struct uuid *out); /* lower or upper case, with hyphens */
void uuid_format(const struct uuid *, char out[UUID_TEXT]);
char *uuid_string(struct arena *, const struct uuid *);
bool uuid_equal(const struct uuid *, const struct uuid *);
bool uuid_is_zero(const struct uuid *);

#endif
