/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is traced. Decided before anything else is looked at. */
#ifndef TRACEE_SCOPE_H
#define TRACEE_SCOPE_H

static __always_inline bool in_scope(const struct config *config)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;

	if (!config->armed || pid == config->self_pid)
		return false;
	if (config->scope & SCOPE_ALL)
		return true;
	if (config->scope & SCOPE_PIDS && bpf_map_lookup_elem(&scope_pids, &pid))
		return true;
	return config->scope & SCOPE_TREE && bpf_map_lookup_elem(&scope_tree, &pid);
}

/* A child is in the tree before it runs for the first time. */
static __always_inline void scope_follow_fork(const struct config *config, __u32 parent_pid,
					      __u32 child_pid)
{
	__u8 member = 1;

	if (!config->armed || !(config->scope & SCOPE_TREE) || parent_pid == child_pid)
		return;
	if (bpf_map_lookup_elem(&scope_tree, &parent_pid))
		bpf_map_update_elem(&scope_tree, &child_pid, &member, BPF_ANY);
}

/* Called after the process's last event, since its number may be given out again. */
static __always_inline void scope_forget(const struct config *config, __u32 pid)
{
	if (config->armed && config->scope & SCOPE_TREE)
		bpf_map_delete_elem(&scope_tree, &pid);
}

#endif
