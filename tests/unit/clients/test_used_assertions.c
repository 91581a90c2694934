/* C-03: the same assertion has the same id, any other has another. */
#include <check.h>
#include <string.h>

#include "clients/used_assertions.h"

Suite *suite_clients_used_assertions(void);

static const int64_t expiry = 1790000000123;

START_TEST(c03_an_id_begins_with_the_expiry_and_is_a_uuidv7)
{
	struct uuid client = uuid_create();
	struct uuid id = used_assertion_id(&client, "jti", expiry);

	ck_assert_int_eq(uuid_time_ms(&id), expiry);
	ck_assert_int_eq(id.bytes[6] >> 4, 7);
	ck_assert_int_eq(id.bytes[8] >> 6, 2);
}
END_TEST

START_TEST(c03_the_same_has_the_same_and_others_have_others)
{
	struct uuid client = uuid_create(), other_client = uuid_create();
	struct uuid id = used_assertion_id(&client, "jti", expiry), other[4];
	char longest[256];
	size_t i;

	memset(longest, 'x', sizeof(longest));
	longest[255] = '\0';
	other[0] = used_assertion_id(&other_client, "jti", expiry);
	other[1] = used_assertion_id(&client, "jtj", expiry);
	other[2] = used_assertion_id(&client, "jti", expiry + 1);
	other[3] = used_assertion_id(&client, longest, expiry);
	for (i = 0; i < 4; i++)
		ck_assert(!uuid_equal(&id, &other[i]));
	id = used_assertion_id(&client, longest, expiry);
	ck_assert(uuid_equal(&id, &other[3]));
	longest[254] = 'y';
	id = used_assertion_id(&client, longest, expiry);
	ck_assert(!uuid_equal(&id, &other[3]));
}
END_TEST

Suite *
suite_clients_used_assertions(void)
{
	Suite *suite = suite_create("clients/used_assertions");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, c03_an_id_begins_with_the_expiry_and_is_a_uuidv7);
	tcase_add_test(tests, c03_the_same_has_the_same_and_others_have_others);
	suite_add_tcase(suite, tests);
	return (suite);
}
