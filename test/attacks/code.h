/* SPDX-License-Identifier: Apache-2.0 */
/* A function that returns 42, as bytes that are written at run time. */
#ifndef CODE_H
#define CODE_H

#include "freestanding.h"

#define CODE_PAGE 4096

#if defined(__x86_64__)
static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
#elif defined(__aarch64__)
static const unsigned char code[] = { 0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 };
#endif

static inline void write_code(long at)
{
	memcpy((void *)at, code, sizeof(code));
}

/* Calls what was written; the program is broken if that is not the function. */
static inline void call_code(long at)
{
#if defined(__aarch64__)
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" ::"r"(at) : "memory");
#endif
	if (((int (*)(void))at)() != 42)
		leave(1);
}

static inline void protect(long at, long protection)
{
	can(call3(__NR_mprotect, at, CODE_PAGE, protection), "mprotect");
}

static inline long map_file(long fd, long protection, long kind)
{
	return can(call6(__NR_mmap, 0, CODE_PAGE, protection, kind, fd, 0), "mmap of a file");
}

/* A new file of one page that holds the code. */
static inline long code_file(const char *path)
{
	long fd;

	call3(__NR_unlinkat, AT_FDCWD, (long)path, 0);
	fd = require(open_file(path, O_RDWR | O_CREAT | O_EXCL), path);
	require(call3(__NR_write, fd, (long)code, sizeof(code)), "write");
	require(call3(__NR_ftruncate, fd, CODE_PAGE, 0), "ftruncate");
	return fd;
}

#endif
