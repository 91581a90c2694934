/* people/: what is known of a person. */
#include "test_store_fixture.h"

#include "people/profile.h"
#include "people/standard_claims.h"

static enum result
sets(struct call *call, const struct uuid *user, const char *text)
{
	struct profile_change change;
	const char *error;
	json_t *document = parse_json(text, strlen(text), &error);

	ck_assert_msg(document != NULL && profile_read(call->arena, document, &change), "%s", text);
	json_decref(document);
	return (profile_set(call, user, &change, "test"));
}

static const char *
claims(struct call *call)
{
	struct json_writer writer;
	struct text text;
	struct user user;

	ck_assert_int_eq(users_find_by_login(call, "alice", &user), RESULT_OK);
	user.updated_at = 0;
	text_init(&text, call->arena, 16384);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	standard_claims_write(&writer, &user, "profile email address phone", NULL);
	writer_object_end(&writer);
	return (text.data);
}

static void
sets_everything(struct call *call)
{
	struct user before, after;

	ck_assert_int_eq(users_find(call, &store.alice.id, &before), RESULT_OK);
	ck_assert_int_eq(
	    sets(call, &store.alice.id,
		"{\"name\":\"Alice A\",\"given_name\":\"Alice\",\"family_name\":\"Adams\","
		"\"middle_name\":\"M\",\"nickname\":\"Al\",\"profile\":\"https://a.example/me\","
		"\"picture\":\"https://a.example/p.png\",\"website\":\"https://a.example/\","
		"\"gender\":\"female\",\"birthdate\":\"1984-02-29\",\"zoneinfo\":\"Europe/Paris\","
		"\"locale\":\"pt-BR\",\"email\":\"al@a.example\",\"email_verified\":true,"
		"\"address\":{\"country\":\"NL\"},\"phone_number\":\"+31 20 123 4567\","
		"\"phone_number_verified\":true}"),
	    RESULT_OK);
	ck_assert_str_eq(claims(call),
	    "{\"name\":\"Alice A\",\"given_name\":\"Alice\",\"family_name\":\"Adams\","
	    "\"middle_name\":\"M\",\"nickname\":\"Al\",\"preferred_username\":\"alice\","
	    "\"profile\":\"https://a.example/me\",\"picture\":\"https://a.example/p.png\","
	    "\"website\":\"https://a.example/\",\"gender\":\"female\","
	    "\"birthdate\":\"1984-02-29\",\"zoneinfo\":\"Europe/Paris\",\"locale\":\"pt-BR\","
	    "\"updated_at\":0,\"email\":\"al@a.example\",\"email_verified\":true,"
	    "\"address\":{\"country\": \"NL\"},\"phone_number\":\"+31 20 123 4567\","
	    "\"phone_number_verified\":true}");
	ck_assert_int_eq(users_find(call, &store.alice.id, &after), RESULT_OK);
	ck_assert_int_gt(after.updated_at, before.updated_at);
	ck_assert_int_eq(after.epoch, before.epoch);
	ck_assert_str_eq(after.password, before.password);
}

static void
sets_a_little(struct call *call)
{
	ck_assert_int_eq(sets(call, &store.alice.id,
			     "{\"name\":null,\"given_name\":null,\"family_name\":null,"
			     "\"middle_name\":null,\"nickname\":null,\"profile\":null,"
			     "\"picture\":null,\"website\":null,\"gender\":null,\"zoneinfo\":null,"
			     "\"locale\":null,\"address\":null,\"phone_number\":null}"),
	    RESULT_OK);
	ck_assert_str_eq(claims(call),
	    "{\"preferred_username\":\"alice\",\"birthdate\":\"1984-02-29\",\"updated_at\":0,"
	    "\"email\":\"al@a.example\",\"email_verified\":true}");
	ck_assert_int_eq(sets(call, &store.alice.id, "{\"email\":\"new@a.example\"}"), RESULT_OK);
	ck_assert_str_eq(claims(call),
	    "{\"preferred_username\":\"alice\",\"birthdate\":\"1984-02-29\",\"updated_at\":0,"
	    "\"email\":\"new@a.example\",\"email_verified\":false}");
}

START_TEST(what_is_left_out_stays_and_null_clears)
{
	store_run(sets_everything);
	store_run(sets_a_little);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM events WHERE kind = "
				   "'user.profile_changed' AND reason = 'test'"),
	    3);
}
END_TEST

static void
is_refused(struct call *call)
{
	struct user bob = {.login = "bob", .email = "bob@example.org"};

	ck_assert_int_eq(users_create(call, &bob), RESULT_OK);
	ck_assert_int_eq(
	    sets(call, &store.alice.id, "{\"email\":\"BOB@example.org\"}"), RESULT_CONFLICT);
	ck_assert_str_eq(db_constraint(call), "users_email");
	ck_assert_int_eq(sets(call, &store.app, "{\"name\":\"X\"}"), RESULT_NOT_FOUND);
}

static void
makes_realm(struct call *call)
{
	struct uuid id;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
}

static void
sets_from_elsewhere(struct call *call)
{
	ck_assert_int_eq(sets(call, &store.alice.id, "{\"name\":\"X\"}"), RESULT_NOT_FOUND);
}

START_TEST(an_address_is_one_persons_and_a_person_one_realms)
{
	store_run(is_refused);
	store_run(makes_realm);
	store_run_in("acme", sets_from_elsewhere);
	ck_assert_int_eq(store_events("user.profile_changed"), 0);
}
END_TEST

static void
sets_one(struct call *call, void *element)
{
	ck_assert_int_eq(sets(call, &store.alice.id, *(const char **)element), RESULT_OK);
}

static void
has_all(struct call *call)
{
	struct user user;

	ck_assert_int_eq(users_find(call, &store.alice.id, &user), RESULT_OK);
	ck_assert_str_eq(user.name, "N");
	ck_assert_str_eq(user.nickname, "K");
	ck_assert_str_eq(user.gender, "G");
	ck_assert_str_eq(user.website, "https://w");
}

START_TEST(changes_at_once_all_count)
{
	const char *documents[] = {"{\"name\":\"N\"}", "{\"nickname\":\"K\"}", "{\"gender\":\"G\"}",
	    "{\"website\":\"https://w\"}"};

	store_run_many(4, sets_one, documents, sizeof(documents[0]));
	store_run(has_all);
}
END_TEST

Suite *suite_db_store_profile(void);

Suite *
suite_db_store_profile(void)
{
	Suite *suite = suite_create("db_store_profile");
	TCase *tests = tcase_create("profile");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, what_is_left_out_stays_and_null_clears);
	tcase_add_test(tests, an_address_is_one_persons_and_a_person_one_realms);
	tcase_add_test(tests, changes_at_once_all_count);
	suite_add_tcase(suite, tests);
	return (suite);
}
