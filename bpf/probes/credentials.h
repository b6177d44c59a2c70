/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a process may do, and how that changes.
 *
 *   capable() and others -> security_capable() -> cap_capable(cred, namespace, capability, options)
 *   setuid(), capset(), execve() and others -> commit_creds(new)
 *   setns(), unshare() -> switch_task_namespaces(task, new)      clone() gives new ones to a task that does
 * not run yet
 */
#ifndef TRACEE_PROBES_CREDENTIALS_H
#define TRACEE_PROBES_CREDENTIALS_H

SHARED int on_capable(struct call *call, __u32 capability, __u32 options)
{
	struct event_config *event;
	struct record record;

	/* Most checks are none that anybody should hear of: the kernel looks whether it could. */
	if (!IS_AUDITED(options))
		return DONE;
	event = look_up(EVENT_CAP_CAPABLE);
	if (!event || !begin_wanted(&record, call, EVENT_CAP_CAPABLE,
				    routes_by_argument(event, CAP_CAPABLE__CAP, capability)))
		return DONE;
	put_number(&record, CAP_CAPABLE__CAP, capability);
	put_number(&record, CAP_CAPABLE__SYSCALL, current_call());
	submit_record(&record);
	return DONE;
}

/* As the original hands it on, slim_cred_t. */
struct slim_cred {
	__u32 uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	__u64 inheritable, permitted, effective, bounding, ambient;
};
_Static_assert(sizeof(struct slim_cred) == SLIM_CRED_SIZE, "the runtime reads these");

/* Capabilities are 64 bits, in whatever structure. */
#define READ_CAPABILITIES(to, cred, member) read_kernel(&(to), sizeof(to), ADDRESS_OF(cred, member))

static __always_inline void read_credentials(struct slim_cred *slim, const struct cred *cred)
{
	slim->uid = FIELD(cred, uid.val);
	slim->gid = FIELD(cred, gid.val);
	slim->suid = FIELD(cred, suid.val);
	slim->sgid = FIELD(cred, sgid.val);
	slim->euid = FIELD(cred, euid.val);
	slim->egid = FIELD(cred, egid.val);
	slim->fsuid = FIELD(cred, fsuid.val);
	slim->fsgid = FIELD(cred, fsgid.val);
	READ_CAPABILITIES(slim->inheritable, cred, cap_inheritable);
	READ_CAPABILITIES(slim->permitted, cred, cap_permitted);
	READ_CAPABILITIES(slim->effective, cred, cap_effective);
	READ_CAPABILITIES(slim->bounding, cred, cap_bset);
	READ_CAPABILITIES(slim->ambient, cred, cap_ambient);
}

static __always_inline bool are_same_credentials(const struct slim_cred *one, const struct slim_cred *other)
{
	const __u64 *left = (const __u64 *)one, *right = (const __u64 *)other;
	__u64 difference = 0;

#pragma unroll
	for (__u32 i = 0; i < sizeof(*one) / sizeof(*left); i++)
		difference |= left[i] ^ right[i];
	return !difference;
}

static __always_inline void put_credentials(struct record *record, __u32 index, const struct slim_cred *cred)
{
	__u64 end = FRESH(record->header->size);

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	read_kernel(record->scratch->bytes + end, sizeof(*cred), cred);
	put_number(record, index, claim(record, sizeof(*cred), sizeof(*cred), false));
}

SHARED int on_commit_creds(struct call *call, const struct cred *new)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct event_config *event = look_up(EVENT_COMMIT_CREDS);
	struct slim_cred before, after;
	struct record record;

	if (!event)
		return DONE;
	read_credentials(&before, FIELD(task, real_cred));
	read_credentials(&after, new);
	if (are_same_credentials(&before, &after) ||
	    !begin_wanted(&record, call, EVENT_COMMIT_CREDS, event->routes))
		return DONE;
	put_credentials(&record, COMMIT_CREDS__OLD_CRED, &before);
	put_credentials(&record, COMMIT_CREDS__NEW_CRED, &after);
	put_number(&record, COMMIT_CREDS__SYSCALL, current_call());
	put_number(&record, COMMIT_CREDS__OLD_EUID, before.euid);
	put_number(&record, COMMIT_CREDS__NEW_EUID, after.euid);
	submit_record(&record);
	return DONE;
}

/* Numbers of one task's namespaces. */
struct namespace_numbers {
	__u32 mnt, pid, uts, ipc, net, cgroup;
};

