// SPDX-License-Identifier: Apache-2.0
/* A program of 32 bits: some calls by their own numbers (arch/x86/entry/syscalls/syscall_32.tbl), and one that fails. */

enum {
	NR_read = 3,
	NR_write = 4,
	NR_close = 6,
	NR_unlink = 10,
	NR_lseek = 19,
	NR_getpid = 20,
	NR_mkdir = 39,
	NR_rmdir = 40,
	NR_munmap = 91,
	NR_writev = 146,
	NR_pread64 = 180,
	NR_pwrite64 = 181,
	NR_mmap2 = 192,
	NR_ftruncate64 = 194,
	NR_fcntl64 = 221,
	NR_exit_group = 252,
	NR_openat = 295,
};

#define AT_FDCWD -100
#define O_CREAT_RDWR 0102

/* The sixth argument is passed in ebp, which only assembly can set. */
long call(long number, long a, long b, long c, long d, long e, long f);
__asm__(".global call\ncall:\n\tpush %ebp\n\tpush %edi\n\tpush %esi\n\tpush %ebx\n\t"
	"mov 20(%esp), %eax\n\tmov 24(%esp), %ebx\n\tmov 28(%esp), %ecx\n\tmov 32(%esp), %edx\n\t"
	"mov 36(%esp), %esi\n\tmov 40(%esp), %edi\n\tmov 44(%esp), %ebp\n\tint $0x80\n\t"
	"pop %ebx\n\tpop %esi\n\tpop %edi\n\tpop %ebp\n\tret\n");

struct part {
	const char *bytes;
	unsigned long length;
};

void _start(void)
{
	static const char name[] = "tracee-conformance-32";
	static const struct part parts[] = { { "in ", 3 }, { "parts", 5 } };
	char bytes[16];
	long file, memory;

	call(NR_getpid, 0, 0, 0, 0, 0, 0);
	file = call(NR_openat, AT_FDCWD, (long)name, O_CREAT_RDWR, 0600, 0, 0);
	call(NR_write, file, (long)"written", 7, 0, 0, 0);
	call(NR_writev, file, (long)parts, 2, 0, 0, 0);
	call(NR_pwrite64, file, (long)"there", 5, 100, 0, 0);
	call(NR_pread64, file, (long)bytes, 5, 100, 0, 0);
	call(NR_lseek, file, 3, 0, 0, 0, 0);
	call(NR_read, file, (long)bytes, 4, 0, 0, 0);
	call(NR_ftruncate64, file, 10, 0, 0, 0, 0);
	call(NR_fcntl64, file, 3, 0, 0, 0, 0);
	memory = call(NR_mmap2, 0, 8192, 3, 0x22, -1, 0);
	call(NR_munmap, memory, 8192, 0, 0, 0, 0);
	call(NR_close, file, 0, 0, 0, 0, 0);
	call(NR_close, 77, 0, 0, 0, 0, 0);
	call(NR_unlink, (long)name, 0, 0, 0, 0, 0);
	call(NR_mkdir, (long)name, 0700, 0, 0, 0, 0);
	call(NR_rmdir, (long)name, 0, 0, 0, 0, 0);
	call(NR_exit_group, 0, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}
