// SPDX-License-Identifier: Apache-2.0
/* Writes to `file` in the working directory, by one call each. */
#include "../attacks/freestanding.h"

struct part {
	const char *bytes;
	unsigned long length;
};

/* In an order that no layout in memory gives by chance. */
static const struct part parts[] = { { "\177E", 2 }, { "", 0 }, { "LF", 2 }, { "and the rest of it", 18 } };

static long make_file(void)
{
	return require(open_file("file", O_CREAT | O_RDWR | O_TRUNC), "open");
}

static void write_twice(struct start *start)
{
	long fd = make_file();

	require(write_text(fd, "first"), "write");
	require(write_text(fd, "and second"), "write");
}

static void write_at(struct start *start)
{
	require(call4(__NR_pwrite64, make_file(), (long)"there", 5, 0x100000064), "pwrite64");
}

static void write_vector(struct start *start)
{
	require(call3(__NR_writev, make_file(), (long)parts, LENGTH(parts)), "writev");
}

static void write_vector_at(struct start *start)
{
	require(call5(__NR_pwritev, make_file(), (long)parts, LENGTH(parts), 10, 0), "pwritev");
}

/* A descriptor that is open for reading only. */
static void write_in_vain(struct start *start)
{
	long fd;

	close_file(make_file());
	fd = require(open_file("file", O_RDONLY), "open");
	if (write_text(fd, "nothing") != -9 /* EBADF */)
		leave(1);
}

static void write_to_nothing(struct start *start)
{
	require(write_text(require(open_file("/dev/null", O_WRONLY), "open"), "nothing"), "write");
}

static void write_to_pipe(struct start *start)
{
	int ends[2];

	require(call3(__NR_pipe2, (long)ends, 0, 0), "pipe2");
	require(write_text(ends[1], "through a pipe"), "write");
}

#if defined(__x86_64__)
/* By the 32-bit interface, whose positions come in halves. */
static void write_at_compat(struct start *start)
{
	long fd = make_file();
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(181 /* pwrite64 */), "b"(fd), "c"("there"), "d"(5L), "S"(0x64L), "D"(1L)
			 : "r8", "r9", "r10", "r11", "memory");
	can(result, "pwrite64 of 32 bits");
}

/* And whose vectors are half as wide. */
static void write_vector_compat(struct start *start)
{
	static const char text[] = "in halves";
	unsigned int vector[] = { (unsigned int)(long)text, 2, (unsigned int)(long)text + 2, 7 };
	unsigned int *low = (unsigned int *)call6(__NR_mmap, 0, 4096, PROT_READ | PROT_WRITE,
						  MAP_PRIVATE | MAP_ANONYMOUS | 0x40 /* MAP_32BIT */, -1, 0);
	long fd = make_file();
	long result;

	require((long)low, "mmap");
	memcpy(low, vector, sizeof(vector));
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(146 /* writev */), "b"(fd), "c"(low), "d"(2L)
			 : "r8", "r9", "r10", "r11", "memory");
	can(result, "writev of 32 bits");
}
#endif

static const struct act write_acts[] = {
	{ "twice", write_twice },
	{ "at", write_at },
	{ "vector", write_vector },
	{ "vector-at", write_vector_at },
	{ "in-vain", write_in_vain },
	{ "to-nothing", write_to_nothing },
	{ "to-pipe", write_to_pipe },
#if defined(__x86_64__)
	{ "at-compat", write_at_compat },
	{ "vector-compat", write_vector_compat },
#endif
};

PROGRAM(write_acts)
