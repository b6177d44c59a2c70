/* SPDX-License-Identifier: Apache-2.0 */
/* A child whose memory somebody else changes: it ends with status 0 when a word of its has the new value. */
#ifndef VICTIM_H
#define VICTIM_H

#include <linux/uio.h>
#include "freestanding.h"
#include "threads.h"

static const long new_word = 0x7274616365657221;

/* A page of its own, that nothing else is written to. */
static volatile struct {
	long word;
	int thread;
	char rest[4084];
} target __attribute__((aligned(4096)));

/* Code that may be overwritten. */
__attribute__((noinline, used, aligned(64))) static void never_called(void)
{
	__asm__ volatile(".rept 16\n\tnop\n\t.endr");
}

static inline __attribute__((noreturn)) void wait_for_word(void)
{
	for (int i = 0; i < 3000; i++) {
		if (target.word == new_word)
			leave(0);
		pause_ms(1);
	}
	leave(1);
}

static inline long start_victim(void)
{
	long victim = fork_bound();

	if (!victim)
		wait_for_word();
	return victim;
}

static inline void idle(void *argument)
{
	for (;;)
		pause_ms(1000);
}

/* The number of the thread is written where nobody but the victim has it: its parent reads it from proc. */
static inline long start_victim_with_thread(void)
{
	long victim = fork_bound();

	if (!victim) {
		start_on_stack(THREAD_FLAGS, idle, 0);
		wait_for_word();
	}
	pause_ms(100);
	return victim;
}

/* A thread of a process that is not its first one. */
static inline long victim_thread(long victim)
{
	static char entries[1024];
	char path[64];
	long length, fd, other = 0;

	append_text(append_number(append_text(path, "/proc/"), victim), "/task");
	fd = require(open_file(path, O_RDONLY | O_DIRECTORY), path);
	length = require(call3(__NR_getdents64, fd, (long)entries, sizeof(entries)), "getdents64");
	/* struct linux_dirent64: inode and offset of 8 bytes, length of 2, type of 1, name. */
	for (long at = 0; at < length; at += *(unsigned short *)(entries + at + 16)) {
		long number = 0;

		for (const char *digit = entries + at + 19; *digit >= '0' && *digit <= '9'; digit++)
			number = number * 10 + *digit - '0';
		if (number && number != victim)
			other = number;
	}
	return other ? other : require(-ENOENT_ERROR, "the victim's thread");
}

static inline void check_victim(long victim)
{
	leave_with(victim);
}

static inline char *path_of_mem(char *path, long pid)
{
	append_text(append_number(append_text(path, "/proc/"), pid), "/mem");
	return path;
}

static inline void write_remote(long pid)
{
	struct iovec from = { (void *)&new_word, sizeof(long) };
	struct iovec to = { (void *)&target.word, sizeof(long) };

	can(call6(__NR_process_vm_writev, pid, (long)&from, 1, (long)&to, 1, 0), "process_vm_writev");
}

#endif
