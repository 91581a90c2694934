/* Factor "pwd": something the person knows. Field: password. */
#include "login/factors.h"
#include "people/passwords.h"

static bool
password_is_set_up(struct call *call, const struct user *user)
{
	(void)call;
	return (user->password != NULL);
}

/* Hashed with other costs than today's: renewed now, while the password is at hand. A busy node
 * leaves that to the next sign-in. */
static void
password_renew(struct call *call, const struct user *user, const char *password)
{
	const char *phc;

	if (passwords_hash(call, password, &phc) == RESULT_OK)
		users_rehash(call, user, phc);
}

static const char *
refusal_reason(const struct user *user)
{
	if (user == NULL)
		return ("unknown_user");
	return (user->password == NULL ? "no_password" : "wrong_password");
}

static enum proof
password_prove(struct call *call, const struct user *user, const struct form *form)
{
	const char *password = form_value(form, "password");

	if (password == NULL) {
		call->reason = "empty_password";
		return (PROOF_REFUSED);
	}
	switch (passwords_verify(call, user, password)) {
	case PASSWORD_OK_REHASH:
		if (auth_gate(user) == AUTH_GATE_OPEN)
			password_renew(call, user, password);
		return (call->failure == RESULT_OK ? PROOF_PROVEN : PROOF_FAILED);
	case PASSWORD_OK:
		return (PROOF_PROVEN);
	case PASSWORD_WRONG:
		call->reason = refusal_reason(user);
		return (PROOF_REFUSED);
	case PASSWORD_BUSY:
		return (PROOF_BUSY);
	case PASSWORD_FAILED:
		break;
	}
	return (PROOF_FAILED);
}

const struct factor factor_password = {
    .name = "pwd",
    .strength = 1,
    .page = "login",
    .is_set_up = password_is_set_up,
    .prove = password_prove,
};
