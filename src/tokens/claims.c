/* What both kinds of token say. */
#include "tokens/claims.h"

const char *
claims_subject(struct call *call, const struct token_order *order)
{
	if (order->grant == NULL)
		return (tokens_client_subject(call, order->client));
	return (uuid_string(call->arena, &order->grant->user));
}

void
claims_write_sign_in(struct json_writer *writer, const struct grant *grant)
{
	char session[UUID_TEXT];

	writer_integer(writer, "auth_time", grant->auth_time / 1000000);
	writer_text_if(writer, "acr", grant->acr);
	if (grant->amr != NULL)
		writer_list(writer, "amr", grant->amr);
	if (!uuid_is_zero(&grant->session)) {
		uuid_format(&grant->session, session);
		writer_text(writer, "sid", session);
	}
}
