/* Users of a realm. */
#ifndef PEOPLE_USERS_H
#define PEOPLE_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "db/db.h"

enum user_status { USER_ACTIVE, USER_DISABLED };
/* Bytes. */
enum { LOGIN_MAX = 254, PASSWORD_MAX = 1024 };

struct user {
	struct uuid id;
	const char *login;
	/* NULL when none. */
	const char *email;
	bool email_verified;
	/* NULL when none. */
	const char *name, *given_name, *family_name, *locale, *zoneinfo, *picture, *phone_number;
	const char *middle_name, *nickname, *profile, *website, *gender, *birthdate;
	bool phone_number_verified;
	const char *address; /* a JSON object; NULL when none */
	enum user_status status;
	/* PHC string; NULL when none. */
	const char *password;
	/* Microseconds since 1970. */
	int64_t updated_at;
	/* Goes up when everything this person was given must end; sessions and grants carry it. */
	int32_t epoch;
};

/* By login name or e-mail, without regard to case. In the call's realm, as all here. */
enum result users_find_by_login(struct call *, const char *login, struct user *out);
enum result users_find(struct call *, const struct uuid *id, struct user *out);
/* user->password is set already or NULL; fills id, updated_at and epoch. RESULT_CONFLICT: login or
 * e-mail is taken. login and email must pass users_login_error and users_email_error. */
enum result users_create(struct call *, struct user *user);
/* NULL when fine, else a sentence: UTF-8 of 1 to LOGIN_MAX bytes, no control characters, no space
 * at either end (L-05). */
const char *users_login_error(const char *login);
const char *users_email_error(const char *email);
/* Also ends the user's sessions and revokes the user's grants (F-05), in the same statement, and
 * raises the epoch: what is being started at this moment ends with them. */
enum result users_set_password(
    struct call *, const struct uuid *id, const char *phc, const char *reason);
enum result users_set_status(
    struct call *, const struct uuid *id, enum user_status, const char *reason);
/* A sign-in renewed the hash with the present parameters: sessions stay. Nothing is written when
 * the password is no longer the one that user holds: a reset that came between wins. */
enum result users_rehash(struct call *, const struct user *, const char *phc);
/* Reads a user out of a row whose columns from `first` on are those of users_find, in order.
 * Returns the next column. */
int user_from_row(struct call *, const struct db_rows *, int row, int first, struct user *out);

/* May this account be used to sign in or to get tokens, now? Asked by every flow that ends in a
 * token. */
enum auth_gate { AUTH_GATE_OPEN, AUTH_GATE_DISABLED };
enum auth_gate auth_gate(const struct user *);

#endif
