/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets, where the kernel's security modules see them:
 *
 *   socket(), socketpair() -> security_socket_create(family, type, protocol, by the kernel itself)
 *   bind() -> security_socket_bind(sock, address, size)
 *   listen() -> security_socket_listen(sock, backlog)
 *   accept(), accept4() -> security_socket_accept(sock, new)         before it waits for somebody
 *   connect() -> security_socket_connect(sock, address, size)
 *
 * io_uring leads to them too, without a descriptor that could be told. Copies of sockets:
 *
 *   dup(), dup2(), dup3(), fcntl(F_DUPFD)
 */
#ifndef TRACEE_PROBES_SOCKETS_H
#define TRACEE_PROBES_SOCKETS_H

/* In place of a descriptor where the current call has to be asked for it, which takes a while. */
#define ASK_THE_CALL -2

static __always_inline __s64 descriptor_of(__s32 descriptor)
{
	return descriptor == ASK_THE_CALL ? current_socket() : descriptor;
}

struct socket_request {
	__u32 family, type, protocol, is_kernel;
};

SHARED int on_socket_create(struct call *call, const struct socket_request *request)
{
	struct event_config *event = look_up(EVENT_SECURITY_SOCKET_CREATE);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SOCKET_CREATE, event->routes))
		return DONE;
	put_number(&record, SECURITY_SOCKET_CREATE__FAMILY, request->family);
	put_number(&record, SECURITY_SOCKET_CREATE__TYPE, request->type);
	put_number(&record, SECURITY_SOCKET_CREATE__PROTOCOL, request->protocol);
	put_number(&record, SECURITY_SOCKET_CREATE__KERN, request->is_kernel);
	submit_record(&record);
	return DONE;
}

/* What a socket was asked for, with an address that the kernel (or where `is_users`, the caller) holds. */
struct address_request {
	__u32 event;
	__s32 descriptor;
	const void *address;
	__u32 size;
	bool is_users;
};

/* For events that have a descriptor, then an address. */
SHARED int on_socket_address(struct call *call, const struct address_request *request)
{
	struct event_config *event = look_up(request->event);
	struct record record;

	if (!event || !begin_wanted(&record, call, request->event, event->routes))
		return DONE;
	put_number(&record, SECURITY_SOCKET_CONNECT__SOCKFD, descriptor_of(request->descriptor));
	if (request->is_users)
		put_user_bytes(&record, SECURITY_SOCKET_CONNECT__REMOTE_ADDR, request->address, request->size,
			       MAX_ADDRESS_SIZE);
	else
		put_kernel_address(&record, SECURITY_SOCKET_CONNECT__REMOTE_ADDR, request->address,
				   request->size);
	submit_record(&record);
	return DONE;
}
_Static_assert((int)SECURITY_SOCKET_BIND__SOCKFD == (int)SECURITY_SOCKET_CONNECT__SOCKFD, "one place");
_Static_assert((int)SECURITY_SOCKET_BIND__LOCAL_ADDR == (int)SECURITY_SOCKET_CONNECT__REMOTE_ADDR,
	       "one place");

SHARED int on_socket_listen(struct call *call, struct socket *socket, __u32 descriptor, __u32 backlog)
{
	struct event_config *event = look_up(EVENT_SECURITY_SOCKET_LISTEN);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SOCKET_LISTEN, event->routes))
		return DONE;
	put_number(&record, SECURITY_SOCKET_LISTEN__SOCKFD, descriptor_of(descriptor));
	put_local_address(&record, SECURITY_SOCKET_LISTEN__LOCAL_ADDR, FIELD(socket, sk));
	put_number(&record, SECURITY_SOCKET_LISTEN__BACKLOG, (__s64)(__s32)backlog);
	submit_record(&record);
	return DONE;
}

SHARED int on_socket_accept(struct call *call, struct socket *socket, __u32 descriptor)
{
	struct event_config *event = look_up(EVENT_SECURITY_SOCKET_ACCEPT);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SOCKET_ACCEPT, event->routes))
		return DONE;
	put_number(&record, SECURITY_SOCKET_ACCEPT__SOCKFD, descriptor_of(descriptor));
	put_local_address(&record, SECURITY_SOCKET_ACCEPT__LOCAL_ADDR, FIELD(socket, sk));
	submit_record(&record);
	return DONE;
}

SHARED int on_socket_dup(struct call *call, struct socket *socket, __u32 old, __u32 new)
{
	struct event_config *event = look_up(EVENT_SOCKET_DUP);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SOCKET_DUP, event->routes))
		return DONE;
	put_number(&record, SOCKET_DUP__OLDFD, (__s64)(__s32)old);
	put_number(&record, SOCKET_DUP__NEWFD, (__s64)(__s32) new);
	put_remote_address(&record, SOCKET_DUP__REMOTE_ADDR, FIELD(socket, sk));
	put_local_address(&record, SOCKET_DUP__LOCAL_ADDR, FIELD(socket, sk));
	submit_record(&record);
	return DONE;
}

#endif
