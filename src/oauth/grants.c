/* THE TABLE of grant types; discovery announces it. */
#include "oauth/grants.h"

#include "base/text.h"

const struct grant_type *const grant_types[] = {
    &grant_authorization_code,
    &grant_refresh_token,
    &grant_client_credentials,
};
const size_t grant_types_count = sizeof(grant_types) / sizeof(grant_types[0]);

const struct grant_type *
grant_type_find(const char *name)
{
	size_t i;

	for (i = 0; i < grant_types_count; i++) {
		if (text_equal(grant_types[i]->name, name))
			return (grant_types[i]);
	}
	return (NULL);
}
