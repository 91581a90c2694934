/* A realm, an administrator, two people and two clients to try things with. */
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/dev_seed.h"
#include "cli/start.h"
#include "clients/clients.h"
#include "keys/keys.h"
#include "people/passwords.h"
#include "people/users.h"
#include "realms/realms.h"
#include "settings.h"

enum { FIRST_PORT = 8080 };

static const struct dev_account accounts[DEV_USERS] = {
    {"admin", NULL, "Ada Administrator", "admin@example.org"},
    {"alice", NULL, "Alice Example", "alice@example.org"},
    {"bob", NULL, "Bob Example", "bob@example.org"},
};

void
dev_seed_init(struct arena *arena, struct dev_seed *seed)
{
	memcpy(seed->users, accounts, sizeof(accounts));
	/* Redirect URIs are compared byte by byte, so another port is another client. */
	seed->public_client_id = settings.listen_port == FIRST_PORT
				     ? "demo"
				     : arena_format(arena, "demo-%lld", settings.listen_port);
	seed->confidential_client_id = "demo-backend";
	seed->confidential_redirect_uri = "http://localhost:3000/callback";
	seed->confidential_home = "http://localhost:3000/";
}

static int
seed_user(struct call *call, const struct dev_account *account)
{
	struct user user = {
	    .login = account->login,
	    .email = account->email,
	    .email_verified = true,
	    .name = account->name,
	    .locale = "en",
	};
	enum result result;

	result = users_find_by_login(call, account->login, &user);
	if (result != RESULT_NOT_FOUND)
		return (result == RESULT_OK ? CLI_OK : CLI_UNAVAILABLE);
	if (passwords_hash(call, account->password, &user.password) != RESULT_OK)
		return (cli_fail(CLI_INTERNAL, "cannot hash the password of %s", account->login));
	return (users_create(call, &user) == RESULT_OK ? CLI_OK : CLI_INTERNAL);
}

static int
seed_client(struct call *call, const char *client_id, const char *metadata)
{
	struct client_registration registration = {0};
	const struct client *client;
	const char *error;
	enum result result;
	json_t *json;

	if ((result = clients_find(call, client_id, &client)) != RESULT_NOT_FOUND)
		return (result == RESULT_OK ? CLI_OK : CLI_UNAVAILABLE);
	if ((json = parse_json(metadata, strlen(metadata), &error)) == NULL)
		return (cli_fail(CLI_INTERNAL, "demo client: %s", error));
	result = clients_register(call, json, &registration);
	json_decref(json);
	if (result == RESULT_OK && registration.error != NULL)
		return (cli_fail(CLI_INTERNAL, "demo client: %s", registration.error_description));
	return (result == RESULT_OK || result == RESULT_CONFLICT ? CLI_OK : CLI_UNAVAILABLE);
}

static const char *
metadata_public(struct call *call, const struct dev_seed *seed)
{
	return (arena_format(call->arena,
	    "{\"client_id\":\"%s\",\"client_name\":\"Demo "
	    "application\",\"token_endpoint_auth_method\":\"none\","
	    "\"grant_types\":[\"authorization_code\",\"refresh_token\"],\"response_types\":["
	    "\"code\"],"
	    "\"redirect_uris\":[\"%s/demo/callback\"],\"post_logout_redirect_uris\":[\"%s/demo\"],"
	    "\"scope\":\"openid profile email phone offline_access\",\"client_uri\":\"%s/demo\"}",
	    seed->public_client_id, settings.base_url, settings.base_url, settings.base_url));
}

static const char *
metadata_confidential(struct call *call, const struct dev_seed *seed)
{
	return (arena_format(call->arena,
	    "{\"client_id\":\"%s\",\"client_secret\":\"%s\",\"client_name\":\"Demo backend\","
	    "\"token_endpoint_auth_method\":\"client_secret_basic\","
	    "\"grant_types\":[\"authorization_code\",\"refresh_token\",\"client_credentials\"],"
	    "\"response_types\":[\"code\"],\"redirect_uris\":[\"%s\"],"
	    "\"post_logout_redirect_uris\":[\"%s\"],"
	    "\"scope\":\"openid profile email phone offline_access\"}",
	    seed->confidential_client_id, seed->confidential_client_secret,
	    seed->confidential_redirect_uri, seed->confidential_home));
}

static int
seed_work(struct call *call, void *argument)
{
	const struct dev_seed *seed = argument;
	struct uuid id;
	int code, i;

	if (call->realm == NULL && (realms_create(call, "main", "Latchkey", &id) != RESULT_OK ||
				       realms_find(call, "", false, &call->realm) != RESULT_OK))
		return (cli_fail(CLI_INTERNAL, "cannot make the first realm"));
	if (keys_ensure(call) != RESULT_OK)
		return (cli_fail(CLI_INTERNAL,
		    "cannot make the realm's keys; was .run/key_encryption_key replaced?"));
	for (i = 0; i < DEV_USERS; i++)
		if ((code = seed_user(call, &seed->users[i])) != CLI_OK)
			return (code);
	if ((code = seed_client(call, seed->public_client_id, metadata_public(call, seed))) !=
	    CLI_OK)
		return (code);
	return (seed_client(call, seed->confidential_client_id, metadata_confidential(call, seed)));
}

int
dev_seed_run(const struct dev_seed *seed)
{
	return (start_run_call(NULL, seed_work, (void *)(uintptr_t)seed));
}
