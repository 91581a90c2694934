/* What the methods with a secret share: is it one of the client's live ones? */
#include "oauth/client_auth.h"

bool
client_secret_verify(struct call *call, const struct client *client,
    const struct client_proof *proof, struct oauth_error *error)
{
	enum client_secret_verdict verdict = clients_check_secret(call, client, proof->secret);

	if (verdict == CLIENT_SECRET_WRONG && proof->raw_secret != NULL)
		verdict = clients_check_secret(call, client, proof->raw_secret);
	switch (verdict) {
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
