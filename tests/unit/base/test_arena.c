/* base/arena: zeroed at birth, wiped at death, bounded. */
#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

Suite *suite_base_arena(void);

static bool
is_zero(const uint8_t *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (bytes[i] != 0)
			return (false);
	}
	return (true);
}

START_TEST(memory_is_aligned_and_zero)
{
	size_t size;
	struct arena *arena = arena_create(1 << 20);

	for (size = 0; size < 700; size += 7) {
		uint8_t *memory = arena_alloc(arena, size);

		ck_assert_uint_eq((uintptr_t)memory % 16, 0);
		ck_assert(is_zero(memory, size));
		memset(memory, 0xff, size);
	}
	ck_assert_uint_ge(arena_used(arena), 700 / 7 * 340);
	arena_destroy(arena);
}
END_TEST

/* The next arena gets the same pooled block: what was in it must be gone. */
START_TEST(pooled_memory_is_wiped)
{
	struct arena *arena = arena_create(1 << 20);
	uint8_t *first, *second;

	first = arena_alloc(arena, 1000);
	memset(first, 0xa5, 1000);
	arena_destroy(arena);
	arena = arena_create(1 << 20);
	second = arena_alloc(arena, 1000);
	ck_assert_ptr_eq(first, second);
	ck_assert(is_zero(second, 1000));
	arena_destroy(arena);
}
END_TEST

START_TEST(large_pieces_and_many_blocks)
{
	int i;
	struct arena *arena = arena_create(8 << 20);
	uint8_t *pieces[64];

	for (i = 0; i < 64; i++) {
		pieces[i] = arena_alloc(arena, 50000);
		memset(pieces[i], i, 50000);
	}
	for (i = 0; i < 64; i++) {
		ck_assert_int_eq(pieces[i][0], i);
		ck_assert_int_eq(pieces[i][49999], i);
	}
	arena_destroy(arena);
	arena_destroy(NULL);
}
END_TEST

START_TEST(copies_and_formats)
{
	struct arena *arena = arena_create(4096);

	ck_assert_str_eq(arena_string(arena, "abc"), "abc");
	ck_assert_ptr_null(arena_string(arena, NULL));
	ck_assert_str_eq(arena_substring(arena, "abcdef", 3), "abc");
	ck_assert_str_eq(arena_format(arena, "%s-%d", "x", 42), "x-42");
	ck_assert_mem_eq(arena_copy(arena, "a\0b", 3), "a\0b", 3);
	arena_destroy(arena);
}
END_TEST

START_TEST(resize_grows_in_place_or_moves)
{
	struct arena *arena = arena_create(1 << 20);
	char *first = arena_alloc(arena, 16), *grown, *moved;

	memcpy(first, "0123456789abcdef", 16);
	grown = arena_resize(arena, first, 16, 64);
	ck_assert_ptr_eq(grown, first);
	ck_assert(is_zero((uint8_t *)grown + 16, 48));
	(void)arena_alloc(arena, 1);
	moved = arena_resize(arena, grown, 64, 128);
	ck_assert_ptr_ne(moved, grown);
	ck_assert_mem_eq(moved, "0123456789abcdef", 16);
	ck_assert(is_zero((uint8_t *)moved + 16, 112));
	ck_assert_ptr_eq(arena_resize(arena, moved, 128, 20), moved);
	arena_destroy(arena);
}
END_TEST

static int order[2], orders;

static void
note(void *object)
{
	order[orders++] = *(int *)object;
}

START_TEST(deferred_runs_last_first)
{
	static int one = 1, two = 2;
	struct arena *arena = arena_create(1024);

	orders = 0;
	arena_defer(arena, note, &one);
	arena_defer(arena, note, &two);
	arena_destroy(arena);
	ck_assert_int_eq(orders, 2);
	ck_assert_int_eq(order[0], 2);
	ck_assert_int_eq(order[1], 1);
}
END_TEST

START_TEST(small_limit_is_whole)
{
	struct arena *arena = arena_create(100);

	ck_assert_ptr_nonnull(arena_alloc(arena, 100));
	arena_destroy(arena);
}
END_TEST

START_TEST(over_the_limit_aborts)
{
	struct arena *arena = arena_create(100);

	(void)arena_alloc(arena, 80);
	(void)arena_alloc(arena, 80);
}
END_TEST

Suite *
suite_base_arena(void)
{
	Suite *suite = suite_create("base/arena");
	TCase *tests = tcase_create("arena");

	tcase_add_test(tests, memory_is_aligned_and_zero);
	tcase_add_test(tests, pooled_memory_is_wiped);
	tcase_add_test(tests, large_pieces_and_many_blocks);
	tcase_add_test(tests, copies_and_formats);
	tcase_add_test(tests, resize_grows_in_place_or_moves);
	tcase_add_test(tests, deferred_runs_last_first);
	tcase_add_test(tests, small_limit_is_whole);
	tcase_add_test_raise_signal(tests, over_the_limit_aborts, SIGABRT);
	suite_add_tcase(suite, tests);
	return (suite);
}
