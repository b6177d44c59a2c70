/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which cgroup a process is in, and what is known of the container that it belongs to. */
#ifndef TRACEE_CONTAINERS_H
#define TRACEE_CONTAINERS_H

/* Far above CGROUP_SUBSYS_COUNT, of which a kernel has less than twenty. */
#define MAX_CONTROLLERS 32

/* Number of the first pid namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE 0xeffffffcU

/*
 * The number of the current task's cgroup. With cgroup v1 there is one for each controller, and the helper
 * tells that of v2, in which then all are in the root: the runtime says which controller's to take.
 */
static __always_inline __u64 current_cgroup_id(void)
{
	struct config *config = get_config();
	struct cgroup_subsys_state *state = NULL;
	struct task_struct *task;
	struct css_set *groups;
	struct kernfs_node *node;
	struct cgroup *group;
	__u64 index;

	if (!config || !config->cgroup_hierarchy || config->cgroup_hierarchy > MAX_CONTROLLERS)
		return bpf_get_current_cgroup_id();
	index = config->cgroup_hierarchy - 1;
	task = (struct task_struct *)bpf_get_current_task();
	groups = FIELD(task, cgroups);
	read_kernel(&state, sizeof(state),
		    (void *)groups + OFFSET_OF(struct css_set, subsys) + index * sizeof(state));
	group = FIELD(state, cgroup);
	node = FIELD(group, kn);
	return kernfs_id(node);
}

/*
 * What is known of the container of the current process: CONTAINER_*, and which of them are known at all. A
 * process with a pid namespace of its own is in one, whatever its cgroup is called; `since` says what is new.
 */
static __always_inline __u64 container_facts(__u64 since, __u64 *known)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct upid number = pid_in_namespace(pid_of_task(task));
	__u64 group_id = current_cgroup_id();
	__u8 *group = bpf_map_lookup_elem(&container_groups, &group_id);
	__u64 of_namespace = CONTAINER_INSIDE | CONTAINER_FRESH;
	__u64 facts = group ? *group : 0;
	struct task_struct *first;

	*known = group ? ~0ULL : 0;
	if (FIELD(number.ns, ns.inum) == FIRST_PID_NAMESPACE)
		return facts;
	first = FIELD(number.ns, child_reaper);
	facts = (facts & ~of_namespace) | CONTAINER_INSIDE;
	if (task_start_time(first) >= since)
		facts |= CONTAINER_FRESH;
	*known |= of_namespace;
	return facts;
}

#endif
