/* THE TABLE of every setting, and its reading: defaults, a file, the environment, files named by
 * the environment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"
#include "settings.h"

struct settings settings;

enum { SETTING_VALUE_MAX = 2048, SETTINGS_MAX = 64, SETTINGS_BYTES_MAX = 1 << 20 };

#define AT(name) #name, offsetof(struct settings, name)

const struct setting settings_table[] = {
    {AT(base_url), SETTING_TEXT, "http://localhost:8080", NULL, false,
	"Issuer of the first realm; https but on loopback, no trailing slash"},
    {AT(listen_address), SETTING_TEXT, "127.0.0.1", NULL, false, "Address of the public listener"},
    {AT(listen_port), SETTING_INTEGER, "8080", "1-65535", false, "Port of the public listener"},
    {AT(operations_address), SETTING_TEXT, "127.0.0.1", NULL, false,
	"Address of the listener for health and metrics"},
    {AT(operations_port), SETTING_INTEGER, "8081", "1-65535", false,
	"Port of the listener for health and metrics"},
    {AT(database_url), SETTING_SECRET, "", NULL, false,
	"PostgreSQL connection string of the service's role"},
    {AT(migration_database_url), SETTING_SECRET, "", NULL, false,
	"Connection string of the schema's owner, for `latchkey migrate`; empty: database_url"},
    {AT(key_encryption_key), SETTING_SECRET, "", NULL, false,
	"32 bytes in base64url that seal the keys in the database; losing it loses them"},
    {AT(workers), SETTING_INTEGER, "0", "0-64", false, "Worker processes; 0: one per core"},
    {AT(database_read_connections), SETTING_INTEGER, "2", "1-32", false,
	"Connections for reading, per worker"},
    {AT(database_write_connections), SETTING_INTEGER, "4", "1-32", false,
	"Connections for writing, per worker"},
    {AT(database_deadline_ms), SETTING_INTEGER, "2000", "100-30000", false,
	"Longest time for one unit of work in the database, milliseconds"},
    {AT(password_memory_kib), SETTING_INTEGER, "19456", "8192-1048576", false,
	"Memory of one Argon2id hash, KiB"},
    {AT(password_passes), SETTING_INTEGER, "2", "1-10", false, "Passes of Argon2id"},
    {AT(password_lanes), SETTING_INTEGER, "1", "1-4", false, "Lanes of Argon2id"},
    {AT(password_slots), SETTING_INTEGER, "0", "0-64", false,
	"Hashes at once on this node; 0: one core less than there are, at least one"},
    {AT(password_wait_ms), SETTING_INTEGER, "2000", "100-30000", false,
	"Longest wait for a slot before a sign-in is answered with 503, milliseconds"},
    {AT(outgoing_allow), SETTING_TEXT, "", NULL, false,
	"host:port (or host:*) between spaces that a client's jwks_uri may name though it is http, "
	"private or another port"},
    {AT(client_failures), SETTING_INTEGER, "-1", "-1-200", false,
	"Failed authentications of a client from one address in a minute before 429; 0: no limit; "
	"-1: 20, but none with a base_url of https, where a proxy's address is everybody's"},
    {AT(log_format), SETTING_CHOICE, "json", "json|human", false, "Form of the log's lines"},
    {AT(log_level), SETTING_CHOICE, "info", "debug|info|warning|error", false,
	"Least level that is logged"},
    {AT(drain_seconds), SETTING_INTEGER, "20", "0-300", false,
	"Longest time for requests in flight when stopping"},
    {AT(drain_delay_ms), SETTING_INTEGER, "0", "0-60000", false,
	"Not ready but still accepting when stopping: time for a load balancer to look away"},
    {AT(dev), SETTING_BOOLEAN, "false", NULL, true, "Serve the demo application"},
    {AT(demo_client_id), SETTING_TEXT, "", NULL, true, "Public client of the demo application"},
    {AT(demo_backend_client_id), SETTING_TEXT, "", NULL, true,
	"Confidential client of the demo application's backend"},
    {AT(demo_backend_client_secret), SETTING_SECRET, "", NULL, true, "Its secret"},
    {AT(seccomp_trace), SETTING_BOOLEAN, "false", NULL, true,
	"Log forbidden system calls instead of dying of them"},
    {AT(test_clock_shift), SETTING_INTEGER, "0", "-99999999-99999999", true,
	"Seconds added to this node's clock"},
    {AT(test_database_clock_shift), SETTING_INTEGER, "0", "-99999999-99999999", true,
	"Seconds added to the database's clock"},
};
const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

static const char *sources[SETTINGS_MAX];
static struct arena *values; /* lives as long as the process: settings are read once */

