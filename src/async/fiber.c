/* Switching stacks: a few instructions of our own on x86-64, ucontext (two system calls) elsewhere.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/fiber.h"
#include "base/fatal.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#if defined(__x86_64__) && !defined(FIBER_UCONTEXT)
#define FIBER_ASSEMBLY 1
#else
#include <ucontext.h>
#endif

/* Stacks kept with their pages for the next fiber; what is over goes back to the system. */
enum { POOL_MAX = 256 };

#ifdef FIBER_ASAN
enum { STACK_BYTES = 4 * FIBER_STACK_BYTES }; /* red zones make frames several times larger */
#else
enum { STACK_BYTES = FIBER_STACK_BYTES };
#endif

struct context {
#ifdef FIBER_ASSEMBLY
	void *stack_pointer;
#else
	ucontext_t ucontext;
#endif
};

/* Lives at the top of its own stack's mapping. */
struct fiber {
	void (*run)(void *);
	void *argument;
	struct context context;
	struct fiber *next;	/* in the pool */
	unsigned char *mapping; /* the guard page's address */
	unsigned valgrind_id;
	bool has_ended;
#ifdef FIBER_ASAN
	void *fake_stack;
#endif
};

static struct context loop_context;
static struct fiber *current;
static struct fiber *pool;
static size_t pool_length;
static size_t alive;
#ifdef FIBER_ASAN
static void *loop_fake_stack;
static const void *loop_stack;
static size_t loop_stack_size;
#endif

static void fiber_enter(void) __attribute__((noreturn));

static size_t
page_size(void)
{
	static size_t size;

	if (size == 0)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return (size);
}

#ifdef FIBER_ASSEMBLY
/* Saves what the System V ABI lets a function keep, on the stack that is left, and its pointer in
 * *from; then the same backwards from the other stack. */
void fiber_switch(void **from, void *to) __attribute__((visibility("hidden")));
__asm__(".text\n"
	".p2align 4\n"
	".globl fiber_switch\n"
	".hidden fiber_switch\n"
	".type fiber_switch, @function\n"
	"fiber_switch:\n"
	"	endbr64\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	subq $8, %rsp\n"
	"	stmxcsr (%rsp)\n"
	"	fnstcw 4(%rsp)\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	ldmxcsr (%rsp)\n"
	"	fldcw 4(%rsp)\n"
	"	addq $8, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size fiber_switch, .-fiber_switch\n");

static void
context_prepare(struct fiber *fiber)
{
	uint64_t *top;

	top = (uint64_t *)(void *)fiber;
	*--top = 0; /* fiber_enter's return address: backtraces end here */
	*--top = (uint64_t)(uintptr_t)fiber_enter;
	for (int i = 0; i < 6; i++)
		*--top = 0;
	*--top = 0x0000037f00001f80; /* x87 control word and MXCSR as a process starts with */
	fiber->context.stack_pointer = top;
}

static void
context_switch(struct context *from, struct context *to)
{
	fiber_switch(&from->stack_pointer, to->stack_pointer);
}
#else
static void
context_prepare(struct fiber *fiber)
{
	ucontext_t *context = &fiber->context.ucontext;

	if (getcontext(context) == -1)
		fatal("getcontext failed");
	context->uc_stack.ss_sp = fiber->mapping + page_size();
	context->uc_stack.ss_size =
	    (size_t)((unsigned char *)fiber - (fiber->mapping + page_size()));
	context->uc_link = NULL;
	makecontext(context, fiber_enter, 0);
}

static void
context_switch(struct context *from, struct context *to)
{
	if (swapcontext(&from->ucontext, &to->ucontext) == -1)
		fatal("swapcontext failed");
}
#endif

static struct fiber *
stack_map(void)
{
	struct fiber *fiber;
	unsigned char *mapping, *top;
	size_t guard = page_size();

	mapping = mmap(NULL, guard + STACK_BYTES, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (mapping == MAP_FAILED)
		return (NULL);
	if (mprotect(mapping + guard, STACK_BYTES, PROT_READ | PROT_WRITE) == -1) {
		munmap(mapping, guard + STACK_BYTES);
		return (NULL);
	}
	top = mapping + guard + STACK_BYTES;
	top -= (sizeof(*fiber) + 63) & ~(size_t)63;
	fiber = (struct fiber *)(void *)top;
	fiber->mapping = mapping;
	fiber->valgrind_id = VALGRIND_STACK_REGISTER(mapping + guard, top);
	return (fiber);
}

static void
stack_unmap(struct fiber *fiber)
{
	VALGRIND_STACK_DEREGISTER(fiber->valgrind_id);
	if (munmap(fiber->mapping, page_size() + STACK_BYTES) == -1)
		fatal("munmap of a fiber's stack failed");
}

struct fiber *
fiber_create(void (*run)(void *), void *argument)
{
	struct fiber *fiber;

	if (alive >= FIBERS_MAX)
		return (NULL);
	if (pool != NULL) {
		fiber = pool;
		pool = fiber->next;
		pool_length--;
	} else if ((fiber = stack_map()) == NULL)
		return (NULL);
#ifdef FIBER_ASAN
	__asan_unpoison_memory_region(fiber->mapping + page_size(), STACK_BYTES);
	fiber->fake_stack = NULL;
#endif
	fiber->run = run;
	fiber->argument = argument;
	fiber->next = NULL;
	fiber->has_ended = false;
	context_prepare(fiber);
	alive++;
	return (fiber);
}

static void
fiber_recycle(struct fiber *fiber)
{
	alive--;
	if (pool_length >= POOL_MAX) {
		stack_unmap(fiber);
		return;
	}
	fiber->next = pool;
	pool = fiber;
	pool_length++;
}

static void
fiber_enter(void)
{
	struct fiber *fiber = current;

#ifdef FIBER_ASAN
	__sanitizer_finish_switch_fiber(NULL, &loop_stack, &loop_stack_size);
#endif
	fiber->run(fiber->argument);
	fiber->has_ended = true;
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(NULL, loop_stack, loop_stack_size);
#endif
	context_switch(&fiber->context, &loop_context);
	fatal("a fiber that had ended was resumed");
}

bool
fiber_resume(struct fiber *fiber)
{
	if (current != NULL)
		fatal("fiber_resume inside a fiber");
	current = fiber;
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(&loop_fake_stack, fiber->mapping + page_size(), STACK_BYTES);
#endif
	context_switch(&loop_context, &fiber->context);
#ifdef FIBER_ASAN
	__sanitizer_finish_switch_fiber(loop_fake_stack, NULL, NULL);
#endif
	current = NULL;
	if (!fiber->has_ended)
		return (false);
	fiber_recycle(fiber);
	return (true);
}

void
fiber_park(void)
{
	struct fiber *fiber = current;

	if (fiber == NULL)
		fatal("fiber_park outside of a fiber");
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(&fiber->fake_stack, loop_stack, loop_stack_size);
#endif
	context_switch(&fiber->context, &loop_context);
#ifdef FIBER_ASAN
	__sanitizer_finish_switch_fiber(fiber->fake_stack, &loop_stack, &loop_stack_size);
#endif
}

struct fiber *
fiber_current(void)
{
	return (current);
}

size_t
fiber_alive(void)
{
	return (alive);
}
