// SPDX-License-Identifier: Apache-2.0
/* Every system call of 32-bit programs by its number, as act-sweep.c has those of 64 bits. */

/* arch/x86/entry/syscalls/syscall_32.tbl; behind the newest that Linux has. */
#define LAST_NUMBER 480
#define NOTHING -1
#define NOBODY 0x7fffffff

enum {
	NR_exit = 1,
	NR_fork = 2,
	NR_ptrace = 26,
	NR_pause = 29,
	NR_kill = 37,
	NR_sigsuspend = 72,
	NR_vhangup = 111,
	NR_sigreturn = 119,
	NR_clone = 120,
	NR_rt_sigreturn = 173,
	NR_vfork = 190,
	NR_exit_group = 252,
	NR_process_vm_readv = 347,
	NR_msgget = 399,
	NR_clone3 = 435,
};

/* The sixth argument is passed in ebp, which only assembly can set. */
long call(long number, long a, long b, long c, long d, long e, long f);
__asm__(".global call\ncall:\n\tpush %ebp\n\tpush %edi\n\tpush %esi\n\tpush %ebx\n\t"
	"mov 20(%esp), %eax\n\tmov 24(%esp), %ebx\n\tmov 28(%esp), %ecx\n\tmov 32(%esp), %edx\n\t"
	"mov 36(%esp), %esi\n\tmov 40(%esp), %edi\n\tmov 44(%esp), %ebp\n\tint $0x80\n\t"
	"pop %ebx\n\tpop %esi\n\tpop %edi\n\tpop %ebp\n\tret\n");

static int is_left_out(long number)
{
	switch (number) {
	case NR_exit:
	case NR_fork:
	case NR_ptrace:
	case NR_pause:
	case NR_sigsuspend:
	case NR_vhangup:
	case NR_sigreturn:
	case NR_clone:
	case NR_rt_sigreturn:
	case NR_vfork:
	case NR_exit_group:
	case NR_process_vm_readv:
	case NR_clone3:
		return 1;
	}
	return 0;
}

void _start(void)
{
	for (long number = 0; number <= LAST_NUMBER; number++) {
		if (is_left_out(number))
			continue;
		if (number == NR_kill || number == NR_msgget)
			call(number, NOBODY, 0, 0, 0, 0, 0);
		else
			call(number, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
	}
	call(NR_exit_group, 0, 0, 0, 0, 0, 0);
}
