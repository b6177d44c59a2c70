/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers and names as namespaces have them. */
#ifndef TRACEE_NAMESPACES_H
#define TRACEE_NAMESPACES_H

#define SHORT_NAME_SIZE 16

/* A number of a pid structure, as the namespace that it lives in gives it. */
static __always_inline struct upid pid_in_namespace(struct pid *pid)
{
	unsigned int level = FIELD(pid, level);
	struct upid number = {};

	read_kernel(&number, sizeof(number),
		    (void *)pid + OFFSET_OF(struct pid, numbers) + level * SIZE_OF(struct upid));
	return number;
}

static __always_inline __u32 task_ns_tid(struct task_struct *task)
{
	return pid_in_namespace(pid_of_task(task)).nr;
}

/* `name` has SHORT_NAME_SIZE bytes; longer names are cut. */
static __always_inline void read_host_name(char *name, struct uts_namespace *uts)
{
#if defined(TRACEE_TYPES_HEADERS)
	read_kernel_str(name, SHORT_NAME_SIZE, uts->name.nodename);
#else
	bpf_core_read_str(name, SHORT_NAME_SIZE, &uts->name.nodename);
#endif
}

#endif
