/* What both kinds of token say. */
#include "tokens/claims.h"

#include "people/standard_claims.h"
#include "realms/realms.h"

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

enum result
claims_write_requested(
    struct call *call, struct json_writer *writer, const struct token_order *order)
{
	const char *names = standard_claims_within(
	    call->arena, order->grant->id_token_claims, order->client->scope, call->realm->scopes);
	struct user user;
	enum result result;

	if (names[0] == '\0')
		return (RESULT_OK);
	if ((result = users_find(call, &order->grant->user, &user)) == RESULT_NOT_FOUND)
		return (call_fail(call, RESULT_FAILED, "an ID token of nobody"));
	if (result == RESULT_OK)
		standard_claims_write(writer, &user, NULL, names);
	return (result);
}
