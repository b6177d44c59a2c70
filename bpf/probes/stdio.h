/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets with a far end that stand on standard input, output or error.
 *
 * What is looked at is how it is and not how it came about: a new program's descriptors when it begins, and
 * those of a program that goes on when it did what can bring a socket there.
 *
 *   trace_sched_process_exec()             all that was inherited, whatever put it there
 *   dup() dup2() dup3() fcntl(F_DUPFD)     a copy on one of the three
 *   accept() accept4() pidfd_getfd()       the lowest free descriptor can be one of the three
 *   recvmsg() io_uring_enter()             the same, and a connection of what stands there already
 *   connect()                              the far end of what stands there already
 */
#ifndef TRACEE_PROBES_STDIO_H
#define TRACEE_PROBES_STDIO_H

#define STDIO_DESCRIPTORS 3

/* include/uapi/linux/stat.h, include/linux/net.h */
#define FILE_TYPE 0170000
#define FILE_TYPE_SOCKET 0140000
#define TYPE_STREAM 1
#define TYPE_DATAGRAM 2
/* include/net/tcp_states.h */
#define STATE_LISTEN 10
/* include/uapi/linux/fcntl.h */
#define COMMAND_DUPFD 0
#define COMMAND_DUPFD_CLOEXEC 1030
/* Offset of msg_controllen in struct msghdr and in its 32-bit form (include/linux/socket.h). */
#define CONTROL_LENGTH 40
#define COMPAT_CONTROL_LENGTH 20

static __always_inline bool is_socket(struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);

	return (FIELD(inode, i_mode) & FILE_TYPE) == FILE_TYPE_SOCKET;
}

/*
 * Whether somebody is, was or can be at the other end of an IP socket. One who has gone may have left what is
 * to be read. A datagram socket needs no peer to be talked to, only a port.
 */
static __always_inline bool has_far_end(struct file *file)
{
	struct socket *socket = FIELD(file, private_data);
	struct sock *sock = FIELD(socket, sk);
	__u16 family = FIELD(sock, __sk_common.skc_family);
	__u16 remote_port = FIELD(sock, __sk_common.skc_dport);

	if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
		return false;
	if (FIELD(socket, type) == TYPE_DATAGRAM)
		return remote_port || FIELD(sock, __sk_common.skc_num);
	return remote_port && FIELD(sock, __sk_common.skc_state) != STATE_LISTEN;
}

/*
 * Who called whom, where the call itself does not tell. A connection that was accepted is a copy of the
 * socket that listened, with the length of its queue (sk_clone_lock() in net/core/sock.c); one that never
 * listened has none.
 */
static __always_inline __u32 socket_origin(struct sock *sock, __u32 type, __u32 cause)
{
	if (cause == STDIO_CONNECT)
		return ORIGIN_CONNECTED;
	if (cause == STDIO_ACCEPT)
		return ORIGIN_ACCEPTED;
	if (!FIELD(sock, __sk_common.skc_dport))
		return ORIGIN_UNKNOWN;
	if (type == TYPE_STREAM && FIELD(sock, sk_max_ack_backlog))
		return ORIGIN_ACCEPTED;
	return ORIGIN_CONNECTED;
}

/* Calls that programs make all the time tell of a socket once, not each time. */
static __always_inline bool was_told(__u64 inode)
{
	__u64 key = inode << 32 | (bpf_get_current_pid_tgid() >> 32);
	__u8 one = 1;

	if (bpf_map_lookup_elem(&told_sockets, &key))
		return true;
	bpf_map_update_elem(&told_sockets, &key, &one, BPF_ANY);
	return false;
}

/*
 * The descriptor to tell of, and why, in memory of the program's own: the verifier knows nothing of a value
 * that it loads, and follows the telling once instead of once for each way to it.
 */
static __always_inline void choose(struct scratch *scratch, __u32 descriptor, __u32 cause)
{
	FRESH(scratch->start) = descriptor;
	FRESH(scratch->count) = cause;
}

/* The first of the three that has a far end, and is `wanted` where that is not NULL. */
static __always_inline void choose_first(struct scratch *scratch, __u32 cause, struct file *wanted)
{
	choose(scratch, STDIO_DESCRIPTORS, cause);
	LOOP
	for (__u32 descriptor = 0; descriptor < STDIO_DESCRIPTORS; descriptor++) {
		struct file *file = file_of_descriptor(descriptor);

		if (!file || (wanted && file != wanted) || !is_socket(file) || !has_far_end(file))
			continue;
		choose(scratch, descriptor, cause);
		break;
	}
}

