/* none: a public client names itself (RFC 6749, 3.2.1). */
#include "oauth/client_auth.h"

#include "web/request.h"

static bool
none_is_tried(struct call *call, const struct form *form)
{
	return (form_value(form, "client_id") != NULL &&
		form_value(form, "client_secret") == NULL &&
		form_value(form, "client_assertion") == NULL &&
		form_value(form, "client_assertion_type") == NULL &&
		request_header_count(call->request, "authorization") == 0);
}

static bool
none_read(
    struct call *call, const struct form *form, struct client_proof *out, struct oauth_error *error)
{
	(void)call;
	(void)error;
	out->client_id = form_value(form, "client_id");
	return (true);
}

/* It has nothing to prove itself with. */
static bool
none_verify(struct call *call, const struct client *client, const struct client_proof *proof,
    struct oauth_error *error)
{
	(void)call;
	(void)client;
	(void)proof;
	(void)error;
	return (true);
}

const struct client_authentication client_authentication_none = {
    .method = CLIENT_AUTH_NONE,
    .name = "none",
    .is_tried = none_is_tried,
    .read = none_read,
    .verify = none_verify,
};
