/* The password that a command gives to a user: read from standard input, or made. */
#ifndef CLI_USER_SECRET_H
#define CLI_USER_SECRET_H

#include <stdbool.h>

#include "async/call.h"
#include "cli/cli.h"

/* Characters: what a password that is the only factor needs at least (L-06). */
enum { USER_SECRET_LEAST = 15 };

struct user_secret {
	const char *password;
	const char *phc;
	bool is_generated; /* then it is printed, once */
};

/* CLI_OK, or the exit code after a complaint. --password-stdin: the first line of standard input;
 * else 100 random bits, in groups that can be read out. Hashes it: waits on a thread. */
int user_secret_take(struct call *, const struct cli_arguments *, struct user_secret *out);
/* Prints what became of the login, and the password if it was generated. */
void user_secret_print(
    struct call *, const struct cli_arguments *, const char *login, const struct user_secret *);

#endif
