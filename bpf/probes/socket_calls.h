/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The events of sockets.h where only system calls are seen, and copies of sockets, which are seen nowhere else. */
#ifndef TRACEE_PROBES_SOCKET_CALLS_H
#define TRACEE_PROBES_SOCKET_CALLS_H

/* include/uapi/asm-generic/errno-base.h, SOCK_TYPE_MASK of include/linux/net.h */
#define ERROR_BAD_ADDRESS -14
#define SOCKET_TYPES 0xf

static __always_inline struct socket *socket_of_descriptor(__u32 descriptor)
{
	struct file *file = file_of_descriptor(descriptor);

	return file && is_socket(file) ? FIELD(file, private_data) : NULL;
}

/* The kernel looked at the address before anybody was asked, and at everything else later. */
static __always_inline void on_address_call(struct call *call, __u32 event)
{
	__u32 size = call->called->arguments[2];
	struct address_request request = {
		.event = event,
		.descriptor = call->called->arguments[0],
		.address = (void *)call->called->arguments[1],
		.size = size,
		.is_users = true,
	};

	if (RESULT != ERROR_BAD_ADDRESS && size <= MAX_ADDRESS_SIZE)
		FOLLOW(on_socket_address(call, &request));
}

SHARED int on_socket_call(struct call *call)
{
	__u32 descriptor = call->called->arguments[0];
	struct socket_request request;
	struct socket *socket;

	if (EVENT == EVENT_SOCKET || EVENT == EVENT_SOCKETPAIR) {
		request.family = call->called->arguments[0];
		/* As the kernel hands it on, without the flags. */
		request.type = call->called->arguments[1] & SOCKET_TYPES;
		request.protocol = call->called->arguments[2];
		request.is_kernel = 0;
		if (HAS_SUCCEEDED)
			FOLLOW(on_socket_create(call, &request));
		return DONE;
	}
	socket = socket_of_descriptor(descriptor);
	if (!socket)
		return DONE;
	if (EVENT == EVENT_CONNECT)
		on_address_call(call, EVENT_SECURITY_SOCKET_CONNECT);
	else if (EVENT == EVENT_BIND)
		on_address_call(call, EVENT_SECURITY_SOCKET_BIND);
	else if (EVENT == EVENT_LISTEN)
		FOLLOW(on_socket_listen(call, socket, descriptor, call->called->arguments[1]));
	else
		FOLLOW(on_socket_accept(call, socket, descriptor));
	return DONE;
}

SHARED int on_dup_call(struct call *call)
{
	__u32 old = call->called->arguments[0];
	struct socket *socket = socket_of_descriptor(RESULT);

	if (!socket || (EVENT == EVENT_FCNTL && !is_duplication((__u32)call->called->arguments[1])))
		return DONE;
	FOLLOW(on_socket_dup(call, socket, old, RESULT));
	return DONE;
}

static __always_inline void on_socket_carrier_exit(struct call *call)
{
	if (IS_CARRIED(CHECK_SECURITY_SOCKET_CREATE))
		FOLLOW(on_socket_call(call));
	if (IS_CARRIED(CHECK_SOCKET_DUP) && HAS_SUCCEEDED)
		FOLLOW(on_dup_call(call));
}

#endif
