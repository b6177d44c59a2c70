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

static const struct act memory_acts[] = {
	{ "map", map_writable_and_executable },
	{ "execute", make_executable },
	{ "execute-key", make_executable_by_key },
	{ "write", make_writable },
	{ "no-write", take_writing },
	{ "nothing", protect_nothing },
	{ "plain", map_plainly },
};

PROGRAM(memory_acts)
