/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BPF, as it is used by others than Tracee.
 *
 *   bpf() -> security_bpf(command, attributes, size)
 *   what gives a descriptor of a map -> security_bpf_map(map, mode)
 *   what gives a descriptor of a program -> security_bpf_prog(program)       when it was verified
 */
#ifndef TRACEE_PROBES_BPF_OBJECTS_H
#define TRACEE_PROBES_BPF_OBJECTS_H

SHARED int on_bpf(struct call *call, __u32 command)
{
	struct event_config *event = look_up(EVENT_SECURITY_BPF);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_BPF,
				    routes_by_argument(event, SECURITY_BPF__CMD, command)))
		return DONE;
	put_number(&record, SECURITY_BPF__CMD, (__s64)(__s32)command);
	submit_record(&record);
	return DONE;
}

SHARED int on_bpf_map(struct call *call, struct bpf_map *map)
{
	struct event_config *event = look_up(EVENT_SECURITY_BPF_MAP);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_BPF_MAP, event->routes))
		return DONE;
	put_number(&record, SECURITY_BPF_MAP__MAP_ID, FIELD(map, id));
	put_kernel_string(&record, SECURITY_BPF_MAP__MAP_NAME, ADDRESS_OF(map, name));
	submit_record(&record);
	return DONE;
}

SHARED int on_bpf_prog(struct call *call, struct bpf_prog *program)
{
	struct event_config *event = look_up(EVENT_SECURITY_BPF_PROG);
	struct bpf_prog_aux *facts = FIELD(program, aux);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_BPF_PROG, event->routes))
		return DONE;
	put_number(&record, SECURITY_BPF_PROG__TYPE, FIELD(program, type));
	put_kernel_string(&record, SECURITY_BPF_PROG__NAME, ADDRESS_OF(facts, name));
	put_number(&record, SECURITY_BPF_PROG__ID, FIELD(facts, id));
	put_number(&record, SECURITY_BPF_PROG__INSTRUCTIONS, FIELD(program, len));
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_bpf")
int fentry__security_bpf(__u64 *ctx)
{
	return HAND_TO(on_bpf, PROGRAM_FENTRY__SECURITY_BPF, HOOK_TRAMPOLINE, ctx[0]);
}

SEC("fentry/security_bpf_map")
int fentry__security_bpf_map(__u64 *ctx)
{
	return HAND_TO(on_bpf_map, PROGRAM_FENTRY__SECURITY_BPF_MAP, HOOK_TRAMPOLINE, (void *)ctx[0]);
}

SEC("fentry/security_bpf_prog")
int fentry__security_bpf_prog(__u64 *ctx)
{
	return HAND_TO(on_bpf_prog, PROGRAM_FENTRY__SECURITY_BPF_PROG, HOOK_TRAMPOLINE, (void *)ctx[0]);
}
#endif

SEC("kprobe/security_bpf")
int kprobe__security_bpf(struct pt_regs *ctx)
{
	return HAND_TO(on_bpf, PROGRAM_KPROBE__SECURITY_BPF, HOOK_KPROBE, PT_REGS_PARM1(ctx));
}

SEC("kprobe/security_bpf_map")
int kprobe__security_bpf_map(struct pt_regs *ctx)
{
	return HAND_TO(on_bpf_map, PROGRAM_KPROBE__SECURITY_BPF_MAP, HOOK_KPROBE, (void *)PT_REGS_PARM1(ctx));
}

SEC("kprobe/security_bpf_prog")
int kprobe__security_bpf_prog(struct pt_regs *ctx)
{
	return HAND_TO(on_bpf_prog, PROGRAM_KPROBE__SECURITY_BPF_PROG, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/bpf")
int lsm__bpf(__u64 *ctx)
{
	return HAND_TO(on_bpf, PROGRAM_LSM__BPF, HOOK_LSM, ctx[0]);
}

SEC("lsm/bpf_map")
int lsm__bpf_map(__u64 *ctx)
{
	return HAND_TO(on_bpf_map, PROGRAM_LSM__BPF_MAP, HOOK_LSM, (void *)ctx[0]);
}

SEC("lsm/bpf_prog")
int lsm__bpf_prog(__u64 *ctx)
{
	return HAND_TO(on_bpf_prog, PROGRAM_LSM__BPF_PROG, HOOK_LSM, (void *)ctx[0]);
}
#endif

#endif
