/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, and processes in the same memory. */
#ifndef THREADS_H
#define THREADS_H

#include "freestanding.h"

/*
 * Runs a function on a stack of its own: flags CLONE_THREAD and what belongs to it make a thread, CLONE_VM alone a
 * process in the same memory.
 */
static inline long start_on_stack(long flags, void (*run)(void *), void *argument)
{
	const unsigned long size = 65536;
	long *top = (long *)(map_memory(size, PROT_READ | PROT_WRITE) + size) - 2;
	long result;

	top[0] = (long)run;
	top[1] = (long)argument;
#if defined(__x86_64__)
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;

	__asm__ volatile("syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\txor %%ebp, %%ebp\n\tpop %%rax\n\tpop %%rdi\n\t"
			 "call *%%rax\n\thlt\n1:"
			 : "=a"(result)
			 : "a"(__NR_clone), "D"(flags), "S"(top), "d"(0), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = __NR_clone;
	register long x0 __asm__("x0") = flags;
	register long x1 __asm__("x1") = (long)top;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;

	__asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tldp x9, x0, [sp], #16\n\tblr x9\n\tbrk 0\n1:"
			 : "+r"(x0), "+r"(x1)
			 : "r"(x8), "r"(x2), "r"(x3), "r"(x4)
			 : "x9", "memory");
	result = x0;
#endif
	return require(result, "clone");
}

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/* Runs a function in a thread and waits until it has returned. */
struct thread_work {
	void (*run)(void);
	volatile int is_done;
};

static inline void work_in_thread(void *argument)
{
	struct thread_work *work = argument;

	work->run();
	work->is_done = 1;
	for (;;)
		call4(__NR_exit, 0, 0, 0, 0);
}

static inline void run_in_thread(void (*run)(void))
{
	struct thread_work work = { run, 0 };

	start_on_stack(THREAD_FLAGS, work_in_thread, &work);
	while (!work.is_done)
		pause_ms(1);
}

#endif
