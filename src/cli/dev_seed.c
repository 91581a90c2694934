/* A realm, an administrator, two people and two clients to try things with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
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

enum { PASSWORD_RANDOM_BYTES = 15, SEED_FILE_MAX = 16384, SEED_METADATA_MAX = 4096 };

static const struct dev_account accounts[DEV_USERS] = {
    {"admin", NULL, "Ada Administrator", "admin@example.org"},
    {"alice", NULL, "Alice Example", "alice@example.org"},
    {"bob", NULL, "Bob Example", "bob@example.org"},
};

/* The whole file, or NULL when it is not there. */
static char *
file_read(struct arena *arena, const char *path)
{
	char *text = arena_alloc(arena, SEED_FILE_MAX + 1);
	size_t length;
	FILE *in;

	if ((in = fopen(path, "r")) == NULL)
		return (NULL);
	length = fread(text, 1, SEED_FILE_MAX, in);
	text[length] = '\0';
	fclose(in);
	return (text);
}

/* Replaces the file in one step, so that nobody reads half of it. */
static bool
file_write(struct arena *arena, const char *path, const char *text)
{
	const char *fresh = arena_format(arena, "%s.new", path);
	size_t length = strlen(text);
	bool ok;
	int fd;

	if ((fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) == -1) {
		cli_fail(CLI_CONFIGURATION, "%s: %s", fresh, strerror(errno));
		return (false);
	}
	ok = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
	close(fd);
	return (ok && rename(fresh, path) == 0);
}

static const char *
random_text(struct arena *arena, size_t bytes)
{
	struct secret secret = secret_random(arena, bytes);

	return (base64url_encode(arena, secret.bytes, secret.length));
}

static bool
key_load(struct arena *arena, const struct dev_place *place, struct dev_seed *seed)
{
	const char *path = arena_format(arena, "%s/key_encryption_key", place->run);
	char *key = file_read(arena, path);

	if (key == NULL) {
		seed->key_encryption_key = random_text(arena, SEAL_KEY_BYTES);
		return (
		    file_write(arena, path, arena_format(arena, "%s\n", seed->key_encryption_key)));
	}
	key[strcspn(key, "\n")] = '\0';
	seed->key_encryption_key = key;
	return (true);
}

static void
seed_invent(struct arena *arena, struct dev_seed *seed)
{
	int i;

	for (i = 0; i < DEV_USERS; i++)
		seed->users[i].password = random_text(arena, PASSWORD_RANDOM_BYTES);
	seed->confidential_client_secret = bearer_create(arena, "lk_cs_");
	seed->is_first_start = true;
}

/* What an earlier start made up. */
static bool
seed_remember(struct arena *arena, const char *text, struct dev_seed *seed)
{
	const char *error, *password, *secret;
	const json_t *users, *client;
	json_t *json;
	size_t i;
	bool ok;

	if ((json = parse_json(text, strlen(text), &error)) == NULL)
		return (false);
	users = member_array(json, "users");
	client = member_object(json, "confidential_client");
	secret = client == NULL ? NULL : member_text(client, "client_secret");
	ok = secret != NULL && json_array_size(users) == DEV_USERS;
	for (i = 0; ok && i < DEV_USERS; i++) {
		password = member_text(json_array_get(users, i), "password");
		ok = password != NULL;
		seed->users[i].password = arena_string(arena, password);
	}
	seed->confidential_client_secret = arena_string(arena, secret);
	json_decref(json);
	return (ok);
}

bool
dev_seed_load(struct arena *arena, const struct dev_place *place, struct dev_seed *seed)
{
	const char *path = arena_format(arena, "%s/dev.json", place->run);
	const char *text = file_read(arena, path);

	memcpy(seed->users, accounts, sizeof(accounts));
	/* Redirect URIs are compared byte by byte, so another port is another client. */
	seed->public_client_id = settings.listen_port == 8080
				     ? "demo"
				     : arena_format(arena, "demo-%lld", settings.listen_port);
	seed->confidential_client_id = "demo-backend";
	if (text == NULL) {
		seed_invent(arena, seed);
	} else if (!seed_remember(arena, text, seed)) {
		cli_fail(
		    CLI_CONFIGURATION, "%s cannot be read; `make clean-run` starts afresh", path);
		return (false);
	}
	return (key_load(arena, place, seed));
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
seed_client(struct call *call, const char *metadata)
{
	struct client_registration registration = {0};
	const char *error;
	enum result result;
	json_t *json;

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
	    "\"response_types\":[\"code\"],\"redirect_uris\":[\"http://localhost:3000/callback\"],"
	    "\"post_logout_redirect_uris\":[\"http://localhost:3000/\"],"
	    "\"scope\":\"openid profile email phone offline_access\"}",
	    seed->confidential_client_id, seed->confidential_client_secret));
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
	if ((code = seed_client(call, metadata_public(call, seed))) != CLI_OK)
		return (code);
	return (seed_client(call, metadata_confidential(call, seed)));
}

int
dev_seed_run(const struct dev_seed *seed)
{
	return (start_run_call(NULL, seed_work, (void *)(uintptr_t)seed));
}

static void
write_clients(struct json_writer *writer, const struct dev_seed *seed)
{
	writer_object_begin(writer, "public_client");
	writer_text(writer, "client_id", seed->public_client_id);
	writer_object_end(writer);
	writer_object_begin(writer, "confidential_client");
	writer_text(writer, "client_id", seed->confidential_client_id);
	writer_text(writer, "client_secret", seed->confidential_client_secret);
	writer_object_end(writer);
}

bool
dev_seed_save(struct arena *arena, const struct dev_place *place, const struct dev_seed *seed)
{
	struct json_writer writer;
	struct text text;
	int i;

	text_init(&text, arena, SEED_FILE_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "issuer", settings.base_url);
	writer_text(&writer, "operations",
	    arena_format(
		arena, "http://%s:%lld", settings.operations_address, settings.operations_port));
	writer_text(&writer, "metrics",
	    arena_format(arena, "http://%s:%lld/metrics", settings.operations_address,
		settings.operations_port));
	writer_text(&writer, "administrator", seed->users[0].login);
	writer_text(&writer, "database", settings.database_url);
	writer_array_begin(&writer, "users");
	for (i = 0; i < DEV_USERS; i++) {
		writer_object_begin(&writer, NULL);
		writer_text(&writer, "login", seed->users[i].login);
		writer_text(&writer, "password", seed->users[i].password);
		writer_object_end(&writer);
	}
	writer_array_end(&writer);
	write_clients(&writer, seed);
	writer_object_end(&writer);
	text_add(&text, "\n");
	return (file_write(arena, arena_format(arena, "%s/dev.json", place->run), text.data));
}
