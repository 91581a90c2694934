/* Files of .run: what the starts before made up, for the next start, for scripts, for the other
 * commands. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/json.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/dev_postgres.h"
#include "cli/dev_record.h"
#include "settings.h"

enum { PASSWORD_RANDOM_BYTES = 15, RECORD_BYTES_MAX = 16384 };

static const char *
record_path(struct arena *arena, const struct dev_place *place, const char *name)
{
	return (arena_format(arena, "%s/%s", place->run, name));
}

/* The whole file, or NULL when it cannot be read. */
static char *
file_read(struct arena *arena, const char *path)
{
	char *text = arena_alloc(arena, RECORD_BYTES_MAX + 1);
	FILE *in;

	if ((in = fopen(path, "re")) == NULL)
		return (NULL);
	text[fread(text, 1, RECORD_BYTES_MAX, in)] = '\0';
	fclose(in);
	return (text);
}

/* Replaces the file in one step, so that nobody reads half of it. */
static bool
file_write(struct arena *arena, const char *path, const char *text)
{
	const char *fresh = arena_format(arena, "%s.new", path);
	size_t length = strlen(text);
	bool ok = false;
	int fd;

	unlink(fresh);
	if ((fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) != -1) {
		ok = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
		ok = close(fd) == 0 && ok && rename(fresh, path) == 0;
	}
	if (!ok)
		cli_fail(CLI_CONFIGURATION, "%s: %s", path, strerror(errno));
	return (ok);
}

static const char *
random_text(struct arena *arena, size_t bytes)
{
	struct secret secret = secret_random(arena, bytes);

	return (base64url_encode(arena, secret.bytes, secret.length));
}

static bool
key_read(struct arena *arena, const struct dev_place *place, struct dev_seed *seed)
{
	char *key = file_read(arena, record_path(arena, place, "key_encryption_key"));
	size_t length;
	uint8_t *bytes;

	if (key == NULL)
		return (false);
	key[strcspn(key, "\n")] = '\0';
	seed->key_encryption_key = key;
	return (
	    base64url_decode(arena, key, strlen(key), &bytes, &length) && length == SEAL_KEY_BYTES);
}

static bool
account_read(struct arena *arena, const json_t *json, struct dev_account *account)
{
	account->password = arena_string(arena, member_text(json, "password"));
	return (account->password != NULL);
}

static bool
secrets_read(struct arena *arena, const json_t *json, struct dev_seed *seed)
{
	const json_t *users = member_array(json, "users");
	const json_t *confidential = member_object(member_object(json, "clients"), "confidential");
	size_t i;

	if (json_array_size(users) != DEV_USERS - 1 ||
	    !account_read(arena, member_object(json, "administrator"), &seed->users[0]))
		return (false);
	for (i = 1; i < DEV_USERS; i++)
		if (!account_read(arena, json_array_get(users, i - 1), &seed->users[i]))
			return (false);
	seed->confidential_client_secret =
	    arena_string(arena, member_text(confidential, "client_secret"));
	return (seed->confidential_client_secret != NULL);
}

static bool
record_read(struct arena *arena, const struct dev_place *place, struct dev_seed *seed)
{
	const char *text = file_read(arena, record_path(arena, place, "dev.json"));
	const char *error;
	json_t *json;
	bool ok;

	if (text == NULL || (json = parse_json(text, strlen(text), &error)) == NULL)
		return (false);
	ok = secrets_read(arena, json, seed);
	json_decref(json);
	return (ok);
}

static void
secrets_invent(struct arena *arena, struct dev_seed *seed)
{
	int i;

	for (i = 0; i < DEV_USERS; i++)
		seed->users[i].password = random_text(arena, PASSWORD_RANDOM_BYTES);
	seed->confidential_client_secret = bearer_create(arena, "lk_cs_");
}

bool
dev_record_is_gone(struct arena *arena, const struct dev_place *place)
{
	return (access(record_path(arena, place, "key_encryption_key"), F_OK) == -1 &&
		access(record_path(arena, place, "dev.json"), F_OK) == -1);
}

