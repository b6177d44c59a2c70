/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRC-6: asks the kernel to load a module, by each entry. What it is given is no module, so that nothing is loaded:
 * the kernel answers ENOEXEC after it has taken the image.
 */
#include <linux/bpf.h>
#include <linux/memfd.h>
#include <linux/module.h>
#include "freestanding.h"
#include "threads.h"

#define EBADF_ERROR 9
#define COMPRESSED_FILE 4

/* As long as the header of a module: less is refused before it is taken (copy_module_from_user()). */
static const char image[128] = "this is no module";

/* How the kernel refuses what is no module; an error that comes before it has looked makes the act impossible. */
static void expect_refusal(long result)
{
	if (result != -ENOEXEC_ERROR)
		can(result, "loading a module");
}

static long image_file(void)
{
	long fd;

	call3(__NR_unlinkat, AT_FDCWD, (long)"driver.ko", 0);
	fd = require(open_file("driver.ko", O_WRONLY | O_CREAT | O_EXCL), "driver.ko");
	require(call3(__NR_write, fd, (long)image, sizeof(image)), "write");
	close_file(fd);
	return require(open_file("driver.ko", O_RDONLY), "driver.ko");
}

static long image_memfd(void)
{
	long fd = can(call3(__NR_memfd_create, (long)"driver", 0, 0), "memfd_create");

	require(call3(__NR_write, fd, (long)image, sizeof(image)), "write");
	return fd;
}

static void by_init(struct start *start)
{
	expect_refusal(call3(__NR_init_module, (long)image, sizeof(image), (long)""));
}

static void by_finit(struct start *start)
{
	expect_refusal(call3(__NR_finit_module, image_file(), (long)"", 0));
}

static void by_finit_forced(struct start *start)
{
	const long ignore_versions = 3;

	expect_refusal(call3(__NR_finit_module, image_file(), (long)"", ignore_versions));
}

static void from_memfd(struct start *start)
{
	expect_refusal(call3(__NR_finit_module, image_memfd(), (long)"", 0));
}

static void from_unlinked(struct start *start)
{
	long fd = image_file();

	require(call3(__NR_unlinkat, AT_FDCWD, (long)"driver.ko", 0), "unlink");
	expect_refusal(call3(__NR_finit_module, fd, (long)"", 0));
}

/* A kernel that does not know the flag refuses it before it looks at the file. */
static void compressed(struct start *start)
{
	if (call3(__NR_finit_module, -1, (long)"", COMPRESSED_FILE) != -EBADF_ERROR)
		impossible("this kernel takes no compressed modules");
	if (call3(__NR_finit_module, image_file(), (long)"", COMPRESSED_FILE) >= 0)
		leave(1);
}

static void load_in_thread(void)
{
	expect_refusal(call3(__NR_init_module, (long)image, sizeof(image), (long)""));
}

static void in_thread(struct start *start)
{
	run_in_thread(load_in_thread);
}

static void in_pid_namespace(struct start *start)
{
	long child;

	can(call3(__NR_unshare, CLONE_NEWPID, 0, 0), "unshare of process ids");
	child = require(call5(__NR_clone, SIGCHLD, 0, 0, 0, 0), "fork");
	if (!child) {
		by_init(start);
		leave(0);
	}
	leave_with(child);
}

#if defined(__x86_64__)
static long compat_call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

/* The image and the empty string stand in this program's own memory, below 4 GiB. */
static void init_by_compat(struct start *start)
{
	expect_refusal(compat_call(128, (long)image, sizeof(image), (long)&image[sizeof(image) - 1]));
}

static void finit_by_compat(struct start *start)
{
	expect_refusal(compat_call(350, image_file(), (long)&image[sizeof(image) - 1], 0));
}
#else
static void init_by_compat(struct start *start)
{
	impossible("a 64-bit program of this architecture has no 32-bit calls");
}

static void finit_by_compat(struct start *start)
{
	impossible("a 64-bit program of this architecture has no 32-bit calls");
}
#endif

/* A real module, whose path the first argument is. It stays loaded: for virtual machines. */
static void real(struct start *start)
{
	if (start->argc < 3)
		impossible("no module is named");
	can(call3(__NR_finit_module, can(open_file(start->argv[2], O_RDONLY), start->argv[2]), (long)"", 0),
	    "loading a module");
}

/* Another kernel; what is given is no kernel. */
static void other_kernel(struct start *start)
{
	long fd = image_file();

	if (call5(__NR_kexec_file_load, fd, -1, 1, (long)"", 4) == -ENOSYS_ERROR)
		impossible("this kernel has no kexec_file_load");
}

static void other_kernel_segments(struct start *start)
{
	if (call4(__NR_kexec_load, 0, 0, 0, 1) == -ENOSYS_ERROR)
		impossible("this kernel has no kexec_load");
}

/* A program in the kernel needs no module. `r0 = 0; exit`: attached to nothing. */
static void bpf_program(struct start *start)
{
	struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)instructions,
		.insn_cnt = LENGTH(instructions),
		.license = (unsigned long)"GPL",
	};

	can(call3(__NR_bpf, BPF_PROG_LOAD, (long)&attributes, sizeof(attributes)), "BPF_PROG_LOAD");
}

static const struct act km_load_acts[] = {
	{ "init", by_init },
	{ "finit", by_finit },
	{ "finit-forced", by_finit_forced },
	{ "memfd", from_memfd },
	{ "unlinked", from_unlinked },
	{ "compressed", compressed },
	{ "thread", in_thread },
	{ "pid-namespace", in_pid_namespace },
	{ "init-compat", init_by_compat },
	{ "finit-compat", finit_by_compat },
	{ "real", real },
	{ "kexec-file", other_kernel },
	{ "kexec", other_kernel_segments },
	{ "bpf-program", bpf_program },
};

PROGRAM(km_load_acts)
