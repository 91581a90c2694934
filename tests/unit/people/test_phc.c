/* PHC strings: strict parsing, bounds, and hashes that equal those of the reference. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "people/argon2id.h"
#include "people/passwords.h"
#include "people/phc.h"

#define SALT "c29tZXNhbHRzb21lc2FsdA"
#define TAG "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const char *const good[] = {
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=8,t=1,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=1048576,t=10,p=16$" SALT "$" TAG,
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=64,t=1,p=1$" SALT
    "$/////////////////////////////////////////////////////////////////////////////////////w",
};

static const char *const bad[] = {
    "",
    "$",
    "password",
    "$argon2i$v=19$m=19456,t=2,p=1$" SALT "$" TAG,
    "$argon2d$v=19$m=19456,t=2,p=1$" SALT "$" TAG,
    "$2b$12$abcdefghijklmnopqrstuv",
    "$argon2id$v=16$m=19456,t=2,p=1$" SALT "$" TAG,
    "$argon2id$m=19456,t=2,p=1$" SALT "$" TAG,
    "argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=1048577,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=4294967297,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=99999999999999999999999,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=11,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=17$" SALT "$" TAG,
    "$argon2id$v=19$m=0,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=0,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=0$" SALT "$" TAG,
    "$argon2id$v=19$m=7,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=31,t=2,p=4$" SALT "$" TAG,
    "$argon2id$v=19$m=019456,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=+19456,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=-1,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=,t=2,p=1$" SALT "$" TAG,
    "$argon2id$v=19$t=2,m=19456,p=1$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1,data=AAAA$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=2$" SALT "$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT,
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$",
    "$argon2id$v=19$m=19456,t=2,p=1$$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$AAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "==$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG "=",
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG "$",
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG "AA",
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2Fsd-$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdB$" TAG,
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" TAG " ",
    "$argon2id$v=19$m=19456,t=2,p=1$" SALT
    "$///////////////////////////////////////////////////////////////////////////////////////",
};

START_TEST(what_is_a_phc_string)
{
	struct phc phc;
	char text[4096];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(phc_parse(good[i], &phc), "%s", good[i]);
		ck_assert(passwords_is_phc(good[i]));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!passwords_is_phc(bad[i]), "%s", bad[i]);
	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, good[0], strlen(good[0]));
	ck_assert(!passwords_is_phc(text));
}
END_TEST

START_TEST(a_string_is_written_as_it_is_read)
{
	struct arena *arena = arena_create(16384);
	struct phc phc;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert(phc_parse(good[i], &phc));
		ck_assert_str_eq(phc_format(arena, &phc), good[i]);
	}
	arena_destroy(arena);
}
END_TEST

/* Of phc-winner-argon2's test.c: Argon2id, version 19, "password", "somesalt". */
static const struct {
	const char *text, *secret;
} vectors[] = {
    {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"password"},
    {"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
	"password"},
    {"$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
	"password"},
    {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
	"differentpassword"},
};

START_TEST(known_answers)
{
	struct phc expected, made;
	size_t i;

	argon2id_start();
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		ck_assert_msg(phc_parse(vectors[i].text, &expected), "%s", vectors[i].text);
		made = expected;
		memset(made.tag, 0, sizeof(made.tag));
		ck_assert(phc_compute(&made, vectors[i].secret, strlen(vectors[i].secret)));
		ck_assert_msg(memcmp(made.tag, expected.tag, expected.tag_length) == 0, "%s",
		    vectors[i].text);
	}
}
END_TEST

/* docs/decisions/0001: whatever computes, the outputs are equal. */
START_TEST(implementations_agree)
{
	static const struct password_cost costs[] = {
	    {8, 1, 1}, {64, 3, 1}, {1024, 2, 1}, {64, 1, 4}, {19456, 2, 1}};
	static const size_t salts[] = {8, 16, 24}, lengths[] = {0, 1, 72, 1024};
	char secret[PHC_SECRET_MAX];
	struct phc ours, reference;
	size_t i, j, k;

	argon2id_start();
	memset(secret, 'p', sizeof(secret));
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		for (j = 0; j < sizeof(salts) / sizeof(salts[0]); j++)
			for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
				if (costs[i].memory_kib > 10000 && (j != 1 || k != 2))
					continue;
				ours = (struct phc){.cost = costs[i],
				    .salt = "0123456789abcdef01234567",
				    .salt_length = salts[j],
				    .tag_length = 16 + 8 * j};
				reference = ours;
				ck_assert(phc_compute(&ours, secret, lengths[k]));
				ck_assert(
				    argon2id_compute_reference(&reference, secret, lengths[k]));
				ck_assert_mem_eq(ours.tag, reference.tag, ours.tag_length);
			}
	ck_assert(!phc_compute(&ours, secret, PHC_SECRET_MAX + 1));
}
END_TEST

Suite *suite_people_phc(void);

Suite *
suite_people_phc(void)
{
	Suite *suite = suite_create("people_phc");
	TCase *tests = tcase_create("phc");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_is_a_phc_string);
	tcase_add_test(tests, a_string_is_written_as_it_is_read);
	tcase_add_test(tests, known_answers);
	tcase_add_test(tests, implementations_agree);
	suite_add_tcase(suite, tests);
	return (suite);
}
