/* Which method a request uses, whether it may, and whether the proof is right. */
#include "oauth/client_auth.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "clients/failures.h"
#include "realms/realms.h"
#include "web/request.h"

/* THE TABLE of methods; discovery announces it. */
const struct client_authentication *const client_authentications[] = {
    &client_authentication_basic,
    &client_authentication_post,
    &client_authentication_private_key_jwt,
    &client_authentication_none,
};
const size_t client_authentications_count =
    sizeof(client_authentications) / sizeof(client_authentications[0]);

bool
client_auth_refuse(struct oauth_error *error, const char *reason)
{
	return (oauth_fail(error, OAUTH_INVALID_CLIENT, reason, "Client authentication failed."));
}

/* The one method that the request tries. */
static const struct client_authentication *
method_choose(struct call *call, const struct form *form, struct oauth_error *error)
{
	const struct client_authentication *chosen = NULL;
	size_t tried = 0, i;

	for (i = 0; i < client_authentications_count; i++) {
		if (!client_authentications[i]->is_tried(call, form))
			continue;
		chosen = client_authentications[i];
		tried++;
	}
	if (tried > 1) {
		oauth_fail(error, OAUTH_INVALID_REQUEST, "two_client_authentications",
		    "More than one method of client authentication was used.");
		return (NULL);
	}
	if (chosen == NULL)
		client_auth_refuse(error, "no_client");
	return (chosen);
}

static bool
client_find(
    struct call *call, const char *client_id, const struct client **out, struct oauth_error *error)
{
	if (strlen(client_id) > CLIENT_ID_MAX)
		return (client_auth_refuse(error, "unknown_client"));
	switch (clients_find(call, client_id, out)) {
	case RESULT_OK:
		call->client_id = (*out)->client_id;
		return (true);
	case RESULT_NOT_FOUND:
		return (client_auth_refuse(error, "unknown_client"));
	default:
		return (oauth_fail_for_us(call, error));
	}
}

/* One who failed too often has to wait, whatever the proof: else guessing would go on. */
static bool
failures_check(const struct client_attempt *attempt, struct oauth_error *error)
{
	unsigned seconds = client_failures_wait(attempt, clock_monotonic_ms());

	if (seconds == 0)
		return (true);
	oauth_fail(error, OAUTH_TOO_MANY_FAILURES, "too_many_failures",
	    "Client authentication failed too often. Wait for a minute.");
	error->retry_after = seconds;
	return (false);
}

static bool
proof_check(struct call *call, const struct client_authentication *method,
    const struct client_proof *proof, const struct client **out, struct oauth_error *error)
{
	const struct client *client;

	if (!client_find(call, proof->client_id, &client, error))
		return (false);
	if (client->auth_method != method->method)
		return (client_auth_refuse(error, "other_client_authentication"));
	if (!method->verify(call, client, proof, error))
		return (false);
	*out = client;
	return (true);
}

bool
client_authenticate(struct call *call, const struct form *form, const struct client **out,
    struct oauth_error *error)
{
	const struct client_authentication *method;
	const char *named = form_value(form, "client_id");
	struct client_proof proof = {0};
	struct client_attempt attempt;

	if ((method = method_choose(call, form, error)) == NULL)
		return (false);
	if (!method->read(call, form, &proof, error))
		return (false);
	if (named != NULL && !text_equal(named, proof.client_id))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "two_client_ids",
		    "The client_id in the body is not that of the client authentication."));
	attempt =
	    (struct client_attempt){call->realm->issuer, proof.client_id, call->request->peer};
	/* A public client has nothing to guess, and must not be kept out in its name. */
	if (method->method != CLIENT_AUTH_NONE && !failures_check(&attempt, error))
		return (false);
	if (proof_check(call, method, &proof, out, error))
		return (true);
	if (error->code == OAUTH_INVALID_CLIENT)
		client_failures_count(&attempt, clock_monotonic_ms());
	return (false);
}
