/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-4: memory that was written becomes executable, by each call that changes what may be done with it. */
#include <linux/uio.h>
#include "code.h"
#include "ring.h"
#include "threads.h"

#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)

static long written(void)
{
	long at = map_memory(CODE_PAGE, RW);

	write_code(at);
	return at;
}

static void become(long at, long protection)
{
	protect(at, protection);
	call_code(at);
}

static void rw_to_rx(struct start *start)
{
	become(written(), RX);
}

static void rw_to_rwx(struct start *start)
{
	become(written(), RWX);
}

static void rw_to_x(struct start *start)
{
	become(written(), PROT_EXEC);
}

static void rwx_to_rx(struct start *start)
{
	long at = map_memory(CODE_PAGE, RWX);

	write_code(at);
	become(at, RX);
}

/* Neither step goes from writable to executable. */
static void rw_to_r_to_rx(struct start *start)
{
	long at = written();

	protect(at, PROT_READ);
	become(at, RX);
}

static void rw_to_none_to_rx(struct start *start)
{
	long at = written();

	protect(at, PROT_NONE);
	become(at, RX);
}

/* A mapping that was executable, then written, then executable again. */
static void rx_to_rw_to_rx(struct start *start)
{
	long at = map_memory(CODE_PAGE, RX);

	protect(at, RW);
	write_code(at);
	become(at, RX);
}

static void by_pkey(struct start *start)
{
	long at = written();
	long key = call3(__NR_pkey_alloc, 0, 0, 0);

	/* Without protection keys in the processor, -1 is the key that the call takes: it is mprotect then. */
	can(call4(__NR_pkey_mprotect, at, CODE_PAGE, RX, key < 0 ? -1 : key), "pkey_mprotect");
	call_code(at);
}

/* The address is another one when it becomes executable. */
static void after_move(struct start *start)
{
	const long may_move = 1, fixed = 2;
	long at = written(), elsewhere = map_memory(CODE_PAGE, PROT_NONE);

	become(require(call5(__NR_mremap, at, CODE_PAGE, CODE_PAGE, may_move | fixed, elsewhere), "mremap"), RX);
}

static long by_thread;

static void protect_in_thread(void)
{
	protect(by_thread, RX);
}

static void in_thread(struct start *start)
{
	by_thread = written();
	run_in_thread(protect_in_thread);
	call_code(by_thread);
}

static void in_child(struct start *start)
{
	long at = written(), child = fork_bound();

	if (!child) {
		become(at, RX);
		leave(0);
	}
	leave_with(child);
}

static void of_stack(struct start *start)
{
	unsigned char page[2 * CODE_PAGE] __attribute__((aligned(CODE_PAGE)));

	write_code((long)page);
	become((long)page, RX | PROT_WRITE);
}

static unsigned char data[CODE_PAGE] __attribute__((aligned(CODE_PAGE))) = { 1 };

static void of_data(struct start *start)
{
	write_code((long)data);
	become((long)data, RX);
}

static void of_heap(struct start *start)
{
	long end = call3(__NR_brk, 0, 0, 0);
	long at = (end + CODE_PAGE - 1) & -CODE_PAGE;

	if (call3(__NR_brk, at + CODE_PAGE, 0, 0) != at + CODE_PAGE)
		leave(1);
	write_code(at);
	become(at, RX);
}

__attribute__((noinline, used, aligned(CODE_PAGE))) static int own_code(void)
{
	__asm__ volatile(".rept 4096\n\tnop\n\t.endr");
	return 1;
}

static volatile long own_code_address;

/* The program's own code is changed and restored. */
static void of_own_code(struct start *start)
{
	own_code_address = (long)own_code;
	protect(own_code_address, RW);
	write_code(own_code_address);
	become(own_code_address, RX);
}

/* Written by the kernel, by a read into the buffer. */
static void read_from_file(struct start *start)
{
	long at = map_memory(CODE_PAGE, RW);

	require(call4(__NR_pread64, code_file("plugin"), at, sizeof(code), 0), "read");
	become(at, RX);
}

