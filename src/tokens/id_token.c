/* ID tokens: OpenID Connect Core 1.0, 2 and 3.1.3.6. */
#include "base/clock.h"
#include "keys/keys.h"
#include "realms/realms.h"
#include "tokens/claims.h"
#include "tokens/tokens.h"

enum result
tokens_make_id(
    struct call *call, const struct token_order *order, const char *access_token, const char **text)
{
	enum jose_algorithm algorithm = order->client->id_token_alg;
	int64_t now = clock_now();
	struct text payload;
	struct json_writer writer;
	enum result result;

	if (order->grant == NULL)
		return (call_fail(call, RESULT_FAILED, "an ID token without a person"));
	text_init(&payload, call->arena, CLAIMS_BYTES_MAX);
	writer_init(&writer, &payload);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "iss", call->realm->issuer);
	writer_text(&writer, "sub", claims_subject(call, order));
	writer_text(&writer, "aud", order->client->client_id);
	writer_text(&writer, "azp", order->client->client_id);
	writer_integer(&writer, "iat", now);
	writer_integer(
	    &writer, "exp", now + clients_lifetimes(call->realm, order->client).id_token);
	writer_text_if(&writer, "nonce", order->nonce);
	if (access_token != NULL)
		writer_text(
		    &writer, "at_hash", jose_half_hash(call->arena, algorithm, access_token));
	claims_write_sign_in(&writer, order->grant);
	if ((result = claims_write_requested(call, &writer, order)) != RESULT_OK)
		return (result);
	writer_object_end(&writer);
	return (keys_sign(call, algorithm, TYP_ID_TOKEN, &payload, text));
}
