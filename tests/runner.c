/* Runs every C suite of a program and prints TAP: one line a test. LATCHKEY_TESTS=word runs only
 * the suites whose name has it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "suites.h"

/* The one symbol of main.c that the rooms refer to. */
void
serve_run(void)
{
	abort();
}

int
main(void)
{
	const char *wanted = getenv("LATCHKEY_TESTS"), *tap = getenv("LATCHKEY_TAP");
	SRunner *runner = srunner_create(NULL);
	size_t i;
	int failed;

	for (i = 0; i < suites_count; i++)
		if (wanted == NULL || strstr(suites[i].name, wanted) != NULL)
			srunner_add_suite(runner, suites[i].create());
	if (tap != NULL)
		srunner_set_tap(runner, tap);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return (failed == 0 ? 0 : 1);
}
