/* client_secret_post: id and secret in the body (RFC 6749, 2.3.1). */
#include "oauth/client_auth.h"

static bool
post_is_tried(struct call *call, const struct form *form)
{
	(void)call;
	return (form_value(form, "client_secret") != NULL);
}

static bool
post_read(
    struct call *call, const struct form *form, struct client_proof *out, struct oauth_error *error)
{
	const char *client_id = form_value(form, "client_id");

	(void)call;
	if (client_id == NULL)
		return (client_auth_refuse(error, "secret_without_client"));
	out->client_id = client_id;
	out->secret = form_value(form, "client_secret");
	return (true);
}

const struct client_authentication client_authentication_post = {
    .method = CLIENT_AUTH_SECRET_POST,
    .name = "client_secret_post",
    .is_tried = post_is_tried,
    .read = post_read,
    .verify = client_secret_verify,
};
