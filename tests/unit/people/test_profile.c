/* A document that sets claims: what may be set, and every problem of it at once. */
#include <check.h>
#include <string.h>

#include "base/text.h"
#include "people/profile.h"
#include "people/standard_claims.h"
#include "tokens/claims.h"

Suite *suite_people_profile(void);

static struct arena *arena;

static void
begin(void)
{
	arena = arena_create(4 * 1024 * 1024);
}

static void
end(void)
{
	arena_destroy(arena);
}

static bool
reads(const char *text, struct profile_change *out)
{
	const char *error;
	json_t *document = parse_json(text, strlen(text), &error);
	bool is_right;

	ck_assert_msg(document != NULL, "%s: %s", text, error);
	is_right = profile_read(arena, document, out);
	json_decref(document);
	return (is_right);
}

START_TEST(values_of_their_types_are_taken_and_null_clears)
{
	struct profile_change change;

	ck_assert(reads("{\"name\":\"J\xc3\xb6rg\",\"birthdate\":\"0000-02-29\",\"picture\":null,"
			"\"zoneinfo\":\"Europe/Paris\",\"email_verified\":true}",
	    &change));
	ck_assert_str_eq(change.document,
	    "{\"name\":\"J\xc3\xb6rg\",\"birthdate\":\"0000-02-29\",\"picture\":null,"
	    "\"zoneinfo\":\"Europe/Paris\",\"email_verified\":true}");
	ck_assert(reads("{\"address\":{\"formatted\":\"1 Way\\r\\nTown\",\"country\":\"NL\"},"
			"\"phone_number_verified\":null}",
	    &change));
	ck_assert_str_eq(change.document,
	    "{\"address\":{\"formatted\":\"1 Way\\u000d\\u000aTown\",\"country\":\"NL\"},"
	    "\"phone_number_verified\":false}");
	ck_assert(reads("{\"address\":null}", &change));
	ck_assert_str_eq(change.document, "{\"address\":null}");
}
END_TEST

/* OpenID Connect Core, 5.1: verified is this address, not the one before. */
START_TEST(what_is_new_is_not_verified_unless_it_is_said)
{
	struct profile_change change;

	ck_assert(reads("{\"email\":\"a@x.org\",\"phone_number\":null}", &change));
	ck_assert_str_eq(change.document, "{\"email\":\"a@x.org\",\"email_verified\":false,"
					  "\"phone_number\":null,\"phone_number_verified\":false}");
	ck_assert(reads("{\"email_verified\":true,\"email\":\"a@x.org\"}", &change));
	ck_assert_str_eq(change.document, "{\"email_verified\":true,\"email\":\"a@x.org\"}");
}
END_TEST

START_TEST(every_problem_is_told_at_once)
{
	static const struct {
		const char *member, *complaint;
	} expected[] = {
	    {"name", "is not a text"},
	    {"nickname", "is not one line of text"},
	    {"website", "is not a URL of http or https"},
	    {"email_verified", "is not true or false"},
	    {"password", "is not known"},
	    {"preferred_username", "cannot be set"},
	    {"updated_at", "cannot be set"},
	    {"address.street", "is not known"},
	    {"address.country", "is not a text"},
	    {"address.locality", "is not one line of text"},
	    {"address.formatted", "is not text"},
	    {"locale", "is not a language tag, such as en or pt-BR"},
	};
	struct profile_change change;
	size_t i;

	ck_assert(!reads("{\"name\":1,\"nickname\":\"a\\nb\",\"website\":\"javascript:1\","
			 "\"email_verified\":\"true\",\"password\":\"x\","
			 "\"preferred_username\":\"x\",\"updated_at\":1,"
			 "\"address\":{\"street\":\"x\",\"country\":null,\"locality\":\"a\\nb\","
			 "\"formatted\":\"a\\rb\"},\"locale\":\"en_US\"}",
	    &change));
	ck_assert_uint_eq(change.problem_count, sizeof(expected) / sizeof(expected[0]));
	for (i = 0; i < change.problem_count; i++) {
		ck_assert_str_eq(change.problems[i].member, expected[i].member);
		ck_assert_str_eq(change.problems[i].complaint, expected[i].complaint);
	}
}
END_TEST

