/* The settings of a realm: its jsonb document, with defaults and bounds. */
#include "realms/realm_settings.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 366 * DAY };

static const char scopes_default[] = "openid profile email address phone offline_access";

/* Seconds. */
static const struct lifetime {
	const char *name;
	size_t offset;
	int64_t otherwise, least, most;
} lifetimes[] = {
    {"access_token_lifetime", offsetof(struct realm, access_token_lifetime), 300, 10, DAY},
    {"id_token_lifetime", offsetof(struct realm, id_token_lifetime), 300, 10, DAY},
    {"refresh_idle_lifetime", offsetof(struct realm, refresh_idle_lifetime), 14 * DAY, MINUTE,
	YEAR},
    {"refresh_absolute_lifetime", offsetof(struct realm, refresh_absolute_lifetime), 90 * DAY,
	MINUTE, 3 * YEAR},
    {"refresh_retry_window", offsetof(struct realm, refresh_retry_window), 10, 0, 60},
    {"session_idle_lifetime", offsetof(struct realm, session_idle_lifetime), 8 * HOUR, MINUTE,
	YEAR},
    {"session_absolute_lifetime", offsetof(struct realm, session_absolute_lifetime), 24 * HOUR,
	MINUTE, YEAR},
    {"code_lifetime", offsetof(struct realm, code_lifetime), 60, 5, 600},
};

static bool
is_within(const struct lifetime *lifetime, int64_t seconds)
{
	return (seconds >= lifetime->least && seconds <= lifetime->most);
}

bool
realms_lifetime_is_allowed(const char *name, int64_t seconds)
{
	size_t i;

	for (i = 0; i < sizeof(lifetimes) / sizeof(lifetimes[0]); i++) {
		if (text_equal(lifetimes[i].name, name))
			return (is_within(&lifetimes[i], seconds));
	}
	return (false);
}

static int64_t
read_lifetime(const json_t *document, const struct lifetime *lifetime, const char *realm)
{
	int64_t value;

	if (json_object_get(document, lifetime->name) == NULL)
		return (lifetime->otherwise);
	if (member_integer(document, lifetime->name, &value) && is_within(lifetime, value))
		return (value);
	log_warning("realm setting out of bounds, default taken", FIELD("realm", realm),
	    FIELD("setting", lifetime->name));
	return (lifetime->otherwise);
}

void
realm_settings_read(struct arena *arena, const char *text, struct realm *out)
{
	const char *error = NULL, *scopes;
	json_t *document;
	int64_t value;
	size_t i;

	document = parse_json(text, strlen(text), &error);
	if (document == NULL)
		log_warning("realm settings cannot be read, defaults taken",
		    FIELD("realm", out->name), FIELD("error", error));
	for (i = 0; i < sizeof(lifetimes) / sizeof(lifetimes[0]); i++) {
		value = read_lifetime(document, &lifetimes[i], out->name);
		memcpy((char *)out + lifetimes[i].offset, &value, sizeof(value));
	}
	out->userinfo_token_in_body = member_boolean(document, "userinfo_token_in_body", false);
	scopes = member_text(document, "scopes");
	out->scopes = arena_string(arena, scopes != NULL ? scopes : scopes_default);
	json_decref(document);
}
