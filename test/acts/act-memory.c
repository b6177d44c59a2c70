// SPDX-License-Identifier: Apache-2.0
/* Memory and what is allowed there. */
#include "../attacks/freestanding.h"

#define SIZE 8192

static void protect(long address, unsigned long size, long protection)
{
	require(call3(__NR_mprotect, address, size, protection), "mprotect");
}

static void map_writable_and_executable(struct start *start)
{
	map_memory(SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void make_executable(struct start *start)
{
	protect(map_memory(SIZE, PROT_READ | PROT_WRITE), SIZE, PROT_READ | PROT_EXEC);
}

static void make_executable_by_key(struct start *start)
{
	long address = map_memory(SIZE, PROT_READ | PROT_WRITE);

	can(call4(__NR_pkey_mprotect, address, SIZE, PROT_READ | PROT_EXEC, -1), "pkey_mprotect");
}

static void make_writable(struct start *start)
{
	protect(map_memory(SIZE, PROT_READ | PROT_EXEC), SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void take_writing(struct start *start)
{
	protect(map_memory(SIZE, PROT_READ | PROT_WRITE | PROT_EXEC), SIZE, PROT_READ | PROT_EXEC);
}

/* The kernel says yes, and changes nothing. */
static void protect_nothing(struct start *start)
{
	protect(map_memory(SIZE, PROT_READ | PROT_WRITE), 0, PROT_READ | PROT_EXEC);
}

static void map_plainly(struct start *start)
{
	protect(map_memory(SIZE, PROT_READ | PROT_WRITE), SIZE, PROT_READ);
}

static void write_memory(const char *path, long address)
{
	static const long word = 0x7274616365657221;
	long memory = can(open_file(path, O_WRONLY), path);

	require(call4(__NR_pwrite64, memory, (long)&word, sizeof(word), address), "pwrite64");
}

static void write_own_memory(struct start *start)
{
	write_memory("/proc/self/mem", map_memory(SIZE, PROT_READ | PROT_WRITE));
}

static void write_childs_memory(struct start *start)
{
	long address = map_memory(SIZE, PROT_READ | PROT_WRITE);
	long child = fork_bound();
	char path[32];

	if (!child)
		for (;;)
			pause_ms(1000);
	append_text(append_number(append_text(path, "/proc/"), child), "/mem");
	write_memory(path, address);
	end_child(child);
}

static const struct act memory_acts[] = {
	{ "write-own", write_own_memory },
	{ "write-child", write_childs_memory },
	{ "map", map_writable_and_executable },
	{ "execute", make_executable },
	{ "execute-key", make_executable_by_key },
	{ "write", make_writable },
	{ "no-write", take_writing },
	{ "nothing", protect_nothing },
	{ "plain", map_plainly },
};

PROGRAM(memory_acts)