#define NUMBER_OF(namespaces, member)                                                                        \
	({                                                                                                   \
		typeof(({ (namespaces)->member; })) namespace_ = FIELD(namespaces, member);                  \
		FIELD(namespace_, ns.inum);                                                                  \
	})

static __always_inline void read_namespaces(struct namespace_numbers *numbers, struct nsproxy *namespaces)
{
	numbers->mnt = NUMBER_OF(namespaces, mnt_ns);
	numbers->pid = NUMBER_OF(namespaces, pid_ns_for_children);
	numbers->uts = NUMBER_OF(namespaces, uts_ns);
	numbers->ipc = NUMBER_OF(namespaces, ipc_ns);
	numbers->net = NUMBER_OF(namespaces, net_ns);
	numbers->cgroup = NUMBER_OF(namespaces, cgroup_ns);
}

static __always_inline void put_changed(struct record *record, __u32 index, __u32 before, __u32 after)
{
	if (before != after)
		put_number(record, index, after);
}

SHARED int on_switch_namespaces(struct call *call, struct task_struct *task, struct nsproxy *new)
{
	struct event_config *event = look_up(EVENT_SWITCH_TASK_NS);
	struct namespace_numbers before, after;
	struct record record;

	/* A task that exits gives its namespaces back. */
	if (!event || !new)
		return DONE;
	read_namespaces(&before, FIELD(task, nsproxy));
	read_namespaces(&after, new);
	if ((before.mnt == after.mnt && before.pid == after.pid && before.uts == after.uts &&
	     before.ipc == after.ipc && before.net == after.net && before.cgroup == after.cgroup) ||
	    !begin_wanted(&record, call, EVENT_SWITCH_TASK_NS, event->routes))
		return DONE;
	put_number(&record, SWITCH_TASK_NS__PID, FIELD(task, pid));
	put_changed(&record, SWITCH_TASK_NS__NEW_MNT, before.mnt, after.mnt);
	put_changed(&record, SWITCH_TASK_NS__NEW_PID, before.pid, after.pid);
	put_changed(&record, SWITCH_TASK_NS__NEW_UTS, before.uts, after.uts);
	put_changed(&record, SWITCH_TASK_NS__NEW_IPC, before.ipc, after.ipc);
	put_changed(&record, SWITCH_TASK_NS__NEW_NET, before.net, after.net);
	put_changed(&record, SWITCH_TASK_NS__NEW_CGROUP, before.cgroup, after.cgroup);
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/cap_capable")
int fentry__cap_capable(__u64 *ctx)
{
	return HAND_TO(on_capable, PROGRAM_FENTRY__CAP_CAPABLE, HOOK_TRAMPOLINE, ctx[2], ctx[3]);
}

SEC("fentry/commit_creds")
int fentry__commit_creds(__u64 *ctx)
{
	return HAND_TO(on_commit_creds, PROGRAM_FENTRY__COMMIT_CREDS, HOOK_TRAMPOLINE, (void *)ctx[0]);
}

SEC("fentry/switch_task_namespaces")
int fentry__switch_task_namespaces(__u64 *ctx)
{
	return HAND_TO(on_switch_namespaces, PROGRAM_FENTRY__SWITCH_TASK_NAMESPACES, HOOK_TRAMPOLINE,
		       (void *)ctx[0], (void *)ctx[1]);
}
#endif

SEC("kprobe/cap_capable")
int kprobe__cap_capable(struct pt_regs *ctx)
{
	return HAND_TO(on_capable, PROGRAM_KPROBE__CAP_CAPABLE, HOOK_KPROBE, PT_REGS_PARM3(ctx),
		       PT_REGS_PARM4(ctx));
}

SEC("kprobe/commit_creds")
int kprobe__commit_creds(struct pt_regs *ctx)
{
	return HAND_TO(on_commit_creds, PROGRAM_KPROBE__COMMIT_CREDS, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

SEC("kprobe/switch_task_namespaces")
int kprobe__switch_task_namespaces(struct pt_regs *ctx)
{
	return HAND_TO(on_switch_namespaces, PROGRAM_KPROBE__SWITCH_TASK_NAMESPACES, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM2(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/capable")
int lsm__capable(__u64 *ctx)
{
	return HAND_TO(on_capable, PROGRAM_LSM__CAPABLE, HOOK_LSM, ctx[2], ctx[3]);
}
#endif

#endif
