/* Users of a realm. */
#ifndef PEOPLE_USERS_H
#define PEOPLE_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "db/db.h"

enum user_status { USER_ACTIVE, USER_DISABLED };
enum { LOGIN_MAX = 254, PASSWORD_MAX = 1024 };	/* bytes */

struct user {
	struct uuid		 id;
	const char		*login;
	const char		*email;			/* NULL when none */
	bool			 email_verified;
	const char		*name, *given_name, *family_name, *locale, *zoneinfo, *picture, *phone_number;	/* NULL when none */
	enum user_status	 status;
	const char		*password;		/* PHC string; NULL when none */
	int64_t			 updated_at;		/* microseconds since 1970 */
};

/* By login name or e-mail, without regard to case. In the call's realm, as all here. */
enum result	users_find_by_login(struct call *, const char *login, struct user *out);
enum result	users_find(struct call *, const struct uuid *id, struct user *out);
/* user->password is set already or NULL; fills user->id. RESULT_CONFLICT: login or e-mail is taken. */
enum result	users_create(struct call *, struct user *user);
/* Also ends the user's sessions and revokes the user's grants (F-05). */
enum result	users_set_password(struct call *, const struct uuid *id, const char *phc, const char *reason);
enum result	users_set_status(struct call *, const struct uuid *id, enum user_status, const char *reason);
/* A sign-in renewed the hash with the realm's present parameters: sessions stay. */
enum result	users_rehash(struct call *, const struct uuid *id, const char *phc);
/* Reads a user out of a row whose columns from `first` on are those of users.sql's user_columns, in order. */
int		user_from_row(struct call *, const struct db_rows *, int row, int first, struct user *out);	/* returns the next column */

/* May this account be used to sign in or to get tokens, now? Asked by every flow that ends in a token. */
enum auth_gate { AUTH_GATE_OPEN, AUTH_GATE_DISABLED };
enum auth_gate	auth_gate(const struct user *);

#endif
