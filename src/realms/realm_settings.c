/* THE TABLE of a realm's settings. */
#include "realms/realm_settings.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 366 * DAY, SCOPES_MAX = 1024 };

enum setting_kind {
	SETTING_SECONDS, /* int64_t of struct realm */
	SETTING_BOOLEAN, /* bool, false by default */
	SETTING_SCOPES	 /* const char * */
};

#define SECONDS(name, otherwise, least, most)                                                      \
	{                                                                                          \
#name, SETTING_SECONDS, offsetof(struct realm, name), otherwise, least, most       \
	}
#define BOOLEAN(name)                                                                              \
	{                                                                                          \
#name, SETTING_BOOLEAN, offsetof(struct realm, name), 0, 0, 0                      \
	}

static const struct realm_setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;
	int64_t otherwise, least, most; /* of seconds */
} settings[] = {
    SECONDS(access_token_lifetime, 300, 10, DAY),
    SECONDS(id_token_lifetime, 300, 10, DAY),
    SECONDS(refresh_idle_lifetime, 14 * DAY, MINUTE, YEAR),
    SECONDS(refresh_absolute_lifetime, 90 * DAY, MINUTE, 3 * YEAR),
    SECONDS(refresh_retry_window, 10, 0, 60),
    SECONDS(session_idle_lifetime, 8 * HOUR, MINUTE, YEAR),
    SECONDS(session_absolute_lifetime, 24 * HOUR, MINUTE, YEAR),
    SECONDS(code_lifetime, 60, 5, 600),
    BOOLEAN(userinfo_token_in_body),
    {"scopes", SETTING_SCOPES, offsetof(struct realm, scopes), 0, 0, 0},
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static const char scopes_default[] = "openid profile email address phone offline_access";

static const struct realm_setting *
setting_find(const char *name)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		if (text_equal(settings[i].name, name))
			return (&settings[i]);
	}
	return (NULL);
}

static bool
is_within(const struct realm_setting *setting, int64_t seconds)
{
	return (seconds >= setting->least && seconds <= setting->most);
}

bool
realms_lifetime_is_allowed(const char *name, int64_t seconds)
{
	const struct realm_setting *setting = setting_find(name);

	return (setting != NULL && setting->kind == SETTING_SECONDS && is_within(setting, seconds));
}

/* Without openid nobody could sign in anywhere. */
static bool
are_scopes(const char *list)
{
	return (list != NULL && strlen(list) <= SCOPES_MAX && text_list_is_well_formed(list) &&
		text_list_has(list, "openid"));
}

/* Sets the member of out to the value, or to the default. False: the value is not right. */
static bool
read_setting(struct arena *arena, const struct realm_setting *setting, const json_t *value,
    struct realm *out)
{
	char *member = (char *)out + setting->offset;
	const char *scopes = json_string_value(value);
	int64_t seconds = json_integer_value(value);
	bool is_right = false, is_set = json_is_true(value);

	switch (setting->kind) {
	case SETTING_SECONDS:
		is_right = json_is_integer(value) && is_within(setting, seconds);
		if (!is_right)
			seconds = setting->otherwise;
		memcpy(member, &seconds, sizeof(seconds));
		break;
	case SETTING_BOOLEAN:
		is_right = json_is_boolean(value);
		memcpy(member, &is_set, sizeof(is_set));
		break;
	case SETTING_SCOPES:
		is_right = are_scopes(scopes);
		scopes = arena_string(arena, is_right ? scopes : scopes_default);
		memcpy(member, &scopes, sizeof(scopes));
		break;
	}
	return (is_right);
}

void
realm_settings_read(struct arena *arena, const char *text, struct realm *out)
{
	const char *error = NULL;
	const json_t *value;
	json_t *document;
	size_t i;

	document = parse_json(text, strlen(text), &error);
	if (document == NULL)
		log_warning("realm settings cannot be read, defaults taken",
		    FIELD("realm", out->name), FIELD("error", error));
	for (i = 0; i < SETTINGS; i++) {
		value = json_object_get(document, settings[i].name);
		if (!read_setting(arena, &settings[i], value, out) && value != NULL)
			log_warning("realm setting out of bounds, default taken",
			    FIELD("realm", out->name), FIELD("setting", settings[i].name));
	}
	json_decref(document);
}

void
realm_settings_write(struct json_writer *writer, const struct realm *realm)
{
	const char *member, *scopes;
	int64_t seconds;
	bool is_set;
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		member = (const char *)realm + settings[i].offset;
		switch (settings[i].kind) {
		case SETTING_SECONDS:
			memcpy(&seconds, member, sizeof(seconds));
			writer_integer(writer, settings[i].name, seconds);
			break;
		case SETTING_BOOLEAN:
			memcpy(&is_set, member, sizeof(is_set));
			writer_boolean(writer, settings[i].name, is_set);
			break;
		case SETTING_SCOPES:
			memcpy(&scopes, member, sizeof(scopes));
			writer_text(writer, settings[i].name, scopes);
			break;
		}
	}
}

static const char *
setting_names(struct arena *arena)
{
	struct text names;
	size_t i;

	text_init(&names, arena, SETTINGS * 64);
	for (i = 0; i < SETTINGS; i++)
		text_list_add(&names, settings[i].name);
	return (names.data);
}

static const char *
scopes_json(struct arena *arena, const char *list)
{
	struct json_writer writer;
	struct text text;

	text_init(&text, arena, 2 * SCOPES_MAX + 2);
	writer_init(&writer, &text);
	writer_text(&writer, NULL, list);
	return (text.data);
}

const char *
realm_settings_complaint(
    struct arena *arena, const char *name, const char *value, const char **json)
{
	const struct realm_setting *setting = setting_find(name);
	long long seconds;

	if (setting == NULL)
		return (arena_format(arena, "%s is no setting of a realm; there are: %s", name,
		    setting_names(arena)));
	*json = NULL;
	if (text_equal(value, "default"))
		return (NULL);
	switch (setting->kind) {
	case SETTING_SECONDS:
		if (!text_parse_integer(value, setting->least, setting->most, &seconds))
			return (arena_format(arena, "%s is a number of seconds, %lld to %lld", name,
			    (long long)setting->least, (long long)setting->most));
		*json = arena_format(arena, "%lld", seconds);
		break;
	case SETTING_BOOLEAN:
		if (!text_equal(value, "true") && !text_equal(value, "false"))
			return (arena_format(arena, "%s is true or false", name));
		*json = arena_string(arena, value);
		break;
	case SETTING_SCOPES:
		if (!are_scopes(value))
			return (arena_format(arena,
			    "%s are words between single spaces, openid among them, %d bytes at "
			    "most",
			    name, SCOPES_MAX));
		*json = scopes_json(arena, value);
		break;
	}
	return (NULL);
}