static void read_by_ring(struct start *start)
{
	long at = map_memory(CODE_PAGE, RW);
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_READ, .fd = code_file("plugin") };

	request.addr = at;
	request.len = sizeof(code);
	can(ask_ring(&ring, &request), "read by io_uring");
	become(at, RX);
}

static void by_own_vm_writev(struct start *start)
{
	long at = map_memory(CODE_PAGE, RW);
	struct iovec from = { (void *)code, sizeof(code) }, to = { (void *)at, sizeof(code) };

	can(call6(__NR_process_vm_writev, own_pid(), (long)&from, 1, (long)&to, 1, 0), "process_vm_writev");
	become(at, RX);
}

/* A private copy of a file's page. */
static void of_private_file(struct start *start)
{
	long fd = code_file("plugin"), at;

	require(call3(__NR_ftruncate, fd, 0, 0), "ftruncate");
	require(call3(__NR_ftruncate, fd, CODE_PAGE, 0), "ftruncate");
	at = map_file(fd, RW, MAP_PRIVATE);
	write_code(at);
	become(at, RX);
}

#if defined(__x86_64__)
/* The 32-bit call, for memory in its reach. */
static void by_compat(struct start *start)
{
	const long i386_mprotect = 125;
	long at = require(call6(__NR_mmap, 0, CODE_PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0), "mmap");
	long result;

	write_code(at);
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(i386_mprotect), "b"(at), "c"((long)CODE_PAGE), "d"((long)RX)
			 : "memory", "r8", "r9", "r10", "r11");
	if (result)
		impossible("this kernel lets no program call its 32-bit interface");
	call_code(at);
}
#else
static void by_compat(struct start *start)
{
	impossible("a 64-bit program of this architecture has no 32-bit calls");
}
#endif

/* Memory that was never writable: the kernel writes it on behalf of who opened its own mem. */
static void patch(long at)
{
	long fd = require(open_file("/proc/self/mem", O_RDWR), "/proc/self/mem");

	can(call4(__NR_pwrite64, fd, (long)code, sizeof(code), at), "write to own code through mem");
	call_code(at);
}

static void by_mem_own_code(struct start *start)
{
	own_code_address = (long)own_code;
	patch(own_code_address);
}

static void by_mem_anonymous(struct start *start)
{
	patch(map_memory(CODE_PAGE, RX));
}

static void by_mem_ring(struct start *start)
{
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_WRITE };

	own_code_address = (long)own_code;
	request.fd = require(open_file("/proc/self/mem", O_RDWR), "/proc/self/mem");
	request.addr = (unsigned long)code;
	request.len = sizeof(code);
	request.off = own_code_address;
	can(ask_ring(&ring, &request), "write to own code by io_uring");
	call_code(own_code_address);
}

static const struct act dyn_protect_acts[] = {
	{ "rw-to-rx", rw_to_rx },
	{ "rw-to-rwx", rw_to_rwx },
	{ "rw-to-x", rw_to_x },
	{ "rwx-to-rx", rwx_to_rx },
	{ "rw-to-r-to-rx", rw_to_r_to_rx },
	{ "rw-to-none-to-rx", rw_to_none_to_rx },
	{ "rx-to-rw-to-rx", rx_to_rw_to_rx },
	{ "pkey", by_pkey },
	{ "after-move", after_move },
	{ "thread", in_thread },
	{ "child", in_child },
	{ "stack", of_stack },
	{ "data", of_data },
	{ "heap", of_heap },
	{ "own-code", of_own_code },
	{ "read-from-file", read_from_file },
	{ "read-by-ring", read_by_ring },
	{ "own-vm-writev", by_own_vm_writev },
	{ "private-file", of_private_file },
	{ "compat", by_compat },
	{ "mem-own-code", by_mem_own_code },
	{ "mem-anonymous", by_mem_anonymous },
	{ "mem-ring", by_mem_ring },
};

PROGRAM(dyn_protect_acts)