static const struct setting *
settings_find(const char *name)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (strcmp(settings_table[i].name, name) == 0)
			return (&settings_table[i]);
	return (NULL);
}

/* "LOW-HIGH"; LOW may be negative. */
static bool
range_has(const char *range, long long value)
{
	char *end;
	long long low, high;

	low = strtoll(range, &end, 10);
	high = strtoll(end + 1, NULL, 10);
	return (value >= low && value <= high);
}

static bool
choice_has(const char *choices, const char *value)
{
	size_t length = strlen(value);
	const char *at;

	for (at = choices; at != NULL; at = strchr(at, '|')) {
		at += *at == '|';
		if (strncmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0'))
			return (length > 0);
	}
	return (false);
}

static bool
setting_refuse(const struct setting *setting, const char *value, const char *allowed, char *error,
    size_t error_size)
{
	snprintf(error, error_size, "%s = %s: allowed is %s", setting->name,
	    setting->type == SETTING_SECRET ? "***" : value, allowed);
	return (false);
}

bool
settings_set(
    const char *name, const char *value, const char *source, char *error, size_t error_size)
{
	const struct setting *setting;
	long long number;
	void *place;

	if ((setting = settings_find(name)) == NULL) {
		snprintf(error, error_size,
		    "%s: there is no such setting (`latchkey config` lists them)", name);
		return (false);
	}
	if (strlen(value) > SETTING_VALUE_MAX)
		return (setting_refuse(setting, "(long)", "at most 2048 bytes", error, error_size));

	place = (char *)&settings + setting->offset;
	switch (setting->type) {
	case SETTING_INTEGER:
		if (!text_parse_integer(value, -99999999, 99999999999, &number) ||
		    !range_has(setting->allowed, number))
			return (
			    setting_refuse(setting, value, setting->allowed, error, error_size));
		*(long long *)place = number;
		break;
	case SETTING_BOOLEAN:
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return (setting_refuse(setting, value, "true|false", error, error_size));
		*(bool *)place = strcmp(value, "true") == 0;
		break;
	case SETTING_CHOICE:
		if (!choice_has(setting->allowed, value))
			return (
			    setting_refuse(setting, value, setting->allowed, error, error_size));
		/* FALLTHROUGH */
	case SETTING_TEXT:
	case SETTING_SECRET:
		*(const char **)place = arena_string(values, value);
		break;
	}
	sources[setting - settings_table] = source;
	return (true);
}

/* One `name = value` a line; # begins a comment; values run to the end of the line. */
static bool
settings_load_line(char *line, const char *file, int number, char *error, size_t error_size)
{
	char *name, *value, *end, wrong[512];

	name = line + strspn(line, " \t");
	name[strcspn(name, "\r\n")] = '\0';
	if (*name == '\0' || *name == '#')
		return (true);
	if ((value = strchr(name, '=')) == NULL) {
		snprintf(error, error_size, "%s:%d: expected `name = value`", file, number);
		return (false);
	}
	for (end = value; end > name && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	value++;
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	if (settings_set(name, value, "file", wrong, sizeof(wrong)))
		return (true);
	snprintf(error, error_size, "%s:%d: %s", file, number, wrong);
	return (false);
}

static bool
settings_load_file(const char *file, char *error, size_t error_size)
{
	char line[SETTING_VALUE_MAX + 128];
	bool ok = true;
	int number = 0;
	FILE *in;

	if ((in = fopen(file, "r")) == NULL) {
		snprintf(error, error_size, "%s: %s", file, strerror(errno));
		return (false);
	}
	while (ok && fgets(line, sizeof(line), in) != NULL)
		ok = settings_load_line(line, file, ++number, error, error_size);
	fclose(in);
	return (ok);
}

/* The first line of a file; for secrets that must not stand in the environment. */
static bool
settings_read_value(const char *file, char *value, size_t size, char *error, size_t error_size)
{
	FILE *in;

	if ((in = fopen(file, "r")) == NULL || fgets(value, (int)size, in) == NULL) {
		snprintf(error, error_size, "%s: %s", file, in == NULL ? strerror(errno) : "empty");
		if (in != NULL)
			fclose(in);
		return (false);
	}
	fclose(in);
	value[strcspn(value, "\r\n")] = '\0';
	return (true);
}

static void
environment_name(const struct setting *setting, const char *suffix, char *out, size_t size)
{
	char *at;

	snprintf(out, size, "LATCHKEY_%s%s", setting->name, suffix);
	for (at = out; *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
}

/* LATCHKEY_X, then LATCHKEY_X_FILE, then a systemd credential of the setting's name. A secret is
 * wiped where it stood: /proc shows the environment as long as the process lives. */
static bool
settings_load_environment(const struct setting *setting, char *error, size_t error_size)
{
	char name[96], value[SETTING_VALUE_MAX + 2], path[512], *from;
	bool is_set;

	environment_name(setting, "", name, sizeof(name));
	if ((from = getenv(name)) != NULL) {
		is_set = settings_set(setting->name, from, "environment", error, error_size);
		if (setting->type == SETTING_SECRET)
			secret_wipe(from, strlen(from));
		return (is_set);
	}
	environment_name(setting, "_FILE", name, sizeof(name));
	if ((from = getenv(name)) != NULL)
		return (settings_read_value(from, value, sizeof(value), error, error_size) &&
			settings_set(setting->name, value, "environment file", error, error_size));
	if (setting->type == SETTING_SECRET && (from = getenv("CREDENTIALS_DIRECTORY")) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", from, setting->name);
		if (access(path, R_OK) == 0)
			return (
			    settings_read_value(path, value, sizeof(value), error, error_size) &&
			    settings_set(setting->name, value, "credential", error, error_size));
	}
	return (true);
}

bool
settings_load(const char *file, char *error, size_t error_size)
{
	size_t i;

	if (values == NULL)
		values = arena_create(SETTINGS_BYTES_MAX);
	for (i = 0; i < settings_count; i++)
		if (!settings_set(settings_table[i].name, settings_table[i].initial, "default",
			error, error_size))
			return (false);
	if (file != NULL && !settings_load_file(file, error, error_size))
		return (false);
	for (i = 0; i < settings_count; i++)
		if (!settings_load_environment(&settings_table[i], error, error_size))
			return (false);
	return (true);
}

const char *
settings_value(const struct setting *setting, char *buffer, size_t size)
{
	const void *place = (const char *)&settings + setting->offset;

	switch (setting->type) {
	case SETTING_INTEGER:
		snprintf(buffer, size, "%lld", *(const long long *)place);
		break;
	case SETTING_BOOLEAN:
		snprintf(buffer, size, "%s", *(const bool *)place ? "true" : "false");
		break;
	case SETTING_SECRET:
		snprintf(buffer, size, "%s", **(const char *const *)place == '\0' ? "" : "***");
		break;
	default:
		snprintf(buffer, size, "%s", *(const char *const *)place);
		break;
	}
	return (buffer);
}

const char *
settings_source(const struct setting *setting)
{
	return (sources[setting - settings_table]);
}
