/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind sockets.h, one for each way to reach it. */
#ifndef TRACEE_PROBES_SOCKET_PROGRAMS_H
#define TRACEE_PROBES_SOCKET_PROGRAMS_H

#define CREATE(program_id, hook_kind, ...)                                                                   \
	({                                                                                                   \
		struct socket_request request = {__VA_ARGS__};                                               \
		HAND_TO(on_socket_create, program_id, hook_kind, &request);                                  \
	})

#define WITH_ADDRESS(event_id, program_id, hook_kind, source, length)                                        \
	({                                                                                                   \
		struct address_request request = {                                                           \
			.event = (event_id),                                                                 \
			.descriptor = ASK_THE_CALL,                                                          \
			.address =                                                                           \
				(void *)(source), /* An int: nobody clears the upper half of its          \
							register. */  \
			.size = (__u32)(length),                                                             \
		};                                                                                           \
		HAND_TO(on_socket_address, program_id, hook_kind, &request);                                 \
	})

#if HAS_TRAMPOLINES
SEC("fentry/security_socket_create")
int fentry__security_socket_create(__u64 *ctx)
{
	return CREATE(PROGRAM_FENTRY__SECURITY_SOCKET_CREATE, HOOK_TRAMPOLINE, ctx[0], ctx[1], ctx[2],
		      ctx[3]);
}

SEC("fentry/security_socket_bind")
int fentry__security_socket_bind(__u64 *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_BIND, PROGRAM_FENTRY__SECURITY_SOCKET_BIND, HOOK_TRAMPOLINE,
			    ctx[1], ctx[2]);
}

SEC("fentry/security_socket_connect")
int fentry__security_socket_connect(__u64 *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_CONNECT, PROGRAM_FENTRY__SECURITY_SOCKET_CONNECT,
			    HOOK_TRAMPOLINE, ctx[1], ctx[2]);
}

SEC("fentry/security_socket_listen")
int fentry__security_socket_listen(__u64 *ctx)
{
	return HAND_TO(on_socket_listen, PROGRAM_FENTRY__SECURITY_SOCKET_LISTEN, HOOK_TRAMPOLINE,
		       (void *)ctx[0], ASK_THE_CALL, ctx[1]);
}

SEC("fentry/security_socket_accept")
int fentry__security_socket_accept(__u64 *ctx)
{
	return HAND_TO(on_socket_accept, PROGRAM_FENTRY__SECURITY_SOCKET_ACCEPT, HOOK_TRAMPOLINE,
		       (void *)ctx[0], ASK_THE_CALL);
}
#endif

SEC("kprobe/security_socket_create")
int kprobe__security_socket_create(struct pt_regs *ctx)
{
	return CREATE(PROGRAM_KPROBE__SECURITY_SOCKET_CREATE, HOOK_KPROBE, PT_REGS_PARM1(ctx),
		      PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx));
}

SEC("kprobe/security_socket_bind")
int kprobe__security_socket_bind(struct pt_regs *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_BIND, PROGRAM_KPROBE__SECURITY_SOCKET_BIND, HOOK_KPROBE,
			    PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_socket_connect")
int kprobe__security_socket_connect(struct pt_regs *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_CONNECT, PROGRAM_KPROBE__SECURITY_SOCKET_CONNECT,
			    HOOK_KPROBE, PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_socket_listen")
int kprobe__security_socket_listen(struct pt_regs *ctx)
{
	return HAND_TO(on_socket_listen, PROGRAM_KPROBE__SECURITY_SOCKET_LISTEN, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), ASK_THE_CALL, PT_REGS_PARM2(ctx));
}

SEC("kprobe/security_socket_accept")
int kprobe__security_socket_accept(struct pt_regs *ctx)
{
	return HAND_TO(on_socket_accept, PROGRAM_KPROBE__SECURITY_SOCKET_ACCEPT, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), ASK_THE_CALL);
}

#if HAS_BPF_LSM
SEC("lsm/socket_create")
int lsm__socket_create(__u64 *ctx)
{
	return CREATE(PROGRAM_LSM__SOCKET_CREATE, HOOK_LSM, ctx[0], ctx[1], ctx[2], ctx[3]);
}

SEC("lsm/socket_bind")
int lsm__socket_bind(__u64 *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_BIND, PROGRAM_LSM__SOCKET_BIND, HOOK_LSM, ctx[1], ctx[2]);
}

SEC("lsm/socket_connect")
int lsm__socket_connect(__u64 *ctx)
{
	return WITH_ADDRESS(EVENT_SECURITY_SOCKET_CONNECT, PROGRAM_LSM__SOCKET_CONNECT, HOOK_LSM, ctx[1],
			    ctx[2]);
}

SEC("lsm/socket_listen")
int lsm__socket_listen(__u64 *ctx)
{
	return HAND_TO(on_socket_listen, PROGRAM_LSM__SOCKET_LISTEN, HOOK_LSM, (void *)ctx[0], ASK_THE_CALL,
		       ctx[1]);
}

SEC("lsm/socket_accept")
int lsm__socket_accept(__u64 *ctx)
{
	return HAND_TO(on_socket_accept, PROGRAM_LSM__SOCKET_ACCEPT, HOOK_LSM, (void *)ctx[0], ASK_THE_CALL);
}
#endif

#endif
