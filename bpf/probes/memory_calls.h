/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The events of memory.h where only system calls are seen. */
#ifndef TRACEE_PROBES_MEMORY_CALLS_H
#define TRACEE_PROBES_MEMORY_CALLS_H

SHARED int on_mmap_exit(struct call *call)
{
	struct file *file = NULL;

	if (!(call->called->arguments[3] & MAPPING_ANONYMOUS_FLAG))
		file = file_of_descriptor(call->called->arguments[4]);
	FOLLOW(on_mmap_file(call, file, call->called->arguments[2], call->called->arguments[3]));
	return DONE;
}

SHARED int on_mprotect_exit(struct call *call)
{
	struct config *config = get_config();
	__u32 facts = 0;
	__u64 prot;

	if (!config)
		return DONE;
	prot = call->called->arguments[2];
	prove(config, EVENT_SECURITY_FILE_MPROTECT);
	if (!(prot & PROTECTION_EXEC)) {
		if (!(prot & PROTECTION_READ) || !reads_imply_exec())
			return DONE;
		prot |= PROTECTION_EXEC;
		facts |= MAPPING_READ_IMPLIES_EXEC;
	}
	/*
	 * The areas cannot be found from here. That a program makes memory executable is enough:
	 * loading libraries does not.
	 */
	facts |= prot & PROTECTION_WRITE ? MAPPING_WRITABLE : MAPPING_WRITTEN;
	if (in_scope(config))
		tell_protection(call, NULL, call->called->arguments[0], call->called->arguments[1], prot,
				facts);
	return DONE;
}

SHARED int on_shmat_exit(struct call *call)
{
	struct config *config = get_config();
	__u64 prot = PROTECTION_READ | PROTECTION_EXEC;
	__u64 flags;

	flags = call->called->arguments[2];
	if (!config || !(flags & SEGMENT_EXEC) || !in_scope(config))
		return DONE;
	/* A segment that can only be read here was written by another mapping: it begins with zeros. */
	if (!(flags & SEGMENT_READ_ONLY))
		prot |= PROTECTION_WRITE;
	tell_mapping(call, NULL, prot, MAPPING_SHARED_FLAG,
		     MAPPING_ANONYMOUS |
			     (flags & SEGMENT_READ_ONLY ? MAPPING_SHARED_WRITABLE : MAPPING_WRITABLE));
	return DONE;
}

static __always_inline void on_memory_carrier_exit(struct call *call)
{
	/* Addresses of success look like numbers below zero to nobody: user space ends far below. */
	if (!HAS_SUCCEEDED)
		return;
	if (IS_CARRIED(CHECK_SECURITY_MMAP_FILE)) {
		if (EVENT == EVENT_SHMAT)
			FOLLOW(on_shmat_exit(call));
		else
			FOLLOW(on_mmap_exit(call));
	}
	if (IS_CARRIED(CHECK_SECURITY_FILE_MPROTECT))
		FOLLOW(on_mprotect_exit(call));
}

#endif
