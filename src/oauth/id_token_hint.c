/* id_token_hint: OpenID Connect Core, 3.1.2.1; RP-Initiated Logout 1.0, 2. */
#include "oauth/id_token_hint.h"

#include "base/json.h"
#include "tokens/tokens.h"

/* The audience, written as a text or as an array of one. */
static const char *
audience_read(const json_t *claims)
{
	const json_t *audiences = member_array(claims, "aud");

	if (audiences == NULL)
		return (member_text(claims, "aud"));
	if (json_array_size(audiences) != 1)
		return (NULL);
	return (json_string_value(json_array_get(audiences, 0)));
}

bool
id_token_hint_read(struct call *call, const char *text, struct id_token_hint *out)
{
	struct id_token_hint hint;
	const json_t *claims;

	if (!tokens_read_id_hint(call, text, &claims))
		return (false);
	hint.subject = member_text(claims, "sub");
	hint.session = member_text(claims, "sid");
	hint.client_id = audience_read(claims);
	if (hint.subject == NULL || hint.client_id == NULL)
		return (false);
	*out = hint;
	return (true);
}
