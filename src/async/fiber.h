/*
 * Stackful fibers: 64 KiB stacks with a guard page, pooled. The only file that knows how stacks are
 * switched, ASan's fiber calls and Valgrind's. All fibers of a process run on its loop's thread.
 */
#ifndef ASYNC_FIBER_H
#define ASYNC_FIBER_H

#include <stdbool.h>
#include <stddef.h>

struct fiber;

enum { FIBER_STACK_BYTES = 64 * 1024, FIBERS_MAX = 16384 };

/* A fiber that will run run(argument) when first resumed; NULL when FIBERS_MAX are alive or memory
 * is short. It returns to the pool when run returns. */
struct fiber *fiber_create(void (*run)(void *), void *argument);
/* Switches into the fiber until it parks or ends. Only from the loop, never from inside a fiber.
 * True when it has ended; the fiber is then gone. */
bool fiber_resume(struct fiber *);
/* Switches back to whoever resumed. Only from inside a fiber. */
void fiber_park(void);
struct fiber *fiber_current(void); /* NULL on the loop's own stack */
size_t fiber_alive(void);

#endif