/* Tells of what was chosen, where that is a socket with a far end. */
SHARED int tell_of_socket(struct call *call, struct config *config, struct scratch *scratch)
{
	struct event_config *event = get_event_config(EVENT_STDIO_SOCKET);
	__u32 descriptor = FRESH(scratch->start);
	__u32 cause = FRESH(scratch->count);
	struct endpoints ends;
	struct record record;
	struct socket *socket;
	struct inode *inode;
	struct sock *sock;
	struct file *file;
	__u32 type;

	if (descriptor >= STDIO_DESCRIPTORS || !event || !event->routes || !in_scope(config))
		return DONE;
	file = file_of_descriptor(descriptor);
	if (!file || !is_socket(file) || !has_far_end(file))
		return DONE;
	inode = FIELD(file, f_inode);
	if (cause == STDIO_RECEIVE && was_told(FIELD(inode, i_ino)))
		return DONE;
	if (!begin_record(&record, call, EVENT_STDIO_SOCKET, event->routes))
		return DONE;
	socket = FIELD(file, private_data);
	sock = FIELD(socket, sk);
	type = FIELD(socket, type);
	read_endpoints(sock, &ends);
	put_number(&record, STDIO_SOCKET__FD, descriptor);
	put_number(&record, STDIO_SOCKET__CAUSE, cause);
	put_number(&record, STDIO_SOCKET__ORIGIN, socket_origin(sock, type, cause));
	put_number(&record, STDIO_SOCKET__TYPE, type);
	put_endpoint(&record, STDIO_SOCKET__LOCAL, &ends.local);
	if (ends.remote.port)
		put_endpoint(&record, STDIO_SOCKET__REMOTE, &ends.remote);
	put_number(&record, STDIO_SOCKET__INODE, FIELD(inode, i_ino));
	if (cause == STDIO_EXEC) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();

		put_argument_block(&record, STDIO_SOCKET__ARGV, FIELD(task, mm));
	}
	submit_record(&record);
	return DONE;
}

SHARED int on_stdio_exec(struct call *call)
{
	struct config *config = get_config();
	struct scratch *scratch;

	if (!config)
		return DONE;
	prove(config, EVENT_STDIO_SOCKET);
	scratch = take_scratch(config, call->program);
	if (!scratch)
		return DONE;
	choose_first(scratch, STDIO_EXEC, NULL);
	FOLLOW(tell_of_socket(call, config, scratch));
	return DONE;
}

static __always_inline bool has_control_data(struct call *call)
{
	__u64 length = 0;

	if (call->is_compat)
		read_user(&length, sizeof(__u32), (void *)call->called->arguments[1] + COMPAT_CONTROL_LENGTH);
	else
		read_user(&length, sizeof(length), (void *)call->called->arguments[1] + CONTROL_LENGTH);
	return length;
}

static __always_inline bool is_duplication(__u64 command)
{
	return command == COMMAND_DUPFD || command == COMMAND_DUPFD_CLOEXEC;
}

/* What a call that returned can have brought to one of the three. */
SHARED int choose_after_call(struct call *call, struct scratch *scratch, __s64 result)
{
	__u32 event = EVENT;
	struct file *file;

	choose(scratch, STDIO_DESCRIPTORS, STDIO_DUP);
	if (event == EVENT_CONNECT) {
		/* Whatever it returned: a connection can be on its way, and one that was refused has no far end. */
		file = file_of_descriptor(call->called->arguments[0]);
		if (file && is_socket(file))
			choose_first(scratch, STDIO_CONNECT, file);
	} else if (event == EVENT_RECVMSG || event == EVENT_IO_URING_ENTER) {
		if (result >= 0 && (event == EVENT_IO_URING_ENTER || has_control_data(call)))
			choose_first(scratch, STDIO_RECEIVE, NULL);
	} else if (result >= 0 && result < STDIO_DESCRIPTORS) {
		if (event == EVENT_ACCEPT || event == EVENT_ACCEPT4)
			choose(scratch, result, STDIO_ACCEPT);
		else if (event != EVENT_FCNTL || is_duplication((__u32)call->called->arguments[1]))
			choose(scratch, result, STDIO_DUP);
	}
	return DONE;
}

SHARED int on_stdio_call(struct call *call, __s64 result)
{
	struct config *config = get_config();
	struct scratch *scratch;

	if (!config)
		return DONE;
	scratch = take_scratch(config, call->program);
	if (!scratch)
		return DONE;
	FOLLOW(choose_after_call(call, scratch, result));
	FOLLOW(tell_of_socket(call, config, scratch));
	return DONE;
}

#endif
