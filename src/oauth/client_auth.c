/* Which method a request uses, whether it may, and whether the proof is right. */
#include "oauth/client_auth.h"

#include <string.h>

#include "base/text.h"

/* THE TABLE of methods; discovery announces it. */
const struct client_authentication *const client_authentications[] = {
    &client_authentication_basic,
    &client_authentication_post,
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
	/* Not spoken here, but it counts: beside another method it makes the request invalid. */
	size_t tried = form_value(form, "client_assertion") != NULL, i;

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
		client_auth_refuse(error, tried == 1 ? "client_assertion" : "no_client");
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

static bool
secret_check(struct call *call, const struct client *client, const struct client_proof *proof,
    struct oauth_error *error)
{
	if (proof->secret == NULL)
		return (true);
	switch (clients_check_secret(call, client, proof->secret)) {
	case CLIENT_SECRET_RIGHT:
		return (true);
	case CLIENT_SECRET_WRONG:
		return (client_auth_refuse(error, "wrong_secret"));
	case CLIENT_SECRET_BUSY:
		break;
	}
	return (oauth_fail(error, OAUTH_TEMPORARILY_UNAVAILABLE, "secret_check_busy",
	    "The service cannot answer just now. Try again in a moment."));
}

bool
client_authenticate(struct call *call, const struct form *form, const struct client **out,
    struct oauth_error *error)
{
	const struct client_authentication *method;
	const char *named = form_value(form, "client_id");
	const struct client *client;
	struct client_proof proof;

	if ((method = method_choose(call, form, error)) == NULL)
		return (false);
	if (!method->read(call, form, &proof, error))
		return (false);
	if (named != NULL && !text_equal(named, proof.client_id))
		return (oauth_fail(error, OAUTH_INVALID_REQUEST, "two_client_ids",
		    "The client_id in the body is not that of the Authorization header."));
	if (!client_find(call, proof.client_id, &client, error))
		return (false);
	if (client->auth_method != method->method)
		return (client_auth_refuse(error, "other_client_authentication"));
	if (!secret_check(call, client, &proof, error))
		return (false);
	*out = client;
	return (true);
}
