/* The C suites of one test program; the table is made by suites.sh. */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>
#include <stddef.h>

struct suite_entry {
	const char *name;
	Suite *(*create)(void);
};

extern const struct suite_entry suites[];
extern const size_t suites_count;

#endif
