/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Control groups, made, removed and entered. The kernel tells the path within the hierarchy, as the first
 * cgroup namespace sees it; its number is the one that the head of a record has for the process.
 */
#ifndef TRACEE_PROBES_CGROUPS_H
#define TRACEE_PROBES_CGROUPS_H

static __always_inline __u32 hierarchy_of(struct cgroup *cgroup)
{
	struct cgroup_root *root = FIELD(cgroup, root);

	return FIELD(root, hierarchy_id);
}

SHARED int on_cgroup(struct call *call, __u32 event_id, struct cgroup *cgroup, const char *path)
{
	struct event_config *event = look_up(event_id);
	struct record record;

	if (!event || !begin_wanted(&record, call, event_id, event->routes))
		return DONE;
	put_number(&record, CGROUP_MKDIR__CGROUP_ID, kernfs_id(FIELD(cgroup, kn)));
	put_kernel_string(&record, CGROUP_MKDIR__CGROUP_PATH, path);
	put_number(&record, CGROUP_MKDIR__HIERARCHY_ID, hierarchy_of(cgroup));
	submit_record(&record);
	return DONE;
}
_Static_assert(CGROUP_RMDIR__CGROUP_ID == CGROUP_MKDIR__CGROUP_ID, "one place");
_Static_assert(CGROUP_RMDIR__CGROUP_PATH == CGROUP_MKDIR__CGROUP_PATH, "one place");
_Static_assert(CGROUP_RMDIR__HIERARCHY_ID == CGROUP_MKDIR__HIERARCHY_ID, "one place");

struct attachment {
	struct cgroup *cgroup;
	const char *path;
	struct task_struct *task;
	bool is_whole_process;
};

SHARED int on_cgroup_attach(struct call *call, const struct attachment *attachment)
{
	struct event_config *event = look_up(EVENT_CGROUP_ATTACH_TASK);
	struct task_struct *task = attachment->task;
	struct cgroup *cgroup = attachment->cgroup;
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_CGROUP_ATTACH_TASK, event->routes))
		return DONE;
	put_kernel_string(&record, CGROUP_ATTACH_TASK__CGROUP_PATH, attachment->path);
	put_kernel_string(&record, CGROUP_ATTACH_TASK__COMM, ADDRESS_OF(task, comm));
	put_number(&record, CGROUP_ATTACH_TASK__PID, FIELD(task, tgid));
	put_number(&record, CGROUP_ATTACH_TASK__TID, FIELD(task, pid));
	put_number(&record, CGROUP_ATTACH_TASK__IS_WHOLE_PROCESS, attachment->is_whole_process);
	put_number(&record, CGROUP_ATTACH_TASK__CGROUP_ID, kernfs_id(FIELD(cgroup, kn)));
	put_number(&record, CGROUP_ATTACH_TASK__HIERARCHY_ID, hierarchy_of(cgroup));
	submit_record(&record);
	return DONE;
}

#define ATTACHMENT                                                                                           \
	{                                                                                                    \
		(void *)ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[3]                                       \
	}

#if HAS_TRAMPOLINES
SEC("tp_btf/cgroup_mkdir")
int tp_btf__cgroup_mkdir(__u64 *ctx)
{
	return HAND_TO(on_cgroup, PROGRAM_TP_BTF__CGROUP_MKDIR, HOOK_TP_BTF, EVENT_CGROUP_MKDIR,
		       (void *)ctx[0], (void *)ctx[1]);
}

SEC("tp_btf/cgroup_rmdir")
int tp_btf__cgroup_rmdir(__u64 *ctx)
{
	return HAND_TO(on_cgroup, PROGRAM_TP_BTF__CGROUP_RMDIR, HOOK_TP_BTF, EVENT_CGROUP_RMDIR,
		       (void *)ctx[0], (void *)ctx[1]);
}

SEC("tp_btf/cgroup_attach_task")
int tp_btf__cgroup_attach_task(__u64 *ctx)
{
	struct attachment attachment = ATTACHMENT;

	return HAND_TO(on_cgroup_attach, PROGRAM_TP_BTF__CGROUP_ATTACH_TASK, HOOK_TP_BTF, &attachment);
}
#endif

SEC("raw_tp/cgroup_mkdir")
int raw_tp__cgroup_mkdir(__u64 *ctx)
{
	return HAND_TO(on_cgroup, PROGRAM_RAW_TP__CGROUP_MKDIR, HOOK_RAW_TRACEPOINT, EVENT_CGROUP_MKDIR,
		       (void *)ctx[0], (void *)ctx[1]);
}

SEC("raw_tp/cgroup_rmdir")
int raw_tp__cgroup_rmdir(__u64 *ctx)
{
	return HAND_TO(on_cgroup, PROGRAM_RAW_TP__CGROUP_RMDIR, HOOK_RAW_TRACEPOINT, EVENT_CGROUP_RMDIR,
		       (void *)ctx[0], (void *)ctx[1]);
}

SEC("raw_tp/cgroup_attach_task")
int raw_tp__cgroup_attach_task(__u64 *ctx)
{
	struct attachment attachment = ATTACHMENT;

	return HAND_TO(on_cgroup_attach, PROGRAM_RAW_TP__CGROUP_ATTACH_TASK, HOOK_RAW_TRACEPOINT,
		       &attachment);
}

#endif
