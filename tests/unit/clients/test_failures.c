/* C-05: failed authentications, counted for a minute by client and address. */
#include <check.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/failures.h"

Suite *suite_clients_failures(void);

enum { LIMIT = 20, NOW = 1000 * 1000 };

static const struct client_attempt app = {"https://id.example", "app", "192.0.2.1"};

static void
begin(void)
{
	client_failures_prepare(LIMIT);
}

static void
count(const struct client_attempt *attempt, unsigned times)
{
	while (times-- > 0)
		client_failures_count(attempt, NOW);
}

START_TEST(c05_the_21st_failure_of_a_minute_has_to_wait)
{
	count(&app, LIMIT - 1);
	ck_assert_uint_eq(client_failures_wait(&app, NOW), 0);
	count(&app, 1);
	ck_assert_uint_eq(client_failures_wait(&app, NOW), 60);
	ck_assert_uint_eq(client_failures_wait(&app, NOW + 59999), 1);
	ck_assert_uint_eq(client_failures_wait(&app, NOW + 60000), 0);
	client_failures_count(&app, NOW + 60000);
	ck_assert_uint_eq(client_failures_wait(&app, NOW + 60000), 0);
}
END_TEST

START_TEST(c05_another_client_address_or_realm_does_not_wait)
{
	static const struct client_attempt others[] = {
	    {"https://id.example", "app", "192.0.2.2"},
	    {"https://id.example", "app2", "192.0.2.1"},
	    {"https://id.example/realms/b", "app", "192.0.2.1"},
	    {"https://id.example", "app192.0.2.1", ""},
	};

	count(&app, LIMIT);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_uint_eq(client_failures_wait(&others[i], NOW), 0);
}
END_TEST

START_TEST(c05_many_others_do_not_wash_a_count_away)
{
	struct client_attempt other = app;
	char name[32];

	count(&app, LIMIT);
	other.client_id = name;
	for (unsigned i = 0; i < 200000; i++) {
		snprintf(name, sizeof(name), "other-%u", i);
		client_failures_count(&other, NOW);
	}
	ck_assert_uint_eq(client_failures_wait(&app, NOW), 60);
}
END_TEST

START_TEST(c05_the_count_is_one_for_all_processes_of_the_node)
{
	int status;
	pid_t pid;

	for (unsigned i = 0; i < 2; i++) {
		if ((pid = fork()) == 0) {
			count(&app, LIMIT / 2);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	}
	ck_assert_uint_eq(client_failures_wait(&app, NOW), 60);
}
END_TEST

START_TEST(without_a_limit_nothing_is_counted)
{
	client_failures_prepare(0);
	count(&app, 1000);
	ck_assert_uint_eq(client_failures_wait(&app, NOW), 0);
}
END_TEST

Suite *
suite_clients_failures(void)
{
	Suite *suite = suite_create("clients/failures");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, c05_the_21st_failure_of_a_minute_has_to_wait);
	tcase_add_test(tests, c05_another_client_address_or_realm_does_not_wait);
	tcase_add_test(tests, c05_many_others_do_not_wash_a_count_away);
	tcase_add_test(tests, c05_the_count_is_one_for_all_processes_of_the_node);
	tcase_add_test(tests, without_a_limit_nothing_is_counted);
	suite_add_tcase(suite, tests);
	return (suite);
}
