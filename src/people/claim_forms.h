/* What the values of standard claims look like: OpenID Connect Core, 5.1. */
#ifndef PEOPLE_CLAIM_FORMS_H
#define PEOPLE_CLAIM_FORMS_H

#include <stdbool.h>

struct claim_form {
	bool (*is_right)(const char *);
	const char *complaint; /* "is not ...", behind the claim's name */
};

/* UTF-8 without control characters, no space at either end, not empty. */
bool claim_form_is_line(const char *);

extern const struct claim_form claim_form_line;
extern const struct claim_form claim_form_email; /* users_email_error */
extern const struct claim_form claim_form_url;	 /* http or https with a host */
extern const struct claim_form claim_form_date;	 /* YYYY-MM-DD, 0000-MM-DD or YYYY */
extern const struct claim_form claim_form_zone;	 /* form only: Europe/Paris, Etc/GMT+1, UTC */
/* BCP 47 (RFC 5646, 2.1), form only: subtags of 1 to 8 letters and digits, the first of letters. */
extern const struct claim_form claim_form_language;
/* + and 4 to 15 digits (E.164) with spaces, brackets, dots and hyphens between; ";ext=" and digits
 * may follow (RFC 3966). */
extern const struct claim_form claim_form_phone;

#endif
