/* base/cache: bounded, least recently used out first, readers keep what they hold. */
#include <check.h>
#include <signal.h>
#include <stdio.h>

#include "base/cache.h"

Suite *suite_base_cache(void);

static int freed;

static void
count_free(void *object)
{
	(void)object;
	freed++;
}

static struct cache_entry *
put(struct cache *cache, const char *name, int number, uint64_t loaded_ms)
{
	struct arena *arena = arena_create(256);
	int *value = arena_alloc(arena, sizeof(*value));

	*value = number;
	arena_defer(arena, count_free, value);
	return (cache_put(cache, name, arena, value, loaded_ms));
}

static int
number_of(const struct cache_entry *entry)
{
	return (entry == NULL ? -1 : *(int *)entry->value);
}

START_TEST(finds_by_name_and_age)
{
	struct cache *cache = cache_create(10);

	put(cache, "a", 1, 1000);
	ck_assert_int_eq(number_of(cache_find(cache, "a", 0)), 1);
	ck_assert_int_eq(number_of(cache_find(cache, "a", 1000)), 1);
	ck_assert_ptr_null(cache_find(cache, "a", 1001));
	ck_assert_ptr_null(cache_find(cache, "b", 0));
	put(cache, "a", 2, 2000);
	ck_assert_int_eq(freed, 1);
	ck_assert_int_eq(number_of(cache_find(cache, "a", 1001)), 2);
	cache_drop(cache, "a");
	cache_drop(cache, "a");
	ck_assert_ptr_null(cache_find(cache, "a", 0));
	ck_assert_int_eq(freed, 2);
	cache_destroy(cache);
}
END_TEST

START_TEST(evicts_the_least_recently_used)
{
	struct cache *cache = cache_create(3);

	put(cache, "a", 1, 1);
	put(cache, "b", 2, 1);
	put(cache, "c", 3, 1);
	ck_assert_ptr_nonnull(cache_find(cache, "a", 0));
	put(cache, "d", 4, 1);
	ck_assert_ptr_null(cache_find(cache, "b", 0));
	ck_assert_ptr_nonnull(cache_find(cache, "a", 0));
	ck_assert_ptr_nonnull(cache_find(cache, "c", 0));
	ck_assert_ptr_nonnull(cache_find(cache, "d", 0));
	ck_assert_int_eq(freed, 1);
	cache_destroy(cache);
	ck_assert_int_eq(freed, 4);
}
END_TEST

START_TEST(readers_keep_what_was_replaced_evicted_or_destroyed)
{
	struct cache *cache = cache_create(1);
	struct cache_entry *first = put(cache, "a", 1, 1), *second, *third;

	cache_reference(first);
	cache_reference(first);
	second = put(cache, "a", 2, 2);
	ck_assert_ptr_null(first->cache);
	ck_assert_int_eq(number_of(first), 1);
	cache_reference(second);
	third = put(cache, "b", 3, 3);
	ck_assert_int_eq(number_of(second), 2);
	cache_reference(third);
	ck_assert_int_eq(freed, 0);
	cache_release(first);
	ck_assert_int_eq(freed, 0);
	cache_release(first);
	ck_assert_int_eq(freed, 1);
	cache_release(second);
	ck_assert_int_eq(freed, 2);
	cache_destroy(cache);
	ck_assert_int_eq(number_of(third), 3);
	cache_release(third);
	ck_assert_int_eq(freed, 3);
}
END_TEST

START_TEST(trims_what_is_old_and_unused)
{
	struct cache *cache = cache_create(10);

	put(cache, "a", 1, 100);
	put(cache, "b", 2, 100);
	put(cache, "c", 3, 200);
	cache_trim(cache, 150);
	ck_assert_int_eq(freed, 2);
	ck_assert_ptr_nonnull(cache_find(cache, "c", 0));
	cache_destroy(cache);
}
END_TEST

START_TEST(stays_whole_under_many_names)
{
	int i;
	char name[16];
	struct cache *cache = cache_create(100);

	for (i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i % 333);
		if (cache_find(cache, name, 0) == NULL)
			put(cache, name, i % 333, 1);
		ck_assert_int_eq(number_of(cache_find(cache, name, 0)), i % 333);
	}
	ck_assert_int_eq(freed, 4900);
	cache_destroy(cache);
	ck_assert_int_eq(freed, 5000);
}
END_TEST

START_TEST(a_second_release_aborts)
{
	struct cache *cache = cache_create(1);
	struct cache_entry *entry = put(cache, "a", 1, 1);

	cache_reference(entry);
	cache_release(entry);
	cache_release(entry);
}
END_TEST

static void
setup(void)
{
	freed = 0;
}

Suite *
suite_base_cache(void)
{
	Suite *suite = suite_create("base/cache");
	TCase *tests = tcase_create("cache");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, finds_by_name_and_age);
	tcase_add_test(tests, evicts_the_least_recently_used);
	tcase_add_test(tests, readers_keep_what_was_replaced_evicted_or_destroyed);
	tcase_add_test(tests, trims_what_is_old_and_unused);
	tcase_add_test(tests, stays_whole_under_many_names);
	tcase_add_test_raise_signal(tests, a_second_release_aborts, SIGABRT);
	suite_add_tcase(suite, tests);
	return (suite);
}
