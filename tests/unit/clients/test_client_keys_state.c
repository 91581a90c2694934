/* When the server of a client's keys is asked, and how long its answer is good. */
#include <check.h>

#include "clients/client_keys.h"

Suite *suite_clients_client_keys_state(void);

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, START = 5 * MINUTE };

static struct client_keys_state
fetched(long max_age)
{
	struct client_keys_state state = {.tried_ms = START};

	client_keys_renewed(&state, max_age, START);
	return (state);
}

START_TEST(at_first_it_is_asked)
{
	struct client_keys_state state = {0};

	ck_assert(!client_keys_are_good(&state, START));
	ck_assert(client_keys_may_fetch(&state, false, START));
	ck_assert_uint_eq(client_keys_retry_after(&state, false, START), 1);
}
END_TEST

START_TEST(a_set_is_good_for_an_hour)
{
	struct client_keys_state state = fetched(-1);

	ck_assert(client_keys_are_good(&state, START + HOUR - 1));
	ck_assert(!client_keys_may_fetch(&state, false, START + HOUR - 1));
	ck_assert(!client_keys_are_good(&state, START + HOUR));
	ck_assert(client_keys_may_fetch(&state, false, START + HOUR));
}
END_TEST

START_TEST(its_server_may_make_that_shorter_but_no_minute)
{
	struct client_keys_state half = fetched(1800), none = fetched(0), more = fetched(86400);

	ck_assert(client_keys_are_good(&half, START + HOUR / 2 - 1));
	ck_assert(!client_keys_are_good(&half, START + HOUR / 2));
	ck_assert(client_keys_are_good(&none, START + MINUTE - 1));
	ck_assert(!client_keys_are_good(&none, START + MINUTE));
	ck_assert(client_keys_are_good(&more, START + HOUR - 1));
	ck_assert(!client_keys_are_good(&more, START + HOUR));
}
END_TEST

START_TEST(ds06_a_missing_key_is_looked_for_at_once_and_then_once_a_minute)
{
	struct client_keys_state state = fetched(-1);

	ck_assert(client_keys_may_fetch(&state, true, START + 1));
	state.tried_ms = state.asked_again_ms = START + 1;
	client_keys_renewed(&state, -1, START + 2);
	ck_assert(!client_keys_may_fetch(&state, true, START + 2));
	ck_assert(!client_keys_may_fetch(&state, true, START + MINUTE));
	ck_assert(client_keys_may_fetch(&state, true, START + 1 + MINUTE));
	ck_assert(!client_keys_may_fetch(&state, false, START + 1 + MINUTE));
}
END_TEST

START_TEST(a_failure_is_remembered_for_a_minute)
{
	struct client_keys_state state = {.tried_ms = START, .has_failed = true};

	ck_assert(!client_keys_may_fetch(&state, false, START + 1));
	ck_assert(!client_keys_may_fetch(&state, true, START + MINUTE - 1));
	ck_assert_uint_eq(client_keys_retry_after(&state, false, START), 61);
	ck_assert_uint_eq(client_keys_retry_after(&state, false, START + MINUTE - 1), 1);
	ck_assert(client_keys_may_fetch(&state, false, START + MINUTE));
	state = fetched(-1);
	state.has_failed = true;
	ck_assert(client_keys_are_good(&state, START + HOUR - 1));
	ck_assert(!client_keys_may_fetch(&state, true, START + MINUTE - 1));
	ck_assert(client_keys_may_fetch(&state, true, START + MINUTE));
}
END_TEST

Suite *
suite_clients_client_keys_state(void)
{
	Suite *suite = suite_create("clients/client_keys_state");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, at_first_it_is_asked);
	tcase_add_test(tests, a_set_is_good_for_an_hour);
	tcase_add_test(tests, its_server_may_make_that_shorter_but_no_minute);
	tcase_add_test(tests, ds06_a_missing_key_is_looked_for_at_once_and_then_once_a_minute);
	tcase_add_test(tests, a_failure_is_remembered_for_a_minute);
	suite_add_tcase(suite, tests);
	return (suite);
}
