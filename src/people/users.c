/* Users of a realm. */
#include "people/users.h"

#include <string.h>

#include "base/text.h"
#include "people/claim_forms.h"
#include "realms/realms.h"

int
user_from_row(struct call *call, const struct db_rows *rows, int row, int first, struct user *out)
{
	/* Text of a row lives as long as the call. */
	(void)call;
	out->id = row_uuid(rows, row, first++);
	out->login = row_text(rows, row, first++);
	out->email = row_text(rows, row, first++);
	out->email_verified = row_boolean(rows, row, first++);
	out->name = row_text(rows, row, first++);
	out->given_name = row_text(rows, row, first++);
	out->family_name = row_text(rows, row, first++);
	out->locale = row_text(rows, row, first++);
	out->zoneinfo = row_text(rows, row, first++);
	out->picture = row_text(rows, row, first++);
	out->phone_number = row_text(rows, row, first++);
	out->status = row_boolean(rows, row, first++) ? USER_ACTIVE : USER_DISABLED;
	out->password = row_text(rows, row, first++);
	out->updated_at = row_time(rows, row, first++);
	out->epoch = (int32_t)row_integer(rows, row, first++);
	out->middle_name = row_text(rows, row, first++);
	out->nickname = row_text(rows, row, first++);
	out->profile = row_text(rows, row, first++);
	out->website = row_text(rows, row, first++);
	out->gender = row_text(rows, row, first++);
	out->birthdate = row_text(rows, row, first++);
	out->phone_number_verified = row_boolean(rows, row, first++);
	out->address = row_text(rows, row, first++);
	return (first);
}

enum result
users_find_by_login(struct call *call, const char *login, struct user *out)
{
	size_t length = strlen(login);
	struct db_rows rows;
	enum result result;

	if (length == 0 || length > LOGIN_MAX || !text_is_utf8(login, length))
		return (RESULT_NOT_FOUND);
	result = db_run(call, STATEMENT_users_find_by_login,
	    DB_VALUES(db_uuid(&call->realm->id), db_text(login)), &rows);
	if (result == RESULT_OK)
		user_from_row(call, &rows, 0, 0, out);
	return (result);
}

enum result
users_find(struct call *call, const struct uuid *id, struct user *out)
{
	struct db_rows rows;
	enum result result;

	result = db_run(
	    call, STATEMENT_users_find, DB_VALUES(db_uuid(&call->realm->id), db_uuid(id)), &rows);
	if (result == RESULT_OK)
		user_from_row(call, &rows, 0, 0, out);
	return (result);
}

const char *
users_login_error(const char *login)
{
	if (login[0] == '\0')
		return ("login is empty");
	if (strlen(login) > LOGIN_MAX)
		return ("login is longer than 254 bytes");
	if (!claim_form_is_line(login))
		return ("login has control characters, spaces around it, or is not UTF-8");
	return (NULL);
}

const char *
users_email_error(const char *email)
{
	const char *at = strrchr(email, '@');

	if (strlen(email) > LOGIN_MAX)
		return ("email is longer than 254 bytes");
	if (at == NULL || at == email || at[1] == '\0' || strchr(email, ' ') != NULL ||
	    !claim_form_is_line(email))
		return ("email is not an address");
	return (NULL);
}

enum result
users_create(struct call *call, struct user *user)
{
	struct uuid id = uuid_create(), event = uuid_create();
	const char *error = users_login_error(user->login);
	struct db_rows rows;
	enum result result;

	if (error == NULL && user->email != NULL)
		error = users_email_error(user->email);
	if (error != NULL)
		return (call_fail(call, RESULT_FAILED, error));
	result = db_run(call, STATEMENT_users_create,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&id), db_text(user->login),
		db_text(user->email), db_boolean(user->email_verified), db_text(user->name),
		db_text(user->given_name), db_text(user->family_name), db_text(user->locale),
		db_text(user->zoneinfo), db_text(user->picture), db_text(user->phone_number),
		db_text(user->status == USER_ACTIVE ? "active" : "disabled"),
		db_text(user->password), db_uuid(&event)),
	    &rows);
	if (result != RESULT_OK)
		return (result);
	user->id = id;
	user->updated_at = row_time(&rows, 0, 0);
	user->epoch = (int32_t)row_integer(&rows, 0, 1);
	return (RESULT_OK);
}

enum result
users_set_password(struct call *call, const struct uuid *id, const char *phc, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_users_set_password,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(id), db_text(phc), db_text(reason),
		db_uuid(&event)),
	    &rows));
}

enum result
users_set_status(
    struct call *call, const struct uuid *id, enum user_status status, const char *reason)
{
	struct uuid event = uuid_create();
	struct db_rows rows;

	return (db_run(call, STATEMENT_users_set_status,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(id),
		db_text(status == USER_ACTIVE ? "active" : "disabled"), db_text(reason),
		db_uuid(&event)),
	    &rows));
}

enum result
users_rehash(struct call *call, const struct user *user, const char *phc)
{
	struct db_rows rows;

	return (db_run(call, STATEMENT_users_rehash,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&user->id), db_text(phc),
		db_text(user->password)),
	    &rows));
}

enum auth_gate
auth_gate(const struct user *user)
{
	return (user->status == USER_ACTIVE ? AUTH_GATE_OPEN : AUTH_GATE_DISABLED);
}
