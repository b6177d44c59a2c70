// SPDX-License-Identifier: Apache-2.0
/* Requests through io_uring, one in each process; its mark is the number that comes back with the result. */
#include "../attacks/ring.h"

#define MARK 0x1122334455667788

static struct io_uring_sqe request_on(unsigned char opcode, long fd)
{
	struct io_uring_sqe request = { .opcode = opcode, .fd = (int)fd, .user_data = MARK };

	return request;
}

static void ask(struct io_uring_sqe request, const char *step)
{
	struct ring ring = open_ring();

	can(ask_ring(&ring, &request), step);
}

static void open_by_ring(struct start *start)
{
	struct io_uring_sqe request = request_on(IORING_OP_OPENAT, AT_FDCWD);

	request.addr = (unsigned long)"file";
	request.len = 0600;
	request.open_flags = O_CREAT | O_RDWR;
	ask(request, "openat by io_uring");
}

static struct io_uring_sqe writing(void)
{
	struct io_uring_sqe request =
		request_on(IORING_OP_WRITE, require(open_file("file", O_CREAT | O_RDWR), "open"));

	request.addr = (unsigned long)"by a ring";
	request.len = 9;
	return request;
}

static void write_by_ring(struct start *start)
{
	ask(writing(), "write by io_uring");
}

static void write_by_pool(struct start *start)
{
	struct io_uring_sqe request = writing();

	request.flags = IOSQE_ASYNC;
	ask(request, "write by a thread of io_uring");
}

/* Its descriptor means nothing. */
static void do_nothing(struct start *start)
{
	ask(request_on(IORING_OP_NOP, 0), "nothing by io_uring");
}

static const struct act ring_acts[] = {
	{ "open", open_by_ring },
	{ "write", write_by_ring },
	{ "pool", write_by_pool },
	{ "nothing", do_nothing },
};

PROGRAM(ring_acts)
