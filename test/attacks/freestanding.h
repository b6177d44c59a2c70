/* SPDX-License-Identifier: Apache-2.0 */
/* System calls without a C library, so that an attack is one static program of a few instructions. */
#ifndef FREESTANDING_H
#define FREESTANDING_H

#if defined(__x86_64__)
#define SYS_EXECVE 59
#define SYS_EXIT 60
#define SYS_PTRACE 101
#define SYS_EXECVEAT 322
static inline long call5(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
#define SYS_EXIT 93
#define SYS_PTRACE 117
#define SYS_EXECVE 221
#define SYS_EXECVEAT 281
static inline long call5(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}
#endif

static inline long call4(long number, long a, long b, long c, long d)
{
	return call5(number, a, b, c, d, 0);
}

#define PTRACE_TRACEME 0
#define AT_FDCWD (-100)

static inline void leave(long status)
{
	call4(SYS_EXIT, status, 0, 0, 0);
	__builtin_unreachable();
}

#endif
