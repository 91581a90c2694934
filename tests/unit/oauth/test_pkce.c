/* PKCE: RFC 7636, P-02 to P-05. */
#include <check.h>
#include <string.h>

#include "oauth/pkce.h"

Suite *suite_oauth_pkce(void);

/* RFC 7636, appendix B. */
static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
static const char challenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

static struct arena *arena;

static void
begin(void)
{
	arena = arena_create(65536);
}

static void
end(void)
{
	arena_destroy(arena);
}

START_TEST(appendix_b_matches)
{
	ck_assert(pkce_challenge_is_valid(arena, challenge));
	ck_assert(pkce_verifier_is_valid(verifier));
	ck_assert(pkce_matches(arena, verifier, challenge));
}
END_TEST

START_TEST(every_other_verifier_does_not_match)
{
	char other[sizeof(verifier)];
	size_t i;

	for (i = 0; i < strlen(verifier); i++) {
		memcpy(other, verifier, sizeof(verifier));
		other[i] = other[i] == 'A' ? 'B' : 'A';
		ck_assert(!pkce_matches(arena, other, challenge));
	}
	ck_assert(!pkce_matches(arena, challenge, challenge));
	ck_assert(!pkce_matches(arena, verifier, verifier));
}
END_TEST

static const char *const bad_challenges[] = {
    "",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw\xc3\xa9M",
};

START_TEST(a_challenge_is_43_characters_of_base64url)
{
	ck_assert(!pkce_challenge_is_valid(arena, bad_challenges[_i]));
}
END_TEST

START_TEST(a_verifier_is_43_to_128_unreserved_characters)
{
	static const char outside[] = "=+/ %\"&\x01\x7f\xc3";
	char text[130];
	size_t i;

	memset(text, 'a', sizeof(text));
	text[129] = '\0';
	ck_assert(!pkce_verifier_is_valid(text));
	text[128] = '\0';
	ck_assert(pkce_verifier_is_valid(text));
	text[43] = '\0';
	ck_assert(pkce_verifier_is_valid(text));
	memcpy(text, "-._~", 4);
	ck_assert(pkce_verifier_is_valid(text));
	for (i = 0; i < strlen(outside); i++) {
		text[20] = outside[i];
		ck_assert(!pkce_verifier_is_valid(text));
	}
	text[20] = 'a';
	text[42] = '\0';
	ck_assert(!pkce_verifier_is_valid(text));
	ck_assert(!pkce_verifier_is_valid(""));
}
END_TEST

Suite *
suite_oauth_pkce(void)
{
	Suite *suite = suite_create("oauth/pkce");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, appendix_b_matches);
	tcase_add_test(tests, every_other_verifier_does_not_match);
	tcase_add_loop_test(tests, a_challenge_is_43_characters_of_base64url, 0,
	    sizeof(bad_challenges) / sizeof(bad_challenges[0]));
	tcase_add_test(tests, a_verifier_is_43_to_128_unreserved_characters);
	suite_add_tcase(suite, tests);
	return (suite);
}
