/* THE TABLE of what scopes mean to people. */
#include "login/scope_texts.h"

#include <stddef.h>

#include "base/text.h"

static const struct scope_text scope_texts[] = {
    {"openid", "Know that it is you",
	"A number that stands for your account, and when you signed in"},
    {"profile", "See your profile",
	"Your names, picture, websites, birthday, gender, language and time zone"},
    {"email", "See your e-mail address", "The address, and whether it has been confirmed"},
    {"phone", "See your phone number", "The number, and whether it has been confirmed"},
    {"address", "See your postal address", "The address kept in your account"},
    {"offline_access", "Stay connected while you are away",
	"Access that lasts after you sign out, until you withdraw it"},
};

const struct scope_text *
scope_text_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(scope_texts) / sizeof(scope_texts[0]); i++)
		if (text_equal(scope_texts[i].name, name))
			return (&scope_texts[i]);
	return (NULL);
}
