/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-3: changes another process, its own child, by ptrace: memory and registers. */
#include <linux/elf.h>
#include <linux/uio.h>
#include "victim.h"

#define REGISTER_BYTES 4096

static long attach(void)
{
	long victim = start_victim();

	can(call4(__NR_ptrace, PTRACE_ATTACH, victim, 0, 0), "PTRACE_ATTACH");
	wait_for(victim);
	return victim;
}

static long seize(void)
{
	long victim = start_victim();

	can(call4(__NR_ptrace, PTRACE_SEIZE, victim, 0, 0), "PTRACE_SEIZE");
	require(call4(__NR_ptrace, PTRACE_INTERRUPT, victim, 0, 0), "PTRACE_INTERRUPT");
	wait_for(victim);
	return victim;
}

static void poke(long victim, long request, volatile void *address)
{
	require(call4(__NR_ptrace, request, victim, (long)address, new_word), "poke");
	require(call4(__NR_ptrace, PTRACE_DETACH, victim, 0, 0), "PTRACE_DETACH");
	check_victim(victim);
}

static void poke_text(struct start *start)
{
	poke(attach(), PTRACE_POKETEXT, &target.word);
}

static void poke_data_seized(struct start *start)
{
	poke(seize(), PTRACE_POKEDATA, &target.word);
}

/* A program that was started for the purpose, before its first instruction: hollowing. */
static void poke_new_program(struct start *start)
{
	const char *const argv[] = { start->argv[0], "new-program-2", 0 };
	long child = fork_bound();

	if (!child) {
		require(call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0), "PTRACE_TRACEME");
		execute("/proc/self/exe", argv, (const char *const *)start->envp);
	}
	wait_for(child);
	poke(child, PTRACE_POKEDATA, &target.word);
}

static void as_new_program(struct start *start)
{
	wait_for_word();
}

/* Writes back what is there: where the victim goes on is up to who sets the registers. */
static void set_register_set(long kind)
{
	static char registers[REGISTER_BYTES];
	struct iovec part = { registers, sizeof(registers) };
	long victim = attach();

	require(call4(__NR_ptrace, PTRACE_GETREGSET, victim, kind, (long)&part), "PTRACE_GETREGSET");
	require(call4(__NR_ptrace, PTRACE_SETREGSET, victim, kind, (long)&part), "PTRACE_SETREGSET");
	end_child(victim);
}

static void set_general_set(struct start *start)
{
	set_register_set(NT_PRSTATUS);
}

#if defined(__x86_64__)
static void set_registers(long get, long set)
{
	static char registers[REGISTER_BYTES];
	long victim = attach();

	require(call4(__NR_ptrace, get, victim, 0, (long)registers), "reading registers");
	require(call4(__NR_ptrace, set, victim, 0, (long)registers), "writing registers");
	end_child(victim);
}

static void set_general(struct start *start)
{
	set_registers(PTRACE_GETREGS, PTRACE_SETREGS);
}

static void set_floating_point(struct start *start)
{
	set_registers(PTRACE_GETFPREGS, PTRACE_SETFPREGS);
}

/* The instruction pointer alone, 16 words into struct user. */
static void poke_user(struct start *start)
{
	const long instruction_pointer = 16 * sizeof(long);
	long victim = attach(), at = 0;

	require(call4(__NR_ptrace, PTRACE_PEEKUSR, victim, instruction_pointer, (long)&at), "PTRACE_PEEKUSR");
	require(call4(__NR_ptrace, PTRACE_POKEUSR, victim, instruction_pointer, at), "PTRACE_POKEUSR");
	end_child(victim);
}

/* The 32-bit call, by a 64-bit program: addresses of this program fit into 32 bits. */
static void poke_compat(struct start *start)
{
	const int poke_data = 5;
	long victim = attach(), result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(26), "b"((long)poke_data), "c"(victim), "d"(&target.word), "S"(new_word & 0xffffffff)
			 : "memory", "r8", "r9", "r10", "r11");
	if (result)
		impossible("this kernel lets no program call its 32-bit interface");
	end_child(victim);
}
#else
static void set_general(struct start *start)
{
	impossible("only x86 has this request");
}

static void set_floating_point(struct start *start)
{
	impossible("only x86 has this request");
}

static void poke_user(struct start *start)
{
	impossible("only x86 has this request");
}

static void poke_compat(struct start *start)
{
	impossible("a 64-bit program of this architecture has no 32-bit calls");
}
#endif

/* A name is no excuse. */
static void under_false_name(struct start *start)
{
	const char *const argv[] = { "gdb", "poke-text", 0 };
	long from = require(open_file("/proc/self/exe", O_RDONLY), "/proc/self/exe"), to;

	call3(__NR_unlinkat, AT_FDCWD, (long)"gdb", 0);
	to = require(open_file("gdb", O_WRONLY | O_CREAT | O_EXCL), "gdb");
	copy_file(from, to);
	close_file(to);
	execute("./gdb", argv, (const char *const *)start->envp);
}

static const struct act inj_ptrace_acts[] = {
	{ "poke-text", poke_text },
	{ "poke-data-seized", poke_data_seized },
	{ "new-program", poke_new_program },
	{ "new-program-2", as_new_program },
	{ "register-set", set_general_set },
	{ "registers", set_general },
	{ "floating-point", set_floating_point },
	{ "poke-user", poke_user },
	{ "poke-compat", poke_compat },
	{ "false-file", under_false_name },
};

PROGRAM(inj_ptrace_acts)