START_TEST(what_is_no_object_sets_nothing)
{
	static const char *const wrong[] = {
	    "{}", "[]", "{\"address\":{}}", "{\"address\":\"Town\"}", "{\"address\":[]}"};
	struct profile_change change;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert(!reads(wrong[i], &change));
		ck_assert_uint_eq(change.problem_count, 1);
	}
}
END_TEST

START_TEST(problems_without_end_are_cut)
{
	struct profile_change change;
	struct text text;
	int i;

	text_init(&text, arena, JSON_BYTES_MAX);
	text_add(&text, "{\"x\":1");
	for (i = 0; i < 4000; i++)
		text_addf(&text, ",\"x%d\":1", i);
	text_add(&text, "}");
	ck_assert(!reads(text.data, &change));
	ck_assert_uint_eq(change.problem_count, PROFILE_PROBLEMS_MAX);
}
END_TEST

static const char *
longest(size_t length, const char *start, char fill)
{
	char *text = arena_alloc(arena, length + 1);

	memset(text, fill, length);
	memcpy(text, start, strlen(start));
	return (text);
}

/* What can be set is what a token can carry. */
START_TEST(a_person_with_everything_fits_into_a_token)
{
	struct user user = {.login = longest(LOGIN_MAX, "", '"'), .updated_at = INT64_MAX};
	const struct standard_claim *claim;
	struct profile_change change;
	struct json_writer writer;
	bool may_have_quotes;
	const char *text;
	struct text out;
	size_t i;

	for (i = 0; i < standard_claims_count; i++) {
		claim = &standard_claims[i];
		if (claim->kind != CLAIM_TEXT || claim->form == NULL)
			continue;
		may_have_quotes =
		    claim->form == &claim_form_line || claim->form == &claim_form_email;
		text = longest(claim->bytes_max, "", may_have_quotes ? '"' : 'a');
		memcpy((char *)&user + claim->offset, &text, sizeof(text));
		ck_assert_str_eq(profile_text_complaint(
				     arena, claim->name, longest(claim->bytes_max + 1, "", 'a')),
		    arena_format(arena, "is longer than %zu bytes", claim->bytes_max));
	}
	user.profile = user.picture = user.website = longest(1000, "https://", 'a');
	ck_assert_ptr_null(profile_text_complaint(arena, "picture", user.picture));
	ck_assert_ptr_null(profile_text_complaint(arena, "name", user.name));
	ck_assert(reads(arena_format(arena,
			    "{\"address\":{\"formatted\":\"%s\",\"street_address\":\"%s\","
			    "\"locality\":\"%s\",\"region\":\"%s\",\"postal_code\":\"%s\","
			    "\"country\":\"%s\"}}",
			    longest(512, "", 'a'), longest(254, "", 'a'), longest(128, "", 'a'),
			    longest(128, "", 'a'), longest(64, "", 'a'), longest(128, "", 'a')),
	    &change));
	user.address = arena_format(arena,
	    "{\"formatted\": \"%s\", \"street_address\": \"%s\", \"locality\": \"%s\", \"region\": "
	    "\"%s\", \"postal_code\": \"%s\", \"country\": \"%s\"}",
	    longest(1024, "", 'a'), longest(508, "", 'a'), longest(256, "", 'a'),
	    longest(256, "", 'a'), longest(128, "", 'a'), longest(256, "", 'a'));
	text_init(&out, arena, CLAIMS_OF_PERSON_MAX);
	writer_init(&writer, &out);
	writer_object_begin(&writer, NULL);
	standard_claims_write(&writer, &user, "profile email address phone", NULL);
	writer_object_end(&writer);
	ck_assert(!out.overflowed);
	ck_assert_uint_le(CLAIMS_OF_PERSON_MAX + 1200, CLAIMS_BYTES_MAX);
}
END_TEST

Suite *
suite_people_profile(void)
{
	Suite *suite = suite_create("people/profile");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, values_of_their_types_are_taken_and_null_clears);
	tcase_add_test(tests, what_is_new_is_not_verified_unless_it_is_said);
	tcase_add_test(tests, every_problem_is_told_at_once);
	tcase_add_test(tests, what_is_no_object_sets_nothing);
	tcase_add_test(tests, problems_without_end_are_cut);
	tcase_add_test(tests, a_person_with_everything_fits_into_a_token);
	suite_add_tcase(suite, tests);
	return (suite);
}
