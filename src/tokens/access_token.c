/* Access tokens: RFC 9068. */
#include "base/clock.h"
#include "keys/keys.h"
#include "realms/realms.h"
#include "tokens/claims.h"
#include "tokens/tokens.h"

const char *
tokens_client_subject(struct call *call, const struct client *client)
{
	return (arena_format(call->arena, "client:%s", client->client_id));
}

enum result
tokens_make_access(
    struct call *call, const struct token_order *order, struct access_token_made *out)
{
	enum result result;
	char id_text[UUID_TEXT];
	int64_t now = clock_now();
	int64_t lifetime = clients_lifetimes(call->realm, order->client).access_token;
	struct uuid id = uuid_create();
	const char *token;
	struct text payload;
	struct json_writer writer;

	uuid_format(&id, id_text);
	text_init(&payload, call->arena, CLAIMS_BYTES_MAX);
	writer_init(&writer, &payload);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "iss", call->realm->issuer);
	writer_text(&writer, "sub", claims_subject(call, order));
	writer_text(&writer, "aud", call->realm->issuer);
	writer_text(&writer, "client_id", order->client->client_id);
	writer_text(&writer, "scope", order->scope == NULL ? "" : order->scope);
	writer_integer(&writer, "iat", now);
	writer_integer(&writer, "exp", now + lifetime);
	writer_text(&writer, "jti", id_text);
	if (order->grant != NULL) {
		uuid_format(&order->grant->id, id_text);
		writer_text(&writer, "grant", id_text);
		claims_write_sign_in(&writer, order->grant);
	}
	writer_object_end(&writer);
	result = keys_sign(
	    call, order->client->policy.access_token_alg, TYP_ACCESS_TOKEN, &payload, &token);
	if (result != RESULT_OK)
		return (result);
	out->text = token;
	out->expires_in = lifetime;
	return (RESULT_OK);
}
