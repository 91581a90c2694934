/* private_key_jwt: a JWT that the client signed (RFC 7523, 2.2 and 3; OpenID Connect Core, 9). */
#include "oauth/client_auth.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "clients/client_keys.h"
#include "clients/used_assertions.h"
#include "jose/jose.h"
#include "oauth/endpoints.h"
#include "realms/realms.h"

enum {
	LEEWAY_MS = 30 * 1000, /* between the client's clock and ours */
	LIFETIME_MAX_MS = 5 * 60 * 1000
};

static const char assertion_type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* Form only: nothing of it is believed before private_key_jwt_verify. */
struct client_assertion {
	struct jws jws;
	const json_t *claims;
};

static bool
private_key_jwt_is_tried(struct call *call, const struct form *form)
{
	(void)call;
	return (form_value(form, "client_assertion") != NULL ||
		form_value(form, "client_assertion_type") != NULL);
}

static void
claims_release(void *object)
{
	json_decref(object);
}

/* NULL when it is no JWT with an object of claims. */
static const struct client_assertion *
assertion_parse(struct arena *arena, const char *text)
{
	struct client_assertion *assertion = arena_alloc(arena, sizeof(*assertion));
	const char *problem;
	json_t *claims;

	if (strnlen(text, JOSE_TOKEN_MAX + 1) > JOSE_TOKEN_MAX ||
	    !jws_parse_foreign(arena, text, &assertion->jws))
		return (NULL);
	claims = parse_json(
	    (const char *)assertion->jws.payload, assertion->jws.payload_length, &problem);
	if (claims == NULL)
		return (NULL);
	arena_defer(arena, claims_release, claims);
	assertion->claims = claims;
	return (json_is_object(claims) ? assertion : NULL);
}

static bool
private_key_jwt_read(
    struct call *call, const struct form *form, struct client_proof *out, struct oauth_error *error)
{
	const char *type = form_value(form, "client_assertion_type");
	const char *text = form_value(form, "client_assertion");

	if (type == NULL || text == NULL)
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "half_an_assertion",
		    "client_assertion and client_assertion_type go together."));
	if (!text_equal(type, assertion_type))
		return (client_auth_refuse(error, "assertion_type_unknown"));
	if ((out->assertion = assertion_parse(call->arena, text)) == NULL)
		return (client_auth_refuse(error, "assertion_malformed"));
	if ((out->client_id = member_text(out->assertion->claims, "sub")) == NULL)
		return (client_auth_refuse(error, "assertion_without_sub"));
	return (true);
}

/* None of ours: access tokens are at+jwt. */
static bool
type_is_right(const char *typ)
{
	return (typ == NULL || text_equal_nocase(typ, "JWT") ||
		text_equal_nocase(typ, "client-authentication+jwt"));
}

/* The one of this realm's names that is right, or, by the client's policy, the one that was. */
static bool
names_us(struct call *call, const struct client *client, const char *audience)
{
	if (text_equal(audience, call->realm->issuer))
		return (true);
	return (client->policy.accepts_old_audience && audience != NULL &&
		text_equal(audience,
		    arena_format(call->arena, "%s%s", call->realm->issuer, OAUTH_TOKEN_PATH)));
}

/* C-02: what is meant for several servers can be used at each of them. */
static bool
audience_is_right(struct call *call, const struct client *client, const json_t *claims)
{
	const json_t *audience = json_object_get(claims, "aud");
	size_t i;

	if (!json_is_array(audience))
		return (names_us(call, client, json_string_value(audience)));
	for (i = 0; client->policy.accepts_old_audience && i < json_array_size(audience); i++)
		if (names_us(call, client, json_string_value(json_array_get(audience, i))))
			return (true);
	return (false);
}

/* A NumericDate, which may have a fraction (RFC 7519, 2). False: absent, or no date. */
static bool
date_read(const json_t *claims, const char *name, int64_t *ms)
{
	const json_t *value = json_object_get(claims, name);
	double seconds = json_number_value(value);

	if (!json_is_number(value) || !(seconds > 0 && seconds < 1e11))
		return (false);
	*ms = (int64_t)(seconds * 1000);
	return (true);
}

