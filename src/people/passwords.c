/* Passwords of people: the same work and the same answer for everyone who is not let in (L-03). */
#include "people/passwords.h"

#include <string.h>

#include "base/log.h"
#include "base/secret.h"

_Static_assert((int)PASSWORD_MAX <= (int)PHC_SECRET_MAX, "a password must fit a thread's work");

/* Stands for whoever has no hash; its tag is random and so matches nothing. */
static struct phc dummy;

void
passwords_start(const struct password_cost *cost)
{
	phc_start(cost);
	dummy.cost = *cost;
	dummy.salt_length = PHC_SALT;
	dummy.tag_length = PHC_TAG;
	random_bytes(dummy.salt, dummy.salt_length);
	random_bytes(dummy.tag, dummy.tag_length);
}

bool
passwords_is_phc(const char *text)
{
	struct phc phc;

	return (phc_parse(text, &phc));
}

static bool
is_of_today(const struct phc *phc)
{
	const struct password_cost *cost = phc_cost();

	return (phc->cost.memory_kib == cost->memory_kib && phc->cost.passes == cost->passes &&
		phc->cost.lanes == cost->lanes && phc->salt_length >= PHC_SALT &&
		phc->tag_length >= PHC_TAG);
}

enum password_verdict
passwords_verify(struct call *call, const struct user *user, const char *password)
{
	bool has_hash = user != NULL && user->password != NULL, matches = false;
	struct phc phc;

	if (strnlen(password, PASSWORD_MAX + 1) > PASSWORD_MAX)
		return (PASSWORD_WRONG);
	if (has_hash && !phc_parse(user->password, &phc)) {
		log_error("password hash cannot be read",
		    FIELD("user", uuid_string(call->arena, &user->id)));
		has_hash = false;
	}
	switch (phc_verify(call, has_hash ? &phc : &dummy, password, &matches)) {
	case RESULT_OK:
		break;
	case RESULT_UNAVAILABLE:
		return (PASSWORD_BUSY);
	default:
		return (PASSWORD_FAILED);
	}
	if (!has_hash || !matches)
		return (PASSWORD_WRONG);
	return (is_of_today(&phc) ? PASSWORD_OK : PASSWORD_OK_REHASH);
}

enum result
passwords_hash(struct call *call, const char *password, const char **phc)
{
	if (strnlen(password, PASSWORD_MAX + 1) > PASSWORD_MAX)
		return (call_fail(call, RESULT_FAILED, "password is longer than PASSWORD_MAX"));
	return (phc_hash(call, password, phc));
}