bool
dev_record_load(
    struct arena *arena, const struct dev_place *place, bool has_data, struct dev_seed *seed)
{
	bool has_record, has_key;

	dev_seed_init(arena, seed);
	has_record = record_read(arena, place, seed);
	has_key = key_read(arena, place, seed);
	if (has_data && (!has_record || !has_key)) {
		cli_fail(CLI_CONFIGURATION,
		    "%s/%s is gone or damaged, and what is in the database needs it: `make "
		    "clean-run` starts afresh",
		    place->run, has_record ? "key_encryption_key" : "dev.json");
		return (false);
	}
	if (!has_record)
		secrets_invent(arena, seed);
	if (!has_key)
		seed->key_encryption_key = random_text(arena, SEAL_KEY_BYTES);
	return (true);
}

static void
write_account(struct json_writer *writer, const char *name, const struct dev_account *account)
{
	writer_object_begin(writer, name);
	writer_text(writer, "login", account->login);
	writer_text(writer, "password", account->password);
	writer_text(writer, "name", account->name);
	writer_text(writer, "email", account->email);
	writer_object_end(writer);
}

static void
write_clients(struct json_writer *writer, const struct dev_seed *seed)
{
	writer_object_begin(writer, "clients");
	writer_object_begin(writer, "public");
	writer_text(writer, "client_id", seed->public_client_id);
	writer_object_end(writer);
	writer_object_begin(writer, "confidential");
	writer_text(writer, "client_id", seed->confidential_client_id);
	writer_text(writer, "client_secret", seed->confidential_client_secret);
	writer_text(writer, "redirect_uri", seed->confidential_redirect_uri);
	writer_object_end(writer);
	writer_object_end(writer);
}

static const char *
record_text(struct arena *arena, const struct dev_place *place, const struct dev_seed *seed)
{
	const char *operations = arena_format(
	    arena, "http://%s:%lld", settings.operations_address, settings.operations_port);
	struct json_writer writer;
	struct text text;
	int i;

	text_init(&text, arena, RECORD_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "issuer", settings.base_url);
	writer_text(&writer, "demo", arena_format(arena, "%s/demo", settings.base_url));
	writer_text(&writer, "operations", operations);
	writer_text(&writer, "metrics", arena_format(arena, "%s/metrics", operations));
	writer_text(&writer, "config", record_path(arena, place, "latchkey.conf"));
	write_account(&writer, "administrator", &seed->users[0]);
	writer_array_begin(&writer, "users");
	for (i = 1; i < DEV_USERS; i++)
		write_account(&writer, NULL, &seed->users[i]);
	writer_array_end(&writer);
	write_clients(&writer, seed);
	writer_object_end(&writer);
	text_add(&text, "\n");
	return (text.data);
}

static const char *
config_text(struct arena *arena, const struct dev_place *place, const struct dev_seed *seed)
{
	char owner[DEV_PATH_MAX + 64], service[DEV_PATH_MAX + 64];

	dev_postgres_url(place, DEV_OWNER, owner);
	dev_postgres_url(place, DEV_SERVICE, service);
	return (arena_format(arena,
	    "# Written by `latchkey dev` at each start: the other commands work on its data with "
	    "it, while it runs.\n"
	    "#   latchkey client create --config .run/latchkey.conf --file client.json\n"
	    "base_url = %s\nlisten_port = %lld\noperations_port = %lld\ndatabase_url = "
	    "%s\nmigration_database_url = %s\nkey_encryption_key = %s\noutgoing_allow = %s\n"
	    "log_format = human\n",
	    settings.base_url, settings.listen_port, settings.operations_port, service, owner,
	    seed->key_encryption_key, settings.outgoing_allow));
}

bool
dev_record_save(struct arena *arena, const struct dev_place *place, const struct dev_seed *seed)
{
	const char *key = arena_format(arena, "%s\n", seed->key_encryption_key);

	return (file_write(arena, record_path(arena, place, "key_encryption_key"), key) &&
		file_write(arena, record_path(arena, place, "latchkey.conf"),
		    config_text(arena, place, seed)) &&
		file_write(
		    arena, record_path(arena, place, "dev.json"), record_text(arena, place, seed)));
}