/* Absent, or a date that has come. */
static bool
has_come(const json_t *claims, const char *name, int64_t now_ms)
{
	int64_t ms;

	return (json_object_get(claims, name) == NULL ||
		(date_read(claims, name, &ms) && ms <= now_ms + LEEWAY_MS));
}

/* NULL: all is right but for the signature, which nobody has looked at. Else the reason code. */
static const char *
claims_problem(struct call *call, const struct client *client, const struct jws *jws,
    const json_t *claims, int64_t *expires_at_ms)
{
	const char *jti = member_text(claims, "jti");
	int64_t now_ms = clock_now_us() / 1000;

	if (!type_is_right(jws->typ))
		return ("assertion_type_wrong");
	if (!text_equal(jws->alg, jose_algorithm_name(client->assertion_alg)))
		return ("assertion_algorithm");
	if (!text_equal(member_text(claims, "iss"), client->client_id))
		return ("assertion_issuer");
	if (!text_equal(member_text(claims, "sub"), client->client_id))
		return ("assertion_subject");
	if (!audience_is_right(call, client, claims))
		return ("assertion_audience");
	if (!date_read(claims, "exp", expires_at_ms))
		return ("assertion_without_exp");
	if (*expires_at_ms + LEEWAY_MS <= now_ms)
		return ("assertion_expired");
	if (*expires_at_ms > now_ms + LIFETIME_MAX_MS + LEEWAY_MS)
		return ("assertion_lives_too_long");
	if (!has_come(claims, "nbf", now_ms))
		return ("assertion_not_yet");
	if (!has_come(claims, "iat", now_ms))
		return ("assertion_of_the_future");
	if (jti == NULL || jti[0] == '\0' ||
	    strnlen(jti, ASSERTION_JTI_MAX + 1) > ASSERTION_JTI_MAX)
		return ("assertion_jti");
	return (NULL);
}

static bool
signature_check(struct call *call, const struct client *client, const struct jws *jws,
    struct oauth_error *error)
{
	unsigned retry_after;

	switch (client_keys_verify(call, client, jws, client->assertion_alg, &retry_after)) {
	case CLIENT_KEYS_VERIFIED:
		return (true);
	case CLIENT_KEYS_NO_KEY:
		return (client_auth_refuse(error, "assertion_key_unknown"));
	case CLIENT_KEYS_BAD_SIGNATURE:
		return (client_auth_refuse(error, "assertion_signature"));
	case CLIENT_KEYS_UNAVAILABLE:
		break;
	}
	if (call->failure != RESULT_OK)
		return (oauth_fail_for_us(call, error));
	oauth_fail(error, OAUTH_TEMPORARILY_UNAVAILABLE, "client_keys_unavailable",
	    "The keys of the client cannot be had from its jwks_uri just now.");
	error->retry_after = retry_after;
	return (false);
}

static bool
private_key_jwt_verify(struct call *call, const struct client *client,
    const struct client_proof *proof, struct oauth_error *error)
{
	const struct client_assertion *assertion = proof->assertion;
	const char *problem;
	int64_t expires_at_ms = 0;

	problem = claims_problem(call, client, &assertion->jws, assertion->claims, &expires_at_ms);
	if (problem != NULL)
		return (client_auth_refuse(error, problem));
	if (!signature_check(call, client, &assertion->jws, error))
		return (false);
	switch (used_assertions_add(
	    call, client, member_text(assertion->claims, "jti"), expires_at_ms)) {
	case RESULT_OK:
		return (true);
	case RESULT_CONFLICT:
		return (client_auth_refuse(error, "assertion_used_before"));
	default:
		return (oauth_fail_for_us(call, error));
	}
}

const struct client_authentication client_authentication_private_key_jwt = {
    .method = CLIENT_AUTH_PRIVATE_KEY_JWT,
    .name = "private_key_jwt",
    .is_tried = private_key_jwt_is_tried,
    .read = private_key_jwt_read,
    .verify = private_key_jwt_verify,
};
