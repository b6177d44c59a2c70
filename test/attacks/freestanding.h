/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs without a C library, so that an attack is one static file of a few instructions which runs in every
 * virtual machine and image. System calls, the start of a program, and how it says how it ended:
 * status 0, the act happened; 77, it is impossible here and stderr says why; anything else, the program is broken.
 */
#ifndef FREESTANDING_H
#define FREESTANDING_H

#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/wait.h>
#include <asm/signal.h>
#include "calls.h"

#define IMPOSSIBLE 77
#define ENOENT_ERROR 2
#define EINTR_ERROR 4
#define ENOEXEC_ERROR 8
#define ENOSYS_ERROR 38

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static inline __attribute__((noreturn)) void leave(long status)
{
	call4(__NR_exit_group, status, 0, 0, 0);
	__builtin_unreachable();
}

static inline unsigned long length_of(const char *text)
{
	unsigned long length = 0;

	while (text[length])
		length++;
	return length;
}

static inline void say(const char *text)
{
	call3(__NR_write, 2, (long)text, length_of(text));
}

static inline char *append_text(char *end, const char *text)
{
	while (*text)
		*end++ = *text++;
	*end = 0;
	return end;
}

static inline char *append_number(char *end, unsigned long number)
{
	char digits[20];
	int count = 0;

	do
		digits[count++] = '0' + number % 10;
	while (number /= 10);
	while (count)
		*end++ = digits[--count];
	*end = 0;
	return end;
}

/* Ends a program whose act this kernel, machine or user does not allow. */
static inline __attribute__((noreturn)) void impossible(const char *why)
{
	say(why);
	say("\n");
	leave(IMPOSSIBLE);
}

/* The result of a step that has to succeed. */
static inline long require(long result, const char *step)
{
	char text[128];

	if (result >= 0)
		return result;
	append_text(append_number(append_text(append_text(text, step), ": error "), -result), "\n");
	say(text);
	leave(1);
}

/* The result of a step that succeeds wherever the act is possible. */
static inline long can(long result, const char *step)
{
	char text[128];

	if (result >= 0)
		return result;
	if (result == -ENOSYS_ERROR)
		append_text(append_text(text, step), ": this kernel does not have it");
	else
		append_number(append_text(append_text(text, step), ": error "), -result);
	impossible(text);
}

/* A compiler calls these two by itself; the empty asm keeps it from doing so in here. */
__attribute__((weak)) void *memset(void *to, int byte, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		((volatile char *)to)[i] = (char)byte;
		__asm__ volatile("");
	}
	return to;
}

__attribute__((weak)) void *memcpy(void *to, const void *from, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		((volatile char *)to)[i] = ((const char *)from)[i];
		__asm__ volatile("");
	}
	return to;
}

static inline int is_same(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one == *other;
}

struct start {
	long argc;
	char **argv;
	char **envp;
};

/* One way to do what a program is about; a program does the one that its first argument names. */
struct act {
	const char *name;
	void (*run)(struct start *start);
};

static inline void perform(struct start *start, const struct act *acts, unsigned long count)
{
	for (unsigned long i = 0; start->argc > 1 && i < count; i++) {
		if (is_same(acts[i].name, start->argv[1])) {
			acts[i].run(start);
			leave(0);
		}
	}
}

/* The program begins here: `BEGIN(call(&start))`. */
#define BEGIN(call_acts)                                                                                 \
	__attribute__((used)) static void begin(long *stack)                                              \
	{                                                                                                 \
		struct start start = { stack[0], (char **)(stack + 1), (char **)(stack + 2 + stack[0]) };  \
		call_acts;                                                                                 \
		say("no such act\n");                                                                      \
		leave(2);                                                                                  \
	}                                                                                                 \
	__asm__(START_OF_PROGRAM)
#if defined(__x86_64__)
#define START_OF_PROGRAM ".global _start\n_start:\nmov %rsp, %rdi\nand $-16, %rsp\ncall begin\n"
#elif defined(__aarch64__)
#define START_OF_PROGRAM ".global _start\n_start:\nmov x0, sp\nbl begin\n"
#endif

/* A program among several that are linked into one. */
struct collected {
	const struct act *acts;
	unsigned long count;
};

/* `PROGRAM(sock_stdio_acts)`: these acts are a program, or with COLLECTION a part of one. */
#ifdef COLLECTION
#define PROGRAM(acts) const struct collected collected_##acts = { acts, LENGTH(acts) };
#else
#define PROGRAM(acts) BEGIN(perform(&start, acts, LENGTH(acts)));
#endif

static inline long close_file(long fd)
{
	return call3(__NR_close, fd, 0, 0);
}

static inline long open_file(const char *path, long flags)
{
	return call4(__NR_openat, AT_FDCWD, (long)path, flags, 0700);
}

static inline long write_text(long fd, const char *text)
{
	return call3(__NR_write, fd, (long)text, length_of(text));
}

static inline long own_pid(void)
{
	return call3(__NR_getpid, 0, 0, 0);
}

/* A child that cannot outlive its parent: between fork and prctl the parent may have ended already. */
static inline long fork_bound(void)
{
	long parent = own_pid();
	long child = require(call5(__NR_clone, SIGCHLD, 0, 0, 0, 0), "fork");

	if (child)
		return child;
	call5(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (call3(__NR_getppid, 0, 0, 0) != parent)
		leave(1);
	return 0;
}

/* Waits for a child's next change of state; the status as wait4 gives it. */
static inline int wait_for(long child)
{
	int status = 0;

	while (call4(__NR_wait4, child, (long)&status, __WALL, 0) == -EINTR_ERROR)
		;
	return status;
}

static inline void end_child(long child)
{
	call3(__NR_kill, child, SIGKILL, 0);
	wait_for(child);
}

/* Ends with the status that a child ends with. */
static inline __attribute__((noreturn)) void leave_with(long child)
{
	int status = wait_for(child);

	leave(status & 0x7f ? 1 : (status >> 8) & 0xff);
}

static inline void pause_ms(long ms)
{
	long time[2] = { ms / 1000, ms % 1000 * 1000000 };

	call3(__NR_nanosleep, (long)time, 0, 0);
}

static inline void execute(const char *path, const char *const *argv, const char *const *envp)
{
	can(call3(__NR_execve, (long)path, (long)argv, (long)envp), path);
}

static inline void execute_true(void)
{
	static const char *const argv[] = { "true", 0 };
	static const char *const envp[] = { "PATH=/usr/bin:/bin", 0 };

	execute("/bin/true", argv, envp);
}

static inline long map_memory(unsigned long size, long protection)
{
	return require(call6(__NR_mmap, 0, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "mmap");
}

/* Copies one open file to another. */
static inline void copy_file(long from, long to)
{
	static char block[65536];
	long count;

	while ((count = require(call3(__NR_read, from, (long)block, sizeof(block)), "read")) > 0)
		require(call3(__NR_write, to, (long)block, count), "write");
}

#endif
