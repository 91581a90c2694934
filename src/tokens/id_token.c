/* ID tokens: OpenID Connect Core 1.0, 2 and 3.1.3.6. */
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "keys/keys.h"
#include "realms/realms.h"
#include "tokens/claims.h"
#include "tokens/tokens.h"

/* The left half of the digest that the signature uses: SHA-256 for ES256 and RS256. */
static const char *
hash_of(struct call *call, const char *access_token)
{
	uint8_t digest[SHA256_BYTES];

	if (access_token == NULL)
		return (NULL);
	sha256(access_token, strlen(access_token), digest);
	return (base64url_encode(call->arena, digest, sizeof(digest) / 2));
}

enum result
tokens_make_id(
    struct call *call, const struct token_order *order, const char *access_token, const char **text)
{
	int64_t now = clock_now();
	struct text payload;
	struct json_writer writer;

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
	writer_text_if(&writer, "at_hash", hash_of(call, access_token));
	claims_write_sign_in(&writer, order->grant);
	writer_object_end(&writer);
	return (keys_sign(call, order->client->id_token_alg, TYP_ID_TOKEN, &payload, text));
}
