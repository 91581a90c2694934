/* Browser sessions. */
#include "sessions/sessions.h"

#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "realms/realms.h"

enum { COOKIE_BYTES = 32, COOKIE_TEXT = 43, MICROSECONDS = 1000000 };

/* The idle limit moves when more than a tenth of it is used up. */
enum { EXTEND_AFTER_PART = 10 };

struct extension {
	struct uuid realm, session;
	int64_t idle_lifetime;
};

/* False: not a cookie value of ours, so it stands for nothing. */
static bool
cookie_digest(const char *cookie, uint8_t out[SHA256_BYTES])
{
	if (strnlen(cookie, COOKIE_TEXT + 1) != COOKIE_TEXT)
		return (false);
	sha256(cookie, COOKIE_TEXT, out);
	return (true);
}

static void
extension_run(struct call *call, void *argument)
{
	const struct extension *extension = argument;
	struct db_rows rows;

	(void)db_run(call, STATEMENT_sessions_extend,
	    DB_VALUES(db_uuid(&extension->realm), db_uuid(&extension->session),
		db_integer(call, extension->idle_lifetime)),
	    &rows);
}

static void
extension_finished(struct call *call)
{
	(void)call;
}

/* Nobody waits for it: if it fails, the next visit extends. */
static void
extend_later(const struct realm *realm, const struct uuid *session)
{
	struct arena *arena = arena_create(CALL_ARENA_MAX);
	struct extension *extension = arena_alloc(arena, sizeof(*extension));

	extension->realm = realm->id;
	extension->session = *session;
	extension->idle_lifetime = realm->session_idle_lifetime;
	(void)call_start_with(arena, NULL, extension_run, extension, extension_finished, NULL);
}

static bool
is_due(const struct realm *realm, int64_t now, int64_t idle_expires_at, int64_t expires_at)
{
	int64_t idle = realm->session_idle_lifetime * MICROSECONDS;

	return (idle_expires_at < expires_at &&
		idle_expires_at - now < idle - idle / EXTEND_AFTER_PART);
}

enum result
sessions_find(
    struct call *call, const char *cookie, const struct uuid *client, struct session_view *out)
{
	uint8_t digest[SHA256_BYTES];
	struct db_rows rows;
	enum result result;

	if (!cookie_digest(cookie, digest))
		return (RESULT_NOT_FOUND);
	result = db_run(call, STATEMENT_sessions_find,
	    DB_VALUES(db_uuid(&call->realm->id), db_bytes(digest, sizeof(digest)), db_uuid(client)),
	    &rows);
	if (result != RESULT_OK)
		return (result);
	out->session.id = row_uuid(&rows, 0, 0);
	out->session.user_id = row_uuid(&rows, 0, 1);
	out->session.auth_time = row_time(&rows, 0, 2);
	out->session.amr = row_text(&rows, 0, 3);
	out->session.acr = row_text(&rows, 0, 4);
	out->now = row_time(&rows, 0, 5);
	out->consented_scope = row_text(&rows, 0, 8);
	user_from_row(call, &rows, 0, 9, &out->user);
	if (is_due(call->realm, out->now, row_time(&rows, 0, 6), row_time(&rows, 0, 7)))
		extend_later(call->realm, &out->session.id);
	return (RESULT_OK);
}

enum result
sessions_create(struct call *call, const struct user *user, const char *amr, const char *acr,
    const char *old_cookie, struct session *out, const char **cookie)
{
	struct uuid id = uuid_create(), event = uuid_create(), replacement_event = uuid_create();
	struct secret fresh = secret_random(call->arena, COOKIE_BYTES);
	char *value = base64url_encode(call->arena, fresh.bytes, fresh.length);
	uint8_t digest[SHA256_BYTES], old_digest[SHA256_BYTES];
	bool has_old = old_cookie != NULL && cookie_digest(old_cookie, old_digest);
	struct db_rows rows;
	enum result result;

	sha256(value, COOKIE_TEXT, digest);
	result = db_run(call, STATEMENT_sessions_create,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&id), db_bytes(digest, sizeof(digest)),
		db_uuid(&user->id), db_integer(call, user->epoch), db_text(amr), db_text(acr),
		db_integer(call, call->realm->session_idle_lifetime),
		db_integer(call, call->realm->session_absolute_lifetime),
		has_old ? db_bytes(old_digest, sizeof(old_digest)) : db_null(), db_uuid(&event),
		db_uuid(&replacement_event)),
	    &rows);
	if (result != RESULT_OK)
		return (result);
	*out = (struct session){.id = id,
	    .user_id = user->id,
	    .auth_time = row_time(&rows, 0, 0),
	    .amr = arena_string(call->arena, amr),
	    .acr = arena_string(call->arena, acr)};
	*cookie = value;
	return (RESULT_OK);
}

enum result
sessions_end(struct call *call, const struct uuid *id, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_sessions_end,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(id), db_text(reason), db_uuid(&event)),
	    &rows));
}
