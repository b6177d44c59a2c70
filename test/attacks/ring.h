/* SPDX-License-Identifier: Apache-2.0 */
/* io_uring with one request at a time: system calls that are none. */
#ifndef RING_H
#define RING_H

#include <linux/io_uring.h>
#include "freestanding.h"

struct ring {
	long fd;
	char *submissions, *completions;
	struct io_uring_sqe *requests;
	struct io_uring_params parameters;
};

static inline struct ring open_ring(void)
{
	struct ring ring = { 0 };
	struct io_uring_params *p = &ring.parameters;
	const long protection = PROT_READ | PROT_WRITE, kind = MAP_SHARED | MAP_POPULATE;

	ring.fd = can(call3(__NR_io_uring_setup, 4, (long)p, 0), "io_uring_setup");
	ring.submissions = (char *)require(call6(__NR_mmap, 0, p->sq_off.array + p->sq_entries * 4, protection, kind,
						 ring.fd, IORING_OFF_SQ_RING),
					   "mmap of the ring");
	ring.completions = (char *)require(call6(__NR_mmap, 0, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
						 protection, kind, ring.fd, IORING_OFF_CQ_RING),
					   "mmap of the ring");
	ring.requests = (struct io_uring_sqe *)require(call6(__NR_mmap, 0, p->sq_entries * sizeof(struct io_uring_sqe),
							     protection, kind, ring.fd, IORING_OFF_SQES),
						       "mmap of the requests");
	return ring;
}

/* The result of one request, negative as that of a system call. */
static inline long ask_ring(struct ring *ring, const struct io_uring_sqe *request)
{
	unsigned int *sq_tail = (unsigned int *)(ring->submissions + ring->parameters.sq_off.tail);
	unsigned int *sq_array = (unsigned int *)(ring->submissions + ring->parameters.sq_off.array);
	unsigned int *cq_head = (unsigned int *)(ring->completions + ring->parameters.cq_off.head);
	struct io_uring_cqe *results = (struct io_uring_cqe *)(ring->completions + ring->parameters.cq_off.cqes);
	unsigned int index = *sq_tail & (ring->parameters.sq_entries - 1);
	long result;

	ring->requests[index] = *request;
	sq_array[index] = index;
	__atomic_store_n(sq_tail, *sq_tail + 1, __ATOMIC_RELEASE);
	require(call6(__NR_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, 0, 0), "io_uring_enter");
	result = results[*cq_head & (ring->parameters.cq_entries - 1)].res;
	__atomic_store_n(cq_head, *cq_head + 1, __ATOMIC_RELEASE);
	return result;
}

#endif
